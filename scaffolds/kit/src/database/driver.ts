import type { DatabaseEngine, DatabaseKind } from '@counterpart/schemas';
import type { DatabaseAddress } from './address.ts';

/** A value as a driver gives it; numbers that may be large come as text or bigint. */
export type RawValue = null | string | number | bigint | boolean | Uint8Array;

/** A value as a driver takes it. */
export type BoundValue = null | string | number | bigint | Uint8Array;

/** One statement; every value of a caller is a parameter of it. */
export interface Statement {
  readonly text: string;
  readonly params: readonly BoundValue[];
}

export interface ResultColumn {
  readonly name: string;
  readonly kind: DatabaseKind;
  readonly items?: DatabaseKind | undefined;
  /** As it would be declared, where its kind does not say all of it. */
  readonly type?: string | undefined;
}

export interface ResultRows {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly RawValue[])[];
  /** Rows that a write touched. */
  readonly affected: number;
  /** The number that the database gave a new row, where it tells it this way. */
  readonly insertId?: string | undefined;
}

export interface RunLimits {
  readonly timeoutMs: number;
  /** Rows beyond are not read. */
  readonly mostRows: number;
  /** An answer beyond is cut off with the connection. */
  readonly mostBytes: number;
}

export interface QueryLimits extends RunLimits {
  /** Names that the statement calls as functions. */
  readonly functions: readonly string[];
}

/** One connection. A rejected call may have ended it: `isOpen` says so. */
export interface Session {
  readonly isOpen: boolean;
  /** From the beginning of a transaction until its end was answered. */
  readonly isInTransaction: boolean;
  /** Begins a transaction whose statements take at most `timeoutMs` each. */
  begin(mode: 'read' | 'write', timeoutMs: number): Promise<void>;
  run(statement: Statement, limits: RunLimits): Promise<ResultRows>;
  /** Runs a statement that a caller wrote, of which nothing but rows is taken. */
  query(statement: Statement, limits: QueryLimits): Promise<ResultRows>;
  end(outcome: 'commit' | 'rollback'): Promise<void>;
  close(): void;
}

/** How one kind of database is spoken to. */
export interface Driver {
  readonly engine: DatabaseEngine;
  /** Rejects with the driver's own error; `DatabaseFailure.of` turns it into words. */
  open(address: DatabaseAddress, options: OpenOptions): Promise<Session>;
}

export interface OpenOptions {
  readonly timeoutMs: number;
  readonly writable: boolean;
}
