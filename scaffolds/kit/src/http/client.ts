import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { addressOf } from './address.ts';
import { encodeStrict } from './percent.ts';
import { send } from './send.ts';
import { HttpFailure } from './http-failure.ts';
import { failureText } from './service-error.ts';

type Scalar = string | number | boolean;

export interface HttpOptions {
  /** What relative paths start from, such as `https://api.example.test/v1`. */
  readonly baseUrl?: string | undefined;
  /** Sent to the base URL's host only, so credentials may stand here. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
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

function target(options: HttpOptions, call: HttpCall): string {
  const absolute = /^https?:\/\//i.test(call.path);
  if (!absolute && options.baseUrl === undefined)
    throw new ToolFailure('There is no base URL for a relative path.');
  const base = (options.baseUrl ?? '').replace(/\/+$/, '');
  const url = absolute ? call.path : `${base}/${call.path.replace(/^\/+/, '')}`;
  const pairs = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map(
      (item) => `${encodeStrict(name)}=${encodeStrict(String(item))}`,
    ),
  );
  if (pairs.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

function answerOf(status: number, headers: Readonly<Record<string, string>>, body: Buffer): HttpAnswer {
  return {
    status,
    headers,
    bytes: body,
    text: () => body.toString('utf8'),
    json() {
      try {
        return JSON.parse(body.toString('utf8')) as Json;
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

async function request(options: HttpOptions, call: HttpCall): Promise<HttpAnswer> {
  const url = target(options, call);
  const method = (call.method ?? 'GET').toUpperCase();
  const base = options.baseUrl === undefined ? undefined : addressOf(options.baseUrl);
  const maxBytes = options.maxBytes ?? 16 * 1024 * 1024;
  const content = bodyOf(call);
  const own = base?.host === addressOf(url).host ? options.headers : undefined;
  const signals = [options.signal, call.signal].filter((signal) => signal !== undefined);
  const sent = await send(
    {
      method,
      url,
      headers: { accept: 'application/json, */*;q=0.5', ...content.headers, ...own, ...call.headers },
      body: content.body,
    },
    {
      idempotent: call.idempotent ?? IDEMPOTENT.has(method),
      hosts: [...(base ? [base.host] : []), ...(options.hosts ?? [])],
      timeoutMs: options.timeoutMs ?? 60_000,
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      maxBytes,
      signal: signals.length === 0 ? NEVER : AbortSignal.any(signals),
    },
  );
  if (sent.truncated)
    throw new ToolFailure(`The answer is larger than ${maxBytes} bytes.`, { nextStep: 'Ask for less.' });
  return answerOf(sent.status, sent.headers, sent.body);
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
