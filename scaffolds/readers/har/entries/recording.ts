import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Json } from '@counterpart/schemas';
import { isArray, isObject, member, objectMember, textMember } from '../../openapi/source/json-tree.ts';
import { MAX_BODIES_OF_PATH, MAX_EXCHANGES, MAX_HELD_CHARS } from '../limits.ts';
import { Vault, type PersonalData } from '../secrets/vault.ts';
import { jsonOf, type Content } from './content.ts';
import { readEntry, type Exchange } from './exchange.ts';
import { noiseOf, type Noise } from './noise.ts';
import { parsedJson } from './parse-json.ts';
import { EntryScanner, type ScanEnd, type ScannedEntry } from './scan.ts';

/** Entries that were set aside for one reason, on one host. */
export interface SetAside {
  readonly why: Noise | 'websocket' | 'other-scheme' | 'unreadable' | 'too-large';
  readonly what: string;
  /** Index of the first. */
  readonly first: number;
  readonly count: number;
}

/** A recording as it was read: what may be an interface, and an exact account of the rest. */
export interface Recording {
  readonly exchanges: readonly Exchange[];
  readonly pages: readonly Exchange[];
  readonly preflights: readonly Exchange[];
  readonly aside: readonly SetAside[];
  readonly end: ScanEnd;
  /** Such as `HAR 1.2 (Firefox)`. */
  readonly format: string;
  readonly vault: Vault;
  /** Bodies that were not held, because many of their kind or very many in all were. */
  readonly unheldBodies: number;
  readonly mentioned: (text: string) => boolean;
}

/** How often the event loop gets a turn, in milliseconds. */
const TURN_MS = 50;
const MAX_MENTIONED = 500_000;
const MAX_MENTIONED_CHARS = 80;
const MAX_KINDS_ASIDE = 500;

/** Reads a recording from its bytes. Memory is bounded by what `limits.ts` says, not by the size of the recording. */
export async function readRecording(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  personal: PersonalData,
): Promise<Recording> {
  const collector = new Collector(personal);
  const scanner = new EntryScanner((entry) => collector.take(entry));
  let turn = performance.now();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; at += CHUNK_BYTES) {
      scanner.write(chunk.subarray(at, at + CHUNK_BYTES));
      if (performance.now() - turn < TURN_MS) continue;
      await nextTurn();
      turn = performance.now();
    }
  }
  return collector.finish(scanner.end());
}

const CHUNK_BYTES = 256 * 1024;

class Collector {
  readonly #exchanges: Exchange[] = [];
  readonly #pages: Exchange[] = [];
  readonly #preflights: Exchange[] = [];
  readonly #aside = new Map<string, SetAside>();
  readonly #vault: Vault;
  readonly #bodiesOfPath = new Map<string, number>();
  readonly #mentioned = new Set<string>();
  #heldChars = 0;
  #unheld = 0;

  constructor(personal: PersonalData) {
    this.#vault = new Vault(personal);
  }

  take({ index, text }: ScannedEntry): void {
    if (text === undefined) return this.#setAside('too-large', 'entries larger than are read', index);
    const read = readEntry(text, index);
    if ('problem' in read) return this.#setAside('unreadable', read.problem, index);
    if ('aside' in read) {
      const isSocket = read.aside === 'websocket';
      return this.#setAside(isSocket ? 'websocket' : 'other-scheme', read.aside, index);
    }
    return this.#takeExchange(read.exchange);
  }

  #takeExchange(exchange: Exchange): void {
    this.#vault.learn(exchange);
    const noise = exchange.status === 101 ? 'websocket' : noiseOf(exchange);
    if (noise === 'page') this.#pages.push(withoutBodies(exchange));
    if (noise === 'preflight') this.#preflights.push(withoutBodies(exchange));
    if (noise !== undefined) return this.#setAside(noise, exchange.host, exchange.index);
    if (this.#exchanges.length >= MAX_EXCHANGES)
      return this.#setAside('too-large', `exchanges beyond the first ${MAX_EXCHANGES}`, exchange.index);
    this.#exchanges.push(this.#held(exchange));
  }

  #held(exchange: Exchange): Exchange {
    const { method, host, path, status, body, answer } = exchange;
    const key = `${method} ${host}${path} ${status}`;
    const known = this.#bodiesOfPath.get(key) ?? 0;
    const chars = charsOf(body) + charsOf(answer);
    if (chars === 0) return exchange;
    if (known >= MAX_BODIES_OF_PATH || this.#heldChars + chars > MAX_HELD_CHARS) {
      this.#unheld += 1;
      return { ...exchange, body: emptied(body), answer: emptied(answer) };
    }
    this.#bodiesOfPath.set(key, known + 1);
    this.#heldChars += chars;
    for (const content of [body, answer]) {
      const value = jsonOf(content);
      if (value !== undefined) this.#mention(value, 0);
    }
    return exchange;
  }

  #mention(value: Json, depth: number): void {
    if (depth > 12 || this.#mentioned.size >= MAX_MENTIONED) return;
    if (typeof value === 'string') {
      if (value.length <= MAX_MENTIONED_CHARS) this.#mentioned.add(value);
    } else if (isArray(value)) for (const item of value) this.#mention(item, depth + 1);
    else if (isObject(value)) for (const one of Object.values(value)) this.#mention(one, depth + 1);
  }

  #setAside(why: SetAside['why'], what: string, index: number): void {
    const key = `${why} ${what}`;
    const known = this.#aside.get(key);
    if (known === undefined && this.#aside.size >= MAX_KINDS_ASIDE)
      return this.#setAside(why, 'more hosts', index);
    this.#aside.set(
      key,
      known === undefined ? { why, what, first: index, count: 1 } : { ...known, count: known.count + 1 },
    );
    return undefined;
  }

  finish(end: ScanEnd): Recording {
    return {
      exchanges: this.#exchanges,
      pages: this.#pages,
      preflights: this.#preflights,
      aside: [...this.#aside.values()],
      end,
      format: formatOf(end.head),
      vault: this.#vault,
      unheldBodies: this.#unheld,
      mentioned: (text) => this.#mentioned.has(text),
    };
  }
}

const withoutBodies = (exchange: Exchange): Exchange => ({ ...exchange, body: undefined, answer: undefined });

const charsOf = (content: Content | undefined): number =>
  content?.kind === 'json' || content?.kind === 'text' ? content.text.length : 0;

const emptied = (content: Content | undefined): Content | undefined =>
  charsOf(content) === 0 || content === undefined
    ? content
    : { kind: 'absent', mediaType: content.mediaType, reason: 'enough others were read' };

function formatOf(head: string): string {
  const root = parsedJson(head) ?? null;
  const log = isObject(member(root, 'log')) ? objectMember(root, 'log') : root;
  const version = textMember(log, 'version');
  const creator = textMember(objectMember(log, 'creator'), 'name');
  const number = version !== undefined && /^\d+(?:\.\d+)*$/.test(version) ? ` ${version}` : '';
  const maker = creator === undefined ? '' : ` (${creator.replaceAll(/[^\w .+-]/g, '').slice(0, 40)})`;
  return `HAR${number}${maker}`;
}
