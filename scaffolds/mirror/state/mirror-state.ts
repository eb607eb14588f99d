import type { JsonObject } from '@counterpart/schemas';
import type { Scope, StateSnapshot, StoredRow } from './snapshot.ts';

/** A change of what a mirror keeps; `seed` rows appear silently, since a restart makes them again. */
export type StateChange =
  | { readonly kind: 'created' | 'updated' | 'removed'; readonly collection: string; readonly row: StoredRow }
  | { readonly kind: 'reset' | 'restored' };

/** Names one row: its identifier and as much of the path above it as is known. */
export interface RowKey {
  readonly id: string;
  readonly scope?: Scope;
}

/** What is given to make a row. */
export interface RowDraft extends RowKey {
  readonly value: JsonObject;
  /** Default `created`. */
  readonly origin?: StoredRow['origin'];
}

export interface StateLimits {
  /** Rows of all collections together. Default 50,000. */
  readonly maxRows?: number;
  /** Characters of all rows as JSON. Default 64 Mi. */
  readonly maxCharacters?: number;
}

/**
 * What one mirror keeps, by collection; synchronous and in memory. When it is full, rows that can be made up again
 * leave first; when only callers' rows are left, STATE_FULL is thrown and nothing changes.
 */
export interface MirrorState {
  /** Names of collections that hold anything. */
  collections(): readonly string[];
  /** Adds a row; a row with the same key is replaced. */
  create(collection: string, draft: RowDraft): StoredRow;
  /** The newest row that the key fits; a scope is compared only where both sides know a place. */
  get(collection: string, key: RowKey): StoredRow | undefined;
  /** Rows in the order they were made. */
  list(collection: string, scope?: Scope): readonly StoredRow[];
  /** Gives a row another value; undefined when there is none. */
  update(collection: string, key: RowKey, value: JsonObject): StoredRow | undefined;
  /** Takes a row away and remembers that it is gone, by all that it was called; undefined when there was none. */
  remove(collection: string, key: RowKey, alsoCalled?: readonly string[]): StoredRow | undefined;
  /** True for a row that was removed and not made again. */
  isRemoved(collection: string, key: RowKey): boolean;
  /** True the first time a scope of a collection is asked about: the moment to seed it. */
  claimSeeding(collection: string, scope?: Scope): boolean;
  /** The next number of a collection, from 1: what identifiers are made of. */
  nextNumber(collection: string): number;
  /** The mirror's clock in milliseconds since 1970; it moves one second forward with every change. */
  nowMs(): number;
  snapshot(): StateSnapshot;
  /** Replaces everything by a snapshot. */
  restore(snapshot: StateSnapshot): void;
  /** Forgets everything; seeds are made again when they are asked for. */
  reset(): void;
  /** Calls back after every change, synchronously; returns what ends it. A listener must not throw. */
  onChange(listener: (change: StateChange) => void): () => void;
}
