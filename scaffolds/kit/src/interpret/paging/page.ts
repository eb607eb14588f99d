import type { Json, Operation, Pagination } from '@counterpart/schemas';
import type { Members } from '../../json-value.ts';
import type { Arguments } from '../../tools/tool.ts';

/** An operation whose answers are pages. */
export type PagedOperation = Pick<Operation, 'input' | 'http'> & { readonly pagination: Pagination };

/** A page that was read. */
export interface Page {
  /** What was asked. */
  readonly args: Arguments;
  /** Where the answer came from. */
  readonly url: string;
  /** The answer's JSON. */
  readonly value: Json;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How to read on: with other values for these keys of the input, or at an address that no input leads to. */
export type Next =
  | { readonly kind: 'end' }
  | { readonly kind: 'input'; readonly input: Members }
  | { readonly kind: 'url'; readonly url: string };
