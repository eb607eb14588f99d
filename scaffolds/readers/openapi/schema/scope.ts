import type { JsonObject } from '@counterpart/schemas';
import type { Dialect } from '../source/parse.ts';
import type { OmissionCode } from '../document/omissions.ts';

/** Which way a value travels: `readOnly` properties are not sent, `writeOnly` ones are not received. */
export type Direction = 'request' | 'response';

/** What normalising found out about one schema besides its normal form. */
export interface Trace {
  /** True when the form depends on the direction: a property hidden or renamed. */
  directed: boolean;
  /** Input key → wire name, for keys that clients would refuse. */
  readonly renames: Map<string, string>;
}

export interface SchemaLoss {
  readonly code: OmissionCode;
  readonly severity: 'part' | 'notice';
  readonly pointer: string;
  readonly reason: string;
}

/** What normalising a schema needs from its surroundings. */
export interface SchemaScope {
  readonly root: JsonObject;
  readonly dialect: Dialect;
  readonly direction: Direction;
  readonly trace: Trace;
  /** Name of the type made of what is at this pointer, for this direction. */
  readonly typeName: (pointer: string, direction: Direction) => string;
  /** A key that every client accepts; the same for the same name all over the document. */
  readonly legalKey: (name: string) => string;
  readonly lose: (loss: SchemaLoss) => void;
}

/** An empty trace. */
export const newTrace = (): Trace => ({ directed: false, renames: new Map() });
