import type { Json } from '@counterpart/schemas';
import type { DecodedRequest } from '../../request/decode-request.ts';
import { plain } from '../../resource/words.ts';
import { isObject, own } from '../../schema/json-value.ts';
import type { StoredRow } from '../../state/snapshot.ts';
import { textOf, valueAtSteps, type PageNews, type Visit } from '../keeper.ts';
import { pagingOf, type Paging } from './paging.ts';

const PAGE_SIZE = 30;
const MAX_PAGE = 1_000;

function valueOf(request: DecodedRequest, name: string | undefined): Json | undefined {
  if (name === undefined) return undefined;
  const inQuery = request.parameters.find(
    ({ binding }) => binding.in === 'query' && binding.name === name,
  )?.value;
  return inQuery ?? (isObject(request.body?.wire) ? own(request.body.wire, name) : undefined);
}

function countOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0
    ? Math.floor(number)
    : undefined;
}

const OPAQUE = /^after:(\d+)$/;

/** A place in the list as text nobody reads meaning into. */
const toToken = (offset: number): string => Buffer.from(`after:${offset}`).toString('base64url');

function fromToken(token: string): number | undefined {
  const found = OPAQUE.exec(Buffer.from(token, 'base64url').toString())?.[1];
  return found === undefined ? countOf(token) : Number(found);
}

/** Where a cursor points: behind the thing it names, else where the mirror's own token says. */
function behind(cursor: string, rows: readonly StoredRow[], visit: Visit): number | undefined {
  const { idSteps } = visit.binding.resource;
  const index = rows.findIndex(
    ({ id, value }) => id === cursor || (idSteps && textOf(valueAtSteps(value, idSteps)) === cursor),
  );
  return index >= 0 ? index + 1 : fromToken(cursor);
}

function startOf(visit: Visit, rows: readonly StoredRow[], limit: number): number {
  const paging = pagingOf(visit.binding.operation);
  const cursor = textOf(valueOf(visit.request, paging.cursor));
  if (cursor !== undefined && cursor !== '') return behind(cursor, rows, visit) ?? 0;
  const before = textOf(valueOf(visit.request, paging.before));
  if (before !== undefined && before !== '') {
    const end = (behind(before, rows, visit) ?? 1) - 1;
    return Math.max(0, end - limit);
  }
  const page = countOf(valueOf(visit.request, paging.page));
  if (page !== undefined) return Math.max(0, page - paging.firstPage) * limit;
  return countOf(valueOf(visit.request, paging.offset)) ?? 0;
}

/** Whether a thing's identifier serves as cursor: where the caller picks it from the last thing itself. */
function isThingCursor({ operation }: Visit['binding'], cursor: string): boolean {
  return (
    operation.pagination?.response.last !== undefined || /^(?:startingafter|after|since)$/.test(plain(cursor))
  );
}

/** The page of a list that the request asks for, and what it tells of the whole. */
export function cutPage(
  visit: Visit,
  rows: readonly StoredRow[],
): { readonly rows: readonly StoredRow[]; readonly page: PageNews } {
  const { binding, request, raw } = visit;
  const paging = pagingOf(binding.operation);
  const limit = Math.min(countOf(valueOf(request, paging.limit)) ?? paging.pageSize ?? PAGE_SIZE, MAX_PAGE);
  const offset = startOf(visit, rows, limit);
  const end = offset + limit;
  const chosen = rows.slice(offset, end);
  const last = chosen.at(-1);
  const query = (at: number, cursor: string): string =>
    queryAt(raw.query, paging, { offset: at, limit, cursor });
  const earlier = Math.max(0, offset - limit);
  const previous = offset > 0 ? { previousQuery: query(earlier, toToken(earlier)) } : {};
  const page = { total: rows.length, offset, limit, ...previous };
  if (end >= rows.length || last === undefined) return { rows: chosen, page };
  const isThing = paging.cursor !== undefined && isThingCursor(binding, paging.cursor);
  const next = isThing ? last.id : toToken(end);
  return { rows: chosen, page: { ...page, next, nextQuery: query(end, next) } };
}

interface PagePlace {
  readonly offset: number;
  readonly limit: number;
  readonly cursor: string;
}

/** The request's query, asking for another page. */
function queryAt(query: string, paging: Paging, { offset, limit, cursor }: PagePlace): string {
  const parameters = new URLSearchParams(query);
  const page = paging.firstPage + Math.floor(offset / Math.max(1, limit));
  if (paging.page !== undefined) parameters.set(paging.page, String(page));
  else if (paging.cursor !== undefined) parameters.set(paging.cursor, cursor);
  else parameters.set(paging.offset ?? 'offset', String(offset));
  return parameters.toString();
}
