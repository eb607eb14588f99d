import type { Json, Pagination } from '@counterpart/schemas';
import { isList, isNumber } from '../../json-value.ts';
import { readInput } from './input-key.ts';
import { nextAddress } from './next-address.ts';
import { nextLink } from './link-header.ts';
import type { Next, Page, PagedOperation } from './page.ts';
import { largestPage } from './paging-input.ts';
import { valueAt } from './pointer.ts';

const END: Next = { kind: 'end' };

/** The items of a page; undefined when the answer has no list where one was described. */
export function itemsOf({ response }: Pagination, value: Json): readonly Json[] | undefined {
  const items = valueAt(value, response.items);
  return isList(items) ? items : undefined;
}

/** A whole number, or a text of digits as one. */
function countOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** How many items there are in all, where the answer says so. */
export const totalOf = ({ response }: Pagination, value: Json): number | undefined =>
  response.total === undefined ? undefined : countOf(valueAt(value, response.total));

/** Decides where the page after this one is, by what the answer says and else by counting. Never repeats the same call. */
export function nextPage(operation: PagedOperation, page: Page): Next {
  const { pagination } = operation;
  const items = itemsOf(pagination, page.value);
  const { more } = pagination.response;
  if (items === undefined || (more !== undefined && valueAt(page.value, more) === false)) return END;
  const next = pagination.kind === 'link' ? linked(operation, page) : counted(operation, page, items);
  const isSame =
    next.kind === 'input' &&
    Object.entries(next.input).every(([key, value]) => readInput(page.args, key) === value);
  return isSame ? END : next;
}

/** What the answer says about the next page: a link, a cursor, a number, or that there is none. */
function saidNext({ response }: Pagination, { value, headers }: Page): Json | undefined {
  if (response.next === undefined) return undefined;
  return response.next === 'link-header' ? nextLink(headers['link']) : valueAt(value, response.next);
}

function linked(operation: PagedOperation, page: Page): Next {
  const address = saidNext(operation.pagination, page);
  return typeof address === 'string' && address !== '' ? nextAddress(operation, page, address) : END;
}

function counted(operation: PagedOperation, page: Page, items: readonly Json[]): Next {
  const { pagination } = operation;
  const { kind, request, response } = pagination;
  const said = saidNext(pagination, page);
  if (typeof said === 'string' && /^https?:\/\//i.test(said)) return nextAddress(operation, page, said);
  if (kind === 'cursor') return byCursor(operation, page, { said, items });
  const isOver = response.next === undefined ? isLastPage(operation, page, items.length) : isNothing(said);
  if (request.page === undefined || items.length === 0 || isOver) return END;
  const current = countOf(readInput(page.args, request.page));
  const following =
    kind === 'offset'
      ? (current ?? 0) + items.length
      : (countOf(said) ?? (current ?? pagination.firstPage ?? 1) + 1);
  return { kind: 'input', input: { [request.page]: following } };
}

const isNothing = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === false || value === '';

function byCursor(
  operation: PagedOperation,
  page: Page,
  { said, items }: { readonly said: Json | undefined; readonly items: readonly Json[] },
): Next {
  const { request, response } = operation.pagination;
  if (request.cursor === undefined) return END;
  const last = items.at(-1);
  const ofLast = response.last === undefined || last === undefined ? undefined : valueAt(last, response.last);
  const isOver = response.next === undefined && isLastPage(operation, page, items.length);
  const cursor = response.next === undefined ? ofLast : said;
  const isCursor = (typeof cursor === 'string' && cursor !== '') || isNumber(cursor);
  return isCursor && !isOver ? { kind: 'input', input: { [request.cursor]: cursor } } : END;
}

/** By the number of items that came: none, the last of the total, or fewer than were asked for. */
function isLastPage(operation: PagedOperation, page: Page, count: number): boolean {
  const { pagination } = operation;
  const { request, response, pageSize } = pagination;
  if (count === 0) return true;
  if (response.more !== undefined && valueAt(page.value, response.more) === true) return false;
  const asked = request.limit === undefined ? undefined : countOf(readInput(page.args, request.limit));
  const size = asked ?? pageSize;
  const total = totalOf(pagination, page.value);
  const seen = total === undefined ? undefined : seenOf(pagination, page, { count, size });
  if (total !== undefined && seen !== undefined) return seen >= total;
  // A service may give less than it was asked for, unless it says what may be asked for.
  const isKept = request.limit !== undefined && (largestPage(operation, request.limit) ?? 0) >= (asked ?? 0);
  return size !== undefined && count < (isKept ? size : Math.min(size, pageSize ?? size));
}

/** Items up to the end of this page; undefined where the page's number does not tell. */
function seenOf(
  { kind, request, firstPage = 1 }: Pagination,
  { args }: Page,
  { count, size }: { readonly count: number; readonly size: number | undefined },
): number | undefined {
  const current = request.page === undefined ? undefined : countOf(readInput(args, request.page));
  if (kind === 'offset') return (current ?? 0) + count;
  if (kind !== 'page' || size !== count) return undefined;
  return ((current ?? firstPage) - firstPage + 1) * size;
}
