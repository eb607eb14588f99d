import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { hubError } from '@counterpart/schemas';
import { decodeText } from './decode-text.ts';
import { isDescriptorSet } from './grpc/fits.ts';
import { archiveNeighbours } from './neighbours/archive-neighbours.ts';
import { entryOf, HEAD_CHARS, type Entry } from './neighbours/entry-document.ts';
import { fileNeighbours } from './neighbours/file-neighbours.ts';
import { entryOfFolder } from './neighbours/folder.ts';
import { importingAll, importRootOf, protoFilesAmong, protoFilesOf } from './neighbours/proto-folder.ts';
import { withinLimits, type NeighbourOptions, type Neighbours } from './neighbours/neighbours.ts';
import { followRedirects } from './neighbours/redirects.ts';
import { readRemote } from './neighbours/remote.ts';
import { isZip, readZip, type ZipFiles } from './neighbours/zip.ts';

/** A description as it was found: its text, the name to show for it, and the hash of its bytes (`sha256-…`). */
export interface SourceText {
  readonly text: string;
  readonly location: string;
  readonly sha256: string;
  /** Other documents it may refer to; absent where it has no place of its own, as standard input. */
  readonly neighbours?: Neighbours | undefined;
  /** Address of the service itself, when it was the service that was asked. */
  readonly endpoint?: string | undefined;
  /** Absolute path or URL it was read from, without credentials; absent for standard input. */
  readonly address?: string | undefined;
  /** All bytes of what is not text: compiled protocol buffers. */
  readonly bytes?: Uint8Array | undefined;
  /** The first bytes as they stand in the source: what it is and how its text is encoded is told by them. */
  readonly head?: Uint8Array | undefined;
  /** The whole source piece by piece, where it is too large to hold; `text` is its beginning then. */
  readonly chunks?: (() => AsyncIterable<Uint8Array>) | undefined;
}

export interface LoadOptions extends NeighbourOptions {
  /** Larger sources are refused; 64 MiB unless told. */
  readonly maxBytes?: number | undefined;
  /** For the whole download; 30,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
}

type Limits = LoadOptions & { readonly maxBytes: number };

interface Loaded {
  readonly bytes: Uint8Array;
  readonly location: string;
  readonly neighbours?: Neighbours;
}

/** Query parameters whose values open something. */
const SECRET_PARAMETER = /token|key|secret|sig|pass|auth|credential|session|jwt/i;

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
const HEAD_BYTES = 64 * 1024;
/** Name of the file that stands for all .proto files of a folder; none lies there. */
const ALL_PROTOS = '.all.proto';

/**
 * Reads a description from a file, an http(s) URL or `-` (standard input); from a folder or a ZIP archive of several files,
 * the one that the others belong to. Throws SOURCE_UNREADABLE with what was tried and what happened; never shows credentials
 * or query values of a URL.
 */
export async function loadSource(location: string, options: LoadOptions = {}): Promise<SourceText> {
  const name = displayName(location);
  const found = await load(location, name, { ...options, maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES });
  const plain = { ...found, bytes: await unzipped(found.bytes, name, options.maxBytes ?? DEFAULT_MAX_BYTES) };
  const { bytes, neighbours, location: shown } = isZip(plain.bytes) ? unpack(plain, options) : plain;
  const sha256 = `sha256-${createHash('sha256').update(bytes).digest('hex')}`;
  return {
    text: decodeText(bytes),
    location: shown,
    sha256,
    // A copy: a view, such as a Buffer's own `slice`, would keep the whole source in memory.
    head: Uint8Array.from(bytes.subarray(0, HEAD_BYTES)),
    ...(isDescriptorSet(bytes) ? { bytes } : {}),
    ...addressOf(location),
    ...(neighbours === undefined ? {} : { neighbours: withinLimits(neighbours) }),
  };
}

/** Where a source can be read again; a URL's credentials stay behind. */
export function addressOf(location: string): { readonly address?: string } {
  if (location === '-') return {};
  if (!/^https?:\/\//i.test(location)) return { address: resolve(location) };
  if (!URL.canParse(location)) return {};
  const url = new URL(location);
  url.username = '';
  url.password = '';
  url.hash = '';
  const secrets = Array.from(url.searchParams.keys()).filter((name) => SECRET_PARAMETER.test(name));
  for (const name of secrets) url.searchParams.delete(name);
  return { address: url.href };
}

async function load(location: string, name: string, options: Limits): Promise<Loaded> {
  if (location === '-') {
    const { stdin } = process;
    if (options.signal) addAbortSignal(options.signal, stdin);
    return { bytes: await collect(stdin, name, options), location: name };
  }
  if (/^https?:\/\//i.test(location)) return download(location, name, options);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
    throw unreadable(name, 'only files, http(s) URLs and - are read');
  }
  return readLocal(location, name, options);
}

async function readLocal(path: string, name: string, options: Limits): Promise<Loaded> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) return await readFolder(path, name, options);
    if (facts.size > options.maxBytes) throw tooLarge(name, options.maxBytes);
    const bytes = await readFile(path, options.signal ? { signal: options.signal } : {});
    const folder = /\.proto$/i.test(path) ? { folder: importRootOf(resolve(path), decodeText(bytes)) } : {};
    return { bytes, location: name, neighbours: await fileNeighbours({ file: path, ...folder }, options) };
  } catch (error) {
    throw asUnreadable(name, error);
  }
}

/** Of several descriptions none is passed over for files of another kind. */
const isNone = (entry: Entry): boolean => 'problem' in entry && entry.rivals === 0;

async function readFolder(folder: string, name: string, options: Limits): Promise<Loaded> {
  const entry = await entryOfFolder(folder);
  const protos = isNone(entry) ? await protoFilesOf(folder) : [];
  if (protos.length > 0) {
    const found = await fileNeighbours({ file: folder, folder }, options);
    const neighbours = { ...found, home: `${found.home}/${ALL_PROTOS}` };
    return { bytes: Buffer.from(importingAll(protos)), location: name, neighbours };
  }
  if ('problem' in entry) throw unreadable(name, `it is a folder, and ${entry.problem}`);
  const file = join(folder, entry.path);
  const { bytes } = await readLocal(file, `${name}/${entry.path}`, options);
  return {
    bytes,
    location: `${name}/${entry.path}`,
    neighbours: await fileNeighbours({ file, folder }, options),
  };
}

/** What gzip data holds; other bytes as they are. Throws SOURCE_UNREADABLE. */
async function unzipped(bytes: Uint8Array, name: string, maxBytes: number): Promise<Uint8Array> {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8)) return bytes;
  const { gunzipSync } = await import('node:zlib');
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isLarge ? tooLarge(name, maxBytes) : unreadable(name, 'its gzip data is damaged or cut off', error);
  }
}

/** The description of an archive in place of the archive. */
function unpack({ bytes, location }: Loaded, options: LoadOptions): Loaded {
  let files: ZipFiles;
  try {
    files = readZip(bytes);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw unreadable(location, `it is a ZIP archive, and ${detail}`, error);
  }
  const entry = entryOf(
    [...files].map(([path, content]) => ({ path, head: decodeText(content.subarray(0, HEAD_CHARS)) })),
  );
  const protos = isNone(entry) ? protoFilesAmong(files.keys()) : [];
  if (protos.length > 0) {
    const neighbours = archiveNeighbours(files, ALL_PROTOS, options);
    return { bytes: Buffer.from(importingAll(protos)), location, neighbours };
  }
  if ('problem' in entry) throw unreadable(location, `it is a ZIP archive, and ${entry.problem}`);
  return {
    bytes: files.get(entry.path) ?? new Uint8Array(),
    location: `${location}/${entry.path}`,
    neighbours: archiveNeighbours(files, entry.path, options),
  };
}

async function download(url: string, name: string, options: Limits): Promise<Loaded> {
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
    const bare = new Headers(headers);
    bare.delete('authorization');
    const { response, at: home } = await followRedirects(target, {
      ask: (place, isNamed) =>
        fetch(place, { signal, headers: isNamed ? headers : bare, redirect: 'manual' }),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw unreadable(name, `the server answered ${response.status} ${response.statusText}`.trim());
    }
    const bytes = response.body === null ? new Uint8Array() : await collect(response.body, name, options);
    // Credentials were given for the host that was named, not for one that it redirects to.
    const own = home.origin === target.origin ? headers.get('authorization') : null;
    const origin = { url: home, authorization: own ?? undefined };
    const read: Neighbours['read'] = (address) => readRemote(new URL(address), { ...options, origin });
    return { bytes, location: name, neighbours: { home: home.href, read } };
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
