import { wrongField } from './request/read-body.ts';

interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

const MOST = 100;
const USUAL = 20;

/** The part of a list that a request asks for with `limit`, `order` and `after`. Throws FIELD_INVALID. */
export function pageOf<T extends { readonly id: string }>(
  all: readonly T[],
  query: URLSearchParams,
): Page<T> {
  const order = query.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') throw wrongField('order', 'it is "asc" or "desc"');
  const limit = Number(query.get('limit') ?? USUAL);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw wrongField('limit', `it is a whole number from 1 to ${MOST}`);
  const ordered = order === 'asc' ? all : all.toReversed();
  const after = query.get('after');
  const at = after === null ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== null && at < 0) throw wrongField('after', 'no item has this id');
  const rest = ordered.slice(at + 1);
  return { data: rest.slice(0, limit), hasMore: rest.length > limit };
}

/** A page as OpenAI's clients read it. */
export const listOf = <T extends { readonly id: string }>({ data, hasMore }: Page<T>): object => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: hasMore,
});
