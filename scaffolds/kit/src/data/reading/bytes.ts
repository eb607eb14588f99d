import { createReadStream } from 'node:fs';
import { ToolFailure } from '../../failure.ts';

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  /** What would point elsewhere, for the message of a failure. */
  readonly setting: string;
  /** Longest wait for a part of the answer of a URL, in milliseconds. */
  readonly timeoutMs: number;
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'reading it is not permitted',
  EISDIR: 'it is a folder',
};
const MOST_REDIRECTS = 5;
/** Read at once. */
const PIECE_BYTES = 256 * 1024;

const withoutSecrets = (location: string): string =>
  URL.canParse(location) && /^https?:/i.test(location)
    ? `${new URL(location).origin}${new URL(location).pathname}`
    : location;

function failure(location: string, detail: string, setting: string): ToolFailure {
  return new ToolFailure(`Cannot read ${withoutSecrets(location)}: ${detail}.`, {
    nextStep: `Check that it is there, or set ${setting} to another path or URL.`,
  });
}

const detailOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const origin = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in origin && typeof origin.code === 'string' ? origin.code : '';
  return FILE_PROBLEMS[code] ?? (origin.message || error.message);
};

/** Follows redirects on the host that was named, and to no other: only that one was permitted. */
async function askFor(location: string, options: OpenOptions, signal: AbortSignal): Promise<Response> {
  let url = new URL(location);
  const headers = new Headers({ accept: 'text/csv, application/json, application/x-ndjson, */*;q=0.5' });
  if (url.username !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
    url.username = '';
    url.password = '';
  }
  const { host } = url;
  for (let step = 0; step <= MOST_REDIRECTS; step += 1) {
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    const target = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (response.ok) return response;
    await response.body?.cancel();
    if (target === null) throw failure(location, `the server answered ${response.status}`, options.setting);
    url = new URL(target, url);
    if (url.host !== host) throw failure(location, `it leads on to ${url.host}`, options.setting);
  }
  throw failure(location, 'it leads on and on', options.setting);
}

async function* download(location: string, options: OpenOptions): AsyncGenerator<Uint8Array> {
  const idle = new AbortController();
  const wait = (): NodeJS.Timeout => setTimeout(() => idle.abort(), options.timeoutMs);
  const signal = options.signal === undefined ? idle.signal : AbortSignal.any([options.signal, idle.signal]);
  let timer = wait();
  try {
    const response = await askFor(location, options, signal);
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      yield chunk;
      timer = wait();
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ToolFailure) throw error;
    const detail = idle.signal.aborted ? `no answer within ${options.timeoutMs} ms` : detailOf(error);
    throw failure(location, detail, options.setting);
  } finally {
    clearTimeout(timer);
    idle.abort();
  }
}

/** The bytes of a file or of what an http(s) URL answers, piece by piece. Throws ToolFailure with what happened. */
export async function* openBytes(location: string, options: OpenOptions): AsyncGenerator<Uint8Array> {
  if (/^https?:\/\//i.test(location)) {
    if (!URL.canParse(location)) throw failure(location, 'it is no URL', options.setting);
    yield* download(location, options);
    return;
  }
  const stream = createReadStream(location, { highWaterMark: PIECE_BYTES });
  try {
    for await (const chunk of stream) {
      options.signal?.throwIfAborted();
      yield chunk as Uint8Array; // without an encoding a stream gives buffers
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw failure(location, detailOf(error), options.setting);
  } finally {
    stream.destroy();
  }
}
