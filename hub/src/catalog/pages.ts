import type { ListPage } from '../kernel/ports.ts';
import type { Item } from './source-items.ts';

/** Many clients, those on SDK v1 among them, read one page and no further: only what no model could use is cut off from them. */
const MOST_ITEMS = 5_000;
const MOST_CHARACTERS = 4 * 1024 * 1024;
const CURSOR = /^next:(.+)$/s;

/**
 * One list, cut into pages of bounded size. A cursor names the item that comes next, so it outlives changes of the catalog
 * as long as that item is still there.
 */
export class Pages {
  readonly #items: readonly Item[];
  /** First item of each page. */
  readonly #starts: readonly number[];
  readonly #joined = new Map<number, ListPage>();
  #positions: ReadonlyMap<string, number> | undefined;

  constructor(items: readonly Item[]) {
    this.#items = items;
    this.#starts = pageStarts(items);
  }

  /** Undefined for a cursor that names nothing here. */
  page(cursor: string | undefined): ListPage | undefined {
    const start = cursor === undefined ? 0 : this.#position(cursor);
    if (start === undefined) return undefined;
    const kept = this.#joined.get(start);
    if (kept) return kept;
    const page = this.#join(start);
    // A cursor of an older catalog may point into the middle of a page; only whole pages are worth keeping.
    if (this.#starts.includes(start)) this.#joined.set(start, page);
    return page;
  }

  #join(start: number): ListPage {
    const end = this.#starts.find((boundary) => boundary > start) ?? this.#items.length;
    const texts = this.#items.slice(start, end).map(({ json }) => json);
    const items = Buffer.from(`[${texts.join(',')}]`);
    const next = this.#items[end];
    return next === undefined ? { items } : { items, nextCursor: cursorTo(next) };
  }

  #position(cursor: string): number | undefined {
    const [, key] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
    this.#positions ??= new Map(this.#items.map((item, at) => [item.key, at]));
    return key === undefined ? undefined : this.#positions.get(key);
  }
}

const cursorTo = (item: Item): string => Buffer.from(`next:${item.key}`, 'utf8').toString('base64url');

function pageStarts(items: readonly Item[]): number[] {
  const starts = [0];
  let count = 0;
  let characters = 0;
  for (const [at, { json }] of items.entries()) {
    if (count > 0 && (count >= MOST_ITEMS || characters + json.length > MOST_CHARACTERS)) {
      starts.push(at);
      count = 0;
      characters = 0;
    }
    count += 1;
    characters += json.length + 1;
  }
  return starts;
}
