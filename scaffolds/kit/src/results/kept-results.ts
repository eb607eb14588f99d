import { randomBytes } from 'node:crypto';
import { parseJson } from '../json-value.ts';
import { valueAt } from '../interpret/paging/pointer.ts';

/** Characters of all kept answers together; the oldest go first. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
const MOST_RESULTS = 32;

/** An answer that was too large to be passed on whole. */
interface Kept {
  readonly tool: string;
  readonly text: string;
  readonly mimeType: string;
}

/** A part of a kept answer. */
export interface KeptPage {
  readonly text: string;
  readonly mimeType: string;
  /** Address of the part behind it; undefined when this was the last. */
  readonly next: string | undefined;
}

/** Why an address leads to nothing, in words for the caller. */
export interface Refusal {
  readonly refusal: string;
}

/** Not between the two halves of a character, and after a line or a comma where one is near. */
function cutAt(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const near = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('},', end - 1) + 1) + 1;
  if (near > end - 2_000 && near <= end) return near;
  const unit = text.charCodeAt(end);
  return unit >= 0xdc00 && unit <= 0xdfff ? end - 1 : end;
}

/**
 * Answers of this process that did not fit, for as long as there is room: read as resources, a page at a time or the part
 * that a JSON pointer names. Under the hub nothing is kept here; it keeps what it cuts itself.
 */
export class KeptResults {
  readonly #server: string;
  readonly #pageCharacters: number;
  /** In order of last use. */
  readonly #kept = new Map<string, Kept>();

  /** `pageCharacters`: of one answer to `read`. */
  constructor(server: string, pageCharacters: number) {
    this.#server = server;
    this.#pageCharacters = pageCharacters;
  }

  /** Keeps a text; its address cannot be guessed. Undefined when it is too large to be kept. */
  keep(kept: Kept): string | undefined {
    if (kept.text.length > MOST_CHARACTERS / 2) return undefined;
    const handle = randomBytes(6).toString('hex');
    this.#kept.set(handle, kept);
    let size = [...this.#kept.values()].reduce((sum, { text }) => sum + text.length, 0);
    for (const [oldest, { text }] of this.#kept) {
      if (size <= MOST_CHARACTERS && this.#kept.size <= MOST_RESULTS) break;
      this.#kept.delete(oldest);
      size -= text.length;
    }
    return this.#address(handle);
  }

  /** What is kept now, newest first. */
  list(): {
    readonly uri: string;
    readonly name: string;
    readonly mimeType: string;
    readonly size: number;
  }[] {
    return [...this.#kept]
      .map(([handle, { tool, text, mimeType }]) => ({
        uri: this.#address(handle),
        name: `Answer of ${tool}`,
        mimeType,
        size: Buffer.byteLength(text),
      }))
      .toReversed();
  }

  /** How an address is made. */
  get template(): string {
    return `${this.#address('{handle}')}{?offset,path}`;
  }

  /** The part an address names. */
  read(uri: string): KeptPage | Refusal {
    const [, handle = '', query = ''] = /^result:\/\/[^/?#]*\/([^/?#]+)(?:\?([^#]*))?$/.exec(uri) ?? [];
    const kept = this.#kept.get(handle);
    if (kept === undefined || !uri.startsWith(this.#address('')))
      return { refusal: `Resource not found: ${uri}; call the tool again` };
    this.#kept.delete(handle);
    this.#kept.set(handle, kept);
    const asked = new URLSearchParams(query);
    const offset = Number(asked.get('offset') ?? '0');
    if (!Number.isSafeInteger(offset) || offset < 0)
      return { refusal: 'offset: expected a whole number, as the part before it named it' };
    const path = asked.get('path') ?? '';
    const text = path === '' ? kept.text : partOf(kept, path);
    if (text === undefined)
      return { refusal: `path: nothing is at ${path}; expected a JSON pointer such as /data/0` };
    const end = cutAt(text, offset + this.#pageCharacters);
    const on = new URLSearchParams({ ...(path === '' ? {} : { path }), offset: String(end) });
    const next = end < text.length ? `${this.#address(handle)}?${on.toString()}` : undefined;
    return { text: text.slice(offset, end), mimeType: kept.mimeType, next };
  }

  #address(handle: string): string {
    return `result://${this.#server}/${handle}`;
  }
}

function partOf({ text, mimeType }: Kept, path: string): string | undefined {
  if (mimeType !== 'application/json') return undefined;
  const part = valueAt(parseJson(text), path.startsWith('/') ? path : `/${path}`);
  return part === undefined ? undefined : JSON.stringify(part);
}
