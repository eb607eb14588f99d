import { createHash } from 'node:crypto';
import { hubError, JsonValue, type JsonObject } from '@counterpart/schemas';
import { isArray, isObject, textMember } from '../openapi/source/json-tree.ts';
import { displayName, type SourceText } from '../source.ts';

export interface DiscoverOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the question; 30,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Paths at which JSON-RPC services are found; others are asked only when nothing else can be made of them. */
const USUAL_PATH = /(?:^|\/)(?:json-?rpc|rpc)(?:\.php|\/v?\d+(?:\.\d+)*)?\/?$/i;

/** True for a URL whose path says that JSON-RPC is spoken there. */
export const isLikelyRpc = (location: string): boolean =>
  /^https?:\/\//i.test(location) && URL.canParse(location) && USUAL_PATH.test(new URL(location).pathname);

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

async function ask(url: URL, { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: DiscoverOptions): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  const response = await fetch(bare, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...authorizationOf(url),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.discover' }),
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  return response.body === null ? undefined : JSON.parse(await readText(response.body));
}

/**
 * The OpenRPC document that a JSON-RPC service tells of itself. Undefined when nothing at the URL speaks JSON-RPC; rejects
 * with RPC_DISCOVERY_REFUSED when something does and does not describe itself.
 */
export async function discoverRpc(
  location: string,
  options: DiscoverOptions,
): Promise<SourceText | undefined> {
  const url = new URL(location);
  let value: unknown;
  try {
    value = await ask(url, options);
  } catch {
    options.signal?.throwIfAborted();
    return undefined;
  }
  const answer = JsonValue.safeParse(value).data;
  if (!isObject(answer) || answer['jsonrpc'] !== '2.0') return undefined;
  const { result, error } = answer;
  if (isObject(result) && isArray(result['methods'])) return sourceOf(location, result);
  const said = textMember(error, 'message')?.slice(0, 300) ?? 'it answered something else';
  throw hubError('RPC_DISCOVERY_REFUSED', { source: displayName(location), detail: said.replace(/\.$/, '') });
}

function sourceOf(location: string, document: JsonObject): SourceText {
  const text = JSON.stringify({ openrpc: '1.0.0', ...document });
  const { origin, pathname } = new URL(location);
  return {
    text,
    location: displayName(location),
    sha256: `sha256-${createHash('sha256').update(text).digest('hex')}`,
    endpoint: `${origin}${pathname}`,
  };
}
