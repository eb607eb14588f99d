import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { parseJson } from '../json-value.ts';
import { addressOf } from './address.ts';
import { hasDotSegment, joinCookies, mergeHeaders, withQuery } from './compose.ts';
import type { WireRequest } from './exchange.ts';
import { CONNECT_TIMEOUT_MS, DEFAULT_TIMEOUT_MS, LARGEST_ANSWER_BYTES } from './limits.ts';
import { encodeLiteral, encodeStrict } from './percent.ts';
import type { Proof } from './proof.ts';
import { send, type Sent } from './send.ts';
import { HttpFailure } from './failures/http-failure.ts';
import { failureText } from './failures/service-error.ts';

type Scalar = string | number | boolean;

export interface HttpOptions {
  /** What relative paths start from, such as `https://api.example.test/v1`. */
  readonly baseUrl?: string | undefined;
  /** Sent to the base URL's host only, so credentials may stand here. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Encoded `name=value` assignments for the query, to the base URL's host only. */
  readonly query?: readonly string[] | undefined;
  /** `name=value` pairs for the Cookie header, to the base URL's host only. */
  readonly cookies?: readonly string[] | undefined;
  /** Signatures and the client's certificate, for the host they name. */
  readonly proof?: Proof | undefined;
  /** Further `host:port` that may be reached. */
  readonly hosts?: readonly string[] | undefined;
  /** Whole call, default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Largest answer, default 16 MiB; a larger one fails. */
  readonly maxBytes?: number | undefined;
  /** Ends every call of this client. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpCall {
  /** Default GET. */
  readonly method?: string;
  /** Relative to the base URL, or absolute to an allowed host. */
  readonly path: string;
  readonly query?: Readonly<Record<string, Scalar | readonly Scalar[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: Json;
  readonly body?: string | Uint8Array;
  /** Default: true for GET, HEAD, PUT, DELETE and OPTIONS. Only such calls are repeated. */
  readonly idempotent?: boolean;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  text(): string;
  /** Throws ToolFailure when the answer is not JSON. */
  json(): Json;
}

export interface Http {
  /** Any status is an answer; throws ToolFailure when there is none. */
  request(call: HttpCall): Promise<HttpAnswer>;
  /** The answer's JSON; throws ToolFailure with the service's own message for a status other than 2xx. */
  json(call: HttpCall): Promise<Json>;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
const NEVER = new AbortController().signal;

function queryPairs(query: HttpCall['query'] = {}): string[] {
  return Object.entries(query).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map(
      (item) => `${encodeStrict(name)}=${encodeStrict(String(item))}`,
    ),
  );
}

function urlOf({ baseUrl }: HttpOptions, call: HttpCall): string {
  const path = withQuery(encodeLiteral(call.path), queryPairs(call.query));
  if (hasDotSegment(path)) throw new ToolFailure('"." and ".." are not identifiers.');
  if (/^https?:\/\//i.test(path)) return path;
  if (baseUrl === undefined) throw new ToolFailure('There is no base URL for a relative path.');
  return `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

function answerOf({ url, status, headers, body }: Sent): HttpAnswer {
  return {
    url,
    status,
    headers,
    bytes: body,
    text: () => body.toString('utf8'),
    json() {
      try {
        return parseJson(body.toString('utf8'));
      } catch (error) {
        throw new ToolFailure(`The service answered ${status} with something that is not JSON.`, {
          cause: error,
        });
      }
    },
  };
}

function bodyOf(call: HttpCall): { body?: Uint8Array; headers: Record<string, string> } {
  if (call.json !== undefined) {
    return { body: Buffer.from(JSON.stringify(call.json)), headers: { 'content-type': 'application/json' } };
  }
  if (call.body === undefined) return { headers: {} };
  return { body: typeof call.body === 'string' ? Buffer.from(call.body) : call.body, headers: {} };
}

/** The request with credentials, when it goes to the host they are for. */
function wireRequest(options: HttpOptions, call: HttpCall): WireRequest {
  const url = urlOf(options, call);
  const { body, headers } = bodyOf(call);
  const own =
    options.baseUrl !== undefined && addressOf(options.baseUrl).host === addressOf(url).host ? options : {};
  const usual = mergeHeaders({ accept: 'application/json, */*;q=0.5' }, headers, call.headers);
  const cookie = joinCookies(usual['cookie'], own.cookies);
  return {
    method: (call.method ?? 'GET').toUpperCase(),
    url: withQuery(url, own.query),
    headers: mergeHeaders(usual, cookie === undefined ? {} : { cookie }, own.headers),
    body,
  };
}

function hostsOf({ baseUrl, hosts = [] }: HttpOptions): string[] {
  return baseUrl === undefined ? [...hosts] : [addressOf(baseUrl).host, ...hosts];
}

async function request(options: HttpOptions, call: HttpCall): Promise<HttpAnswer> {
  const wire = wireRequest(options, call);
  const maxBytes = options.maxBytes ?? LARGEST_ANSWER_BYTES;
  const signals = [options.signal, call.signal].filter((signal) => signal !== undefined);
  const sent = await send(wire, {
    idempotent: call.idempotent ?? IDEMPOTENT.has(wire.method),
    hosts: hostsOf(options),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    maxBytes,
    proof: options.proof,
    signal: signals.length === 0 ? NEVER : AbortSignal.any(signals),
  });
  if (sent.truncated)
    throw new ToolFailure(`The answer is larger than ${maxBytes} bytes.`, { nextStep: 'Ask for less.' });
  return answerOf(sent);
}

/** An HTTP client with timeouts, bounded repeats of idempotent calls, a size cap, and a fixed set of hosts. */
export function createHttp(options: HttpOptions): Http {
  const ask = async (call: HttpCall): Promise<HttpAnswer> => {
    try {
      return await request(options, call);
    } catch (error) {
      if (error instanceof HttpFailure) throw new ToolFailure(error.message, { cause: error });
      throw error;
    }
  };
  return {
    request: ask,
    async json(call) {
      const answer = await ask(call);
      if (answer.status >= 200 && answer.status < 300) return answer.json();
      throw new ToolFailure(failureText(answer.status, answer.headers, answer.text()));
    },
  };
}
