import type { Json } from '@counterpart/schemas';
import type { Members } from '../../json-value.ts';
import type { Arguments, ToolContext } from '../../tools/tool.ts';
import { readInput, writeInput } from './input-key.ts';
import { itemsOf, nextPage, totalOf } from './next-page.ts';
import type { Next, Page, PagedOperation } from './page.ts';
import { largestPage } from './paging-input.ts';
import { withValueAt } from './pointer.ts';

const MOST_PAGES = 200;
/** Below the minute after which many clients give a call up: what was read until then is worth more than nothing. */
const LONGEST_MS = 45_000;
/** A page of this many is asked for where the caller leaves it open and the service allows more. */
const GOOD_PAGE = 100;

/** What is asked for: arguments, and the address where one is followed instead. */
export interface Wanted {
  readonly args: Arguments;
  readonly url: string | undefined;
}

/** A page, or why there is none. */
export type Asked =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'failed'; readonly status: number | undefined; readonly words: string };

export interface PageReading {
  readonly operation: PagedOperation;
  readonly maxItems: number;
  /** Of the items' JSON. */
  readonly maxBytes: number;
  readonly ask: (wanted: Wanted) => Promise<Asked>;
  readonly progress: ToolContext['progress'];
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** All that was read: the last page's answer, holding the items of every page. */
export interface Pages {
  readonly kind: 'pages';
  readonly value: Json;
  readonly items: number;
  readonly pages: number;
  /** Why it is not everything, and where to read on; absent when the last page was reached. */
  readonly stopped?: { readonly why: string; readonly next: Members | undefined } | undefined;
}

/** The call with a page size that needs few calls and fetches little that is not wanted. */
function withPageSize({ operation, maxItems }: PageReading, args: Arguments): Arguments {
  const { limit } = operation.pagination.request;
  if (limit === undefined || readInput(args, limit) !== undefined) return args;
  const largest = largestPage(operation, limit);
  const usual = operation.pagination.pageSize;
  if (largest === undefined && (usual === undefined || maxItems >= usual)) return args;
  return writeInput(args, limit, Math.min(maxItems, largest ?? maxItems, Math.max(GOOD_PAGE, usual ?? 0)));
}

interface Collected {
  readonly items: Json[];
  bytes: number;
  pages: number;
  last: Page | undefined;
  lastText: string;
}

/** The part of the arguments that leads back to a page that was read in vain. */
function inputOf(wanted: Wanted, { operation }: PageReading): Members | undefined {
  const { page, cursor } = operation.pagination.request;
  const keys = [page, cursor].filter((key) => key !== undefined);
  const given = keys.flatMap((key): [string, Json][] => {
    const value = readInput(wanted.args, key);
    return value === undefined ? [] : [[key, value]];
  });
  return given.length === 0 || wanted.url !== undefined ? undefined : Object.fromEntries(given);
}

type Step =
  | { readonly kind: 'go-on'; readonly next: Next }
  /** `again`: this page holds items that were not taken. */
  | { readonly kind: 'stop'; readonly why: string; readonly again: boolean };

function addPage(reading: PageReading, sum: Collected, page: Page): Step {
  const items = itemsOf(reading.operation.pagination, page.value) ?? [];
  const text = JSON.stringify(items);
  if (sum.pages > 0 && items.length > 0 && text === sum.lastText)
    return { kind: 'stop', why: 'the service answered the same page again', again: false };
  const bytes = sum.bytes + Buffer.byteLength(text);
  if (sum.pages > 0 && bytes > reading.maxBytes)
    return { kind: 'stop', why: `more would be over ${reading.maxBytes} bytes`, again: true };
  const room = reading.maxItems - sum.items.length;
  sum.items.push(...items.slice(0, room));
  Object.assign(sum, { bytes, pages: sum.pages + 1, last: page, lastText: text });
  if (items.length > room) {
    const why = `${reading.maxItems} items were asked for, and the last page has ${items.length - room} more`;
    return { kind: 'stop', why, again: true };
  }
  return { kind: 'go-on', next: nextPage(reading.operation, page) };
}

const follow = (args: Arguments, next: Exclude<Next, { kind: 'end' }>): Wanted =>
  next.kind === 'url'
    ? { args, url: next.url }
    : {
        args: Object.entries(next.input).reduce((all, [key, value]) => writeInput(all, key, value), args),
        url: undefined,
      };

/** A reason to end before the next page is asked for. */
function limitReached(reading: PageReading, sum: Collected, startedAt: number): string | undefined {
  if (sum.items.length >= reading.maxItems) return `${reading.maxItems} items were asked for`;
  if (sum.pages >= MOST_PAGES) return `one call reads ${MOST_PAGES} pages`;
  return reading.now() - startedAt > LONGEST_MS
    ? `one call reads for ${LONGEST_MS / 1000} seconds`
    : undefined;
}

/**
 * Reads page after page until the last one or a limit: items, pages, bytes or time. What was read is never lost: a page
 * that fails after the first ends the reading, and says why. Rejects with what `ask` rejects with.
 */
export async function readPages(
  reading: PageReading,
  args: Arguments,
): Promise<Pages | Extract<Asked, { kind: 'failed' }>> {
  const sum: Collected = { items: [], bytes: 0, pages: 0, last: undefined, lastText: '' };
  const startedAt = reading.now();
  let wanted: Wanted = { args: withPageSize(reading, args), url: undefined };
  for (;;) {
    const asked = await reading.ask(wanted);
    if (asked.kind === 'failed') {
      if (sum.last === undefined) return asked;
      // Services that count pages answer "not found" behind the last one.
      if (asked.status === 404) return collected(reading, sum);
      return collected(reading, sum, {
        why: `the next page failed: ${asked.words}`,
        next: inputOf(wanted, reading),
      });
    }
    const step = addPage(reading, sum, asked.page);
    if (step.kind === 'stop') {
      const next = step.again ? inputOf(wanted, reading) : undefined;
      return collected(reading, sum, { why: step.why, next });
    }
    const { next } = step;
    if (next.kind === 'end') return collected(reading, sum);
    const total = totalOf(reading.operation.pagination, asked.page.value);
    reading.progress(sum.items.length, total, `${sum.items.length} items of ${sum.pages} pages`);
    const why = limitReached(reading, sum, startedAt);
    if (why !== undefined)
      return collected(reading, sum, { why, next: next.kind === 'input' ? next.input : undefined });
    wanted = follow(wanted.args, next);
  }
}

function collected({ operation }: PageReading, sum: Collected, stopped?: Pages['stopped']): Pages {
  const { items, pages, last } = sum;
  const value = withValueAt(last?.value ?? null, operation.pagination.response.items, items);
  return { kind: 'pages', value, items: items.length, pages, stopped };
}
