import type { Json, Operation } from '@counterpart/schemas';
import { isObject } from '../source/json-tree.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { paginationOf } from './pagination.ts';
import { pagingHintOf } from './paging-hints.ts';
import type { TypeOf } from './shape.ts';

interface Known {
  readonly typeOf: TypeOf;
  /** Names of the tools that were made. */
  readonly built: ReadonlySet<string>;
}

/** An operation with what its finished form and the author's hints tell beyond how it is called. */
export function withFacets(
  operation: Operation,
  source: Json | undefined,
  { typeOf, built }: Known,
): Operation {
  const hint = isObject(source) ? pagingHintOf(source) : undefined;
  const pagination = hint?.(operation, typeOf) ?? paginationOf(operation, typeOf);
  const idempotencyKey = idempotencyKeyOf(operation);
  const links = operation.links?.map(({ to, ...link }) =>
    to === undefined || !built.has(to) ? link : { ...link, to },
  );
  return {
    ...operation,
    ...(links === undefined ? {} : { links }),
    ...(pagination === undefined ? {} : { pagination }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}
