import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { hubError } from '@counterpart/schemas';

/** A description as it was found: its text, the name to show for it, and the hash of its bytes (`sha256-…`). */
export interface SourceText {
  readonly text: string;
  readonly location: string;
  readonly sha256: string;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Larger sources are refused; 64 MiB unless told. */
  readonly maxBytes?: number | undefined;
  /** For the whole download; 30,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Reads a description from a file, an http(s) URL or `-` (standard input).
 * Throws SOURCE_UNREADABLE with what was tried and what happened; never shows credentials or query values of a URL.
 */
export async function loadSource(location: string, options: LoadOptions = {}): Promise<SourceText> {
  const name = displayName(location);
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const bytes = await readBytes(location, name, { ...options, maxBytes });
  const sha256 = `sha256-${createHash('sha256').update(bytes).digest('hex')}`;
  return { text: decodeText(bytes), location: name, sha256 };
}

function readBytes(
  location: string,
  name: string,
  options: LoadOptions & { maxBytes: number },
): Promise<Uint8Array> {
  if (location === '-') return collect(process.stdin, name, options);
  if (/^https?:\/\//i.test(location)) return download(location, name, options);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
    throw unreadable(name, 'only files, http(s) URLs and - are read');
  }
  return readLocal(location, name, options);
}

async function readLocal(
  path: string,
  name: string,
  options: LoadOptions & { maxBytes: number },
): Promise<Uint8Array> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw unreadable(name, 'it is a folder');
    if (facts.size > options.maxBytes) throw tooLarge(name, options.maxBytes);
    return await readFile(path, options.signal ? { signal: options.signal } : {});
  } catch (error) {
    throw asUnreadable(name, error);
  }
}

async function download(
  url: string,
  name: string,
  options: LoadOptions & { maxBytes: number },
): Promise<Uint8Array> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const target = new URL(url);
    const headers = new Headers({ accept: 'application/json, application/yaml, text/yaml, */*;q=0.5' });
    if (target.username !== '') {
      // fetch refuses a URL with credentials, so they travel as the header they stand for.
      const pair = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
      headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
      target.username = '';
      target.password = '';
    }
    const response = await fetch(target, { signal, headers });
    if (!response.ok) {
      await response.body?.cancel();
      throw unreadable(name, `the server answered ${response.status} ${response.statusText}`.trim());
    }
    return response.body === null ? new Uint8Array() : await collect(response.body, name, options);
  } catch (error) {
    if (timeout.aborted) throw unreadable(name, `no answer within ${timeoutMs} ms`, error);
    throw asUnreadable(name, error);
  }
}

async function collect(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
  { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.byteLength;
    if (size > maxBytes) throw tooLarge(name, maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Text of a description's bytes: UTF-8, or UTF-16 told by its byte order mark or by its zero bytes. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const bigEndian = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  const littleEndian =
    (first === 0xff && second === 0xfe) || (second === 0 && first !== 0 && bytes.length > 1);
  const encoding = bigEndian ? 'utf-16be' : littleEndian ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** What to call a location in messages and in a blueprint: a base name, or a URL without credentials, query or fragment. */
export function displayName(location: string): string {
  if (location === '-') return 'standard input';
  if (!URL.canParse(location) || !/^https?:/i.test(location)) return basename(location);
  const url = new URL(location);
  return `${url.origin}${url.pathname}`;
}

const unreadable = (source: string, detail: string, cause?: unknown) =>
  hubError('SOURCE_UNREADABLE', { source, detail }, cause === undefined ? undefined : { cause });

const tooLarge = (source: string, maxBytes: number) =>
  unreadable(source, `it is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB`);

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'reading it is not permitted',
  ENOTDIR: 'a part of its path is not a folder',
  ENOTFOUND: 'the host name is not known',
  ECONNREFUSED: 'the connection was refused',
};

function asUnreadable(name: string, error: unknown): Error {
  if (error instanceof Error && error.name === 'CounterpartError') return error;
  if (!(error instanceof Error)) return unreadable(name, String(error), error);
  const origin = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in origin && typeof origin.code === 'string' ? origin.code : '';
  return unreadable(name, FILE_PROBLEMS[code] ?? (origin.message || error.message), error);
}
