import { type CounterpartError, hubError } from '@counterpart/schemas';
import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { JsonMembers } from '../../../kernel/ports.ts';
import { connectionReason, retryAfterMs, toFailure } from './failures.ts';

/** Where a request goes and with what. */
export interface Line {
  readonly baseUrl: string;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request to a provider. */
export interface Exchange {
  readonly method: 'get' | 'post';
  /** Below the base URL, or a whole URL of the same origin. */
  readonly path: string;
  readonly body?: JsonMembers | undefined;
  /** null: this one is left out. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined;
  /** `<provider>/<model>` or the provider, for errors. */
  readonly model: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly redact: (text: string) => string;
}

/** A provider's refusal, with what only whoever asks again needs. */
export class Refused extends Error {
  readonly problem: CounterpartError;
  readonly status: number | undefined;
  /** As it came. */
  readonly body: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(
    problem: CounterpartError,
    facts: { status?: number; body?: unknown; retryAfterMs?: number | undefined },
  ) {
    super(problem.message);
    this.problem = problem;
    this.status = facts.status;
    this.body = facts.body;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** What the library is given where an endpoint wants no key: it insists on one, and the header is taken off again. */
const NO_KEY = 'none';
/** Whoever asks ends the wait: the library's own clock only must not be faster. */
const NEVER_MS = 2 ** 31 - 1;

const STRIPPED = Object.fromEntries(
  ['Arch', 'Lang', 'OS', 'Package-Version', 'Runtime', 'Runtime-Version', 'Retry-Count', 'Timeout'].map(
    (name) => [`X-Stainless-${name}`, null],
  ),
);

/** A client for this line. It is for one provider alone: nothing that the environment holds for OpenAI is sent along. */
export function openLine({ baseUrl, key, headers }: Line): OpenAI {
  return new OpenAI({
    apiKey: key ?? NO_KEY,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl,
    timeout: NEVER_MS,
    maxRetries: 0,
    logLevel: 'off',
    // Headers that say which program and machine is asking are nobody's business.
    defaultHeaders: { ...STRIPPED, ...(key === undefined ? { Authorization: null } : {}), ...headers },
  });
}

/** The response, when it is one of success. Rejects with Refused, or with the signal's reason. */
export async function request(client: OpenAI, exchange: Exchange): Promise<Response> {
  const { method, path, body, headers, signal } = exchange;
  try {
    const options = {
      signal,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body, stream: body['stream'] === true }),
    };
    return await client[method](path, options).asResponse();
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw toRefused(cause, exchange);
  }
}

function toRefused(cause: unknown, { model, now, redact }: Exchange): unknown {
  if (cause instanceof APIConnectionError) {
    const detail = redact(connectionReason(cause));
    return new Refused(hubError('MODEL_UNREACHABLE', { model, detail }, { cause }), {});
  }
  // A part of the request cannot be sent at all, such as a header with a line break in it.
  if (!(cause instanceof APIError)) {
    const detail = redact(cause instanceof Error ? cause.message : String(cause));
    return new Refused(hubError('MODEL_REFUSED', { model, detail }), {});
  }
  // The library's error is generic in these, and `any` where nothing is said.
  const told: { readonly status: unknown; readonly headers: unknown } = cause;
  const status = typeof told.status === 'number' ? told.status : undefined;
  const headers = told.headers instanceof Headers ? told.headers : new Headers();
  // What is no JSON stands in the message, after its status.
  const body: unknown = cause.error ?? cause.message.replace(/^\d{3} /, '');
  const contentType = headers.get('content-type') ?? undefined;
  const pause = retryAfterMs(headers, now());
  const problem = toFailure(model, { status, body, contentType, retryAfterMs: pause }, redact);
  return new Refused(problem, { ...(status === undefined ? {} : { status }), body, retryAfterMs: pause });
}
