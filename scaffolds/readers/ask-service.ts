import { createHash } from 'node:crypto';
import { JsonValue, type Json } from '@counterpart/schemas';
import { displayName, type SourceText } from './source.ts';

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** For each question; 30,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
}

/** What a service answered; no value when that was no JSON, or more than anybody describes itself with. */
export interface ServiceAnswer {
  readonly status: number;
  readonly value: Json | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Posts one question as JSON; credentials before the host go into a header. No redirect is followed. Rejects when nothing
 * answers in time.
 */
export async function askService(
  url: URL,
  { accept, body }: { readonly accept: string; readonly body: object },
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: AskOptions,
): Promise<ServiceAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  const response = await fetch(bare, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', ...authorizationOf(url) },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  const value = response.body === null ? undefined : parsed(await readText(response.body));
  return { status: response.status, value };
}

/** What a service told of itself, as a source; its endpoint is where it was asked. */
export function toldSource(location: string, told: object): SourceText {
  const text = JSON.stringify(told);
  const { origin, pathname } = new URL(location);
  return {
    text,
    location: displayName(location),
    sha256: `sha256-${createHash('sha256').update(text).digest('hex')}`,
    endpoint: `${origin}${pathname}`,
  };
}

/** Credentials before the host: a pair as basic, a single word as a bearer token. */
function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const [name, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  const pair = Buffer.from(`${name}:${secret}`).toString('base64');
  return { authorization: secret === '' ? `Bearer ${name}` : `Basic ${pair}` };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Json | undefined {
  try {
    return JsonValue.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
