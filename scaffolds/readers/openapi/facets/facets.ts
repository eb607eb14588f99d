import type { Json, JsonObject, Operation } from '@counterpart/schemas';
import { isObject } from '../source/json-tree.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { paginationOf } from './pagination.ts';
import { pagingHintOf } from './paging-hints.ts';
import { notAsked, withRequestNames } from './request-name.ts';
import type { TypeOf } from './shape.ts';

interface Known {
  readonly typeOf: TypeOf;
  /** All of them, by name. */
  readonly types: JsonObject;
  /** Names of the tools that were made. */
  readonly built: ReadonlySet<string>;
}

/** An operation with what its finished form and the author's hints tell beyond how it is called. */
export function withFacets(
  operation: Operation,
  source: Json | undefined,
  { typeOf, types, built }: Known,
): Operation {
  const hint = isObject(source) ? pagingHintOf(source) : undefined;
  const pagination = hint?.(operation, typeOf) ?? paginationOf(operation, typeOf);
  const links = operation.links?.map(({ to, ...link }) =>
    to === undefined || !built.has(to) ? link : { ...link, to },
  );
  return {
    ...withIdempotencyKey(withRequestNames(operation, types)),
    ...(links === undefined ? {} : { links }),
    ...(pagination === undefined ? {} : { pagination }),
  };
}

/** Who gives no key has one made: nobody is asked for it. */
function withIdempotencyKey(operation: Operation): Operation {
  const idempotencyKey = idempotencyKeyOf(operation);
  const { input } = operation;
  if (idempotencyKey === undefined || !isObject(input)) return operation;
  return { ...operation, input: notAsked(input, new Set([idempotencyKey])), idempotencyKey };
}
