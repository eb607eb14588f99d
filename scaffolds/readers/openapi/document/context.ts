import type { JsonObject } from '@counterpart/schemas';
import type { Schemes } from './access/auth.ts';
import type { Losses, OmissionCode } from './omissions.ts';
import type { Dialect } from '../source/parse.ts';
import type { Types } from '../schema/types.ts';

/** What reading one operation shares with all others of the document. */
export interface DocumentContext {
  readonly root: JsonObject;
  readonly dialect: Dialect;
  /** The description's location; relative servers are resolved against it when it is a URL. */
  readonly location: string;
  readonly types: Types;
  readonly schemes: Schemes;
  readonly losses: Losses;
  /** A pointer as its author has it, with the file's name when it leads to another document. */
  readonly show: (pointer: string) => string;
  /** Name of the tool made of an operation, by its operationId or its pointer; undefined when none is made. */
  readonly toolAt: (operation: string) => string | undefined;
}

/** A loss inside an operation that becomes a tool all the same. */
export interface PartLoss {
  readonly code: OmissionCode;
  readonly severity: 'part' | 'notice';
  readonly part: string;
  readonly pointer: string;
  readonly reason: string;
}

/** What reading the parts of one operation shares. */
export interface OperationContext extends DocumentContext {
  /** As shown: `GET /pets`. */
  readonly subject: string;
  readonly operationId: string | undefined;
  /** Of the operation itself. */
  readonly pointer: string;
  readonly lose: (loss: PartLoss) => void;
  /** A remark for the build report on what was changed. */
  readonly note: (text: string) => void;
}
