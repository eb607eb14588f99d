import { type CounterpartError, hubError } from '@counterpart/schemas';
import type { JsonMembers } from '../../../kernel/ports.ts';
import { connectionReason, retryAfterMs } from '../../../kernel/protocol/http-failures.ts';
import { toFailure } from './failures.ts';
import { type Line, send } from './line.ts';
import type { Reply } from './sending.ts';

/** One request to a provider. */
export interface Exchange {
  readonly method: 'get' | 'post';
  /** Below the base URL, or a whole URL of the same origin. */
  readonly path: string;
  readonly body?: JsonMembers | undefined;
  /** In place of those of the line; undefined: this one is left out. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** `<provider>/<model>` or the provider, for errors. */
  readonly model: string;
  /** Whether a stream is asked for. */
  readonly isStreamed?: boolean;
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

/** Of a body that is read whole: lists of models, vectors, refusals. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** The answer, when it is one of success. Rejects with Refused, or with the signal's reason. */
export async function request(line: Line, exchange: Exchange): Promise<Reply> {
  const { model, signal, redact } = exchange;
  signal.throwIfAborted();
  let reply: Reply;
  try {
    reply = await send(toSending(line, exchange));
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw toRefused(cause instanceof Error ? cause : new Error(String(cause)), { model, redact });
  }
  if (reply.status >= 200 && reply.status < 300) return reply;
  const text = await textOf(reply).catch(() => '');
  if (signal.aborted) throw signal.reason;
  throw refusalOf(reply, text, exchange);
}

/** A body, read whole. Rejects when the connection breaks, and for more than 64 million characters. */
export function textOf({ body }: Reply): Promise<string> {
  const pieces: string[] = [];
  let characters = 0;
  return new Promise((resolve, reject) => {
    body.read({
      text(piece) {
        characters += piece.length;
        pieces.push(piece);
        if (characters <= MOST_CHARACTERS) return;
        body.destroy();
        reject(new Error(`it has more than ${MOST_CHARACTERS} characters`));
      },
      end: () => resolve(pieces.join('')),
      fail: reject,
    });
  });
}

function toSending(
  { baseUrl, key, headers: own }: Line,
  { method, path, body, headers, signal, isStreamed = false }: Exchange,
) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const all: Record<string, string | undefined> = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'counterpart',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(text)}` }),
    ...lowered(own),
    ...lowered(headers ?? {}),
  };
  return {
    method: method === 'get' ? ('GET' as const) : ('POST' as const),
    url: new URL(/^https?:\/\//.test(path) ? path : baseUrl + path),
    headers: Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ),
    text,
    isStreamed,
    signal,
  };
}

/** Names of headers differ only in how they are written. */
const lowered = <T>(headers: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** A part of the request cannot be sent at all, such as a header with a line break in it. */
const UNSENDABLE = /^ERR_(?:INVALID_CHAR|HTTP_INVALID|INVALID_ARG|INVALID_URL|INVALID_PROTOCOL|UNESCAPED)/;

function toRefused(cause: Error, { model, redact }: Pick<Exchange, 'model' | 'redact'>): Refused {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (UNSENDABLE.test(code))
    return new Refused(hubError('MODEL_REFUSED', { model, detail: redact(cause.message) }), {});
  const detail = redact(connectionReason(cause));
  return new Refused(hubError('MODEL_UNREACHABLE', { model, detail }, { cause }), {});
}

function refusalOf({ status, headers }: Reply, text: string, { model, now, redact }: Exchange): Refused {
  const pause = retryAfterMs(headers, now());
  const body = jsonIn(text);
  const problem = toFailure(
    model,
    { status, body, contentType: headers['content-type'], retryAfterMs: pause },
    redact,
  );
  return new Refused(problem, { status, body, retryAfterMs: pause });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
