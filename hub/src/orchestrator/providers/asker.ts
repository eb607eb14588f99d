import { CounterpartError, hubError, toCounterpartError } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { GenerationEvent, GenerationRequest, JsonMembers } from '../../kernel/ports.ts';
import { traceparentOf } from '../../kernel/protocol/trace.ts';
import { AnswerParts } from './answer/answer-parts.ts';
import { readAnswer } from './answer/read-answer.ts';
import type { ThinkingHabits } from './answer/thinking.ts';
import { assertFiles } from './asking/files.ts';
import { assertSeed, toBody } from './asking/request-body.ts';
import { Deadline, pause } from './exchange/deadline.ts';
import { Refused, request as send } from './exchange/exchange.ts';
import type { Line } from './exchange/line.ts';
import { messageOf, parameterOf } from './exchange/failures.ts';
import type { Model } from './models.ts';
import type { Seat } from './seat.ts';
import { isSigned, type Signatures } from './asking/signatures.ts';

/** A question to one model, with all that asking it needs. */
export interface Asking {
  readonly request: GenerationRequest;
  readonly model: Model;
  readonly seat: Seat;
  readonly signatures: Signatures;
  readonly open: () => Promise<Line>;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  /** How long it may wait for its turn, and between two tries. */
  readonly patienceMs: number;
  /** W3C trace id that the provider is told. */
  readonly trace?: string | undefined;
  readonly signal: AbortSignal;
  /** Told of every event, in the turn of the event loop in which its piece of the answer came. */
  readonly take: (event: GenerationEvent) => void;
}

interface Progress {
  hasBegun: boolean;
}

/** After the answer's end its usage may come; nobody waits longer for it. */
const USAGE_MS = 2_000;
const FIRST_PAUSE_MS = 250;
const CHARACTERS_PER_TOKEN = 4;

/**
 * Asks, and asks again while nothing came and the provider's configuration allows it. Throws the catalogue's `MODEL_…` errors, or
 * the signal's reason.
 */
export async function ask(asking: Asking): Promise<void> {
  const taker = { dialect: asking.seat.dialect, model: asking.model.id };
  assertFiles(asking.request.items, taker);
  assertSeed(asking.request, taker);
  for (let attempt = 0; ; attempt++) {
    const progress = { hasBegun: false };
    try {
      return await askOnce(asking, progress);
    } catch (cause) {
      const { signal, clock } = asking;
      signal.throwIfAborted();
      const again = progress.hasBegun ? undefined : retryIn(cause, asking, attempt);
      if (again === undefined) throw problemOf(cause);
      if (again > 0) await pause(again, signal, clock);
    }
  }
}

const problemOf = (cause: unknown): unknown => (cause instanceof Refused ? cause.problem : cause);

/** Milliseconds until the next try, 0 for one in other words; undefined: there is none. */
function retryIn(cause: unknown, asking: Asking, attempt: number): number | undefined {
  const { seat, patienceMs } = asking;
  if (cause instanceof Refused && learnsFrom(cause, asking)) return 0;
  if (attempt >= seat.config.retries || !(problemOf(cause) instanceof CounterpartError)) return undefined;
  if (!(cause instanceof Refused)) return undefined;
  const { problem, retryAfterMs } = cause;
  if (problem.code !== 'MODEL_UNREACHABLE' && problem.code !== 'MODEL_OVER_QUOTA') return undefined;
  // An account without money does not get any by waiting.
  if (cause.status === 402 || /insufficient_quota/.test(JSON.stringify(cause.body) ?? '')) return undefined;
  // What it asks for itself is kept by the seat, at which the next try waits.
  if (retryAfterMs !== undefined) return retryAfterMs > patienceMs ? undefined : 0;
  return FIRST_PAUSE_MS * 2 ** attempt * (0.75 + Math.random() / 2);
}

async function askOnce(asking: Asking, progress: Progress): Promise<void> {
  const { seat, model, clock, signal } = asking;
  const leave = await seat.enter(model.id, asking.patienceMs, signal);
  const watch = new Deadline(signal, clock);
  let isSettled = false;
  try {
    await answerTo(asking, watch, progress);
    isSettled = true;
  } catch (cause) {
    if (!signal.aborted) {
      isSettled = true;
      settle(seat, cause);
    }
    throw cause;
  } finally {
    // Nobody waited for the end: what came until then says that it answers.
    if (!isSettled && !progress.hasBegun) seat.left();
    watch.close();
    leave();
  }
}

function settle(seat: Seat, cause: unknown): void {
  if (cause instanceof Refused && cause.retryAfterMs !== undefined && cause.problem.code !== 'MODEL_REFUSED')
    seat.holdOff(cause.retryAfterMs);
  seat.failed(toCounterpartError(problemOf(cause)));
}

async function answerTo(asking: Asking, watch: Deadline, progress: Progress): Promise<void> {
  const { model, seat, clock, redact } = asking;
  const { firstTokenTimeoutMs, idleTimeoutMs, timeoutMs } = seat.config;
  const startedAt = clock.now();
  const lastAt = startedAt + timeoutMs;
  const slow = (ms: number, what: string) => () =>
    hubError('MODEL_SLOW', { model: model.id, seconds: Math.round(ms / 100) / 10, detail: what });
  const firstAt = Math.min(lastAt, startedAt + firstTokenTimeoutMs);
  const tooSlow = {
    first: slow(firstAt - startedAt, ''),
    idle: slow(idleTimeoutMs, ' in the middle of its answer'),
    whole: slow(timeoutMs, ' to the end'),
    usage: slow(USAGE_MS, ''),
  };
  watch.until(firstAt, tooSlow.first);
  const body = bodyOf(asking);
  const reply = await send(await asking.open(), {
    method: 'post',
    path: '/chat/completions',
    body,
    ...(asking.trace === undefined ? {} : { headers: { traceparent: traceparentOf(asking.trace) } }),
    model: model.id,
    isStreamed: true,
    signal: watch.signal,
    now: () => clock.now(),
    redact,
  });
  await readAnswer(reply.body, {
    model: model.id,
    parts: partsFor(asking, body),
    redact,
    signal: watch.signal,
    waiting(isFinished) {
      const now = clock.now();
      if (isFinished) watch.until(now + USAGE_MS, tooSlow.usage);
      else if (!progress.hasBegun) watch.until(firstAt, tooSlow.first);
      else if (now + idleTimeoutMs < lastAt) watch.until(now + idleTimeoutMs, tooSlow.idle);
      else watch.until(lastAt, tooSlow.whole);
    },
    take: taking(asking, startedAt, progress),
  });
}

/** Passes events on; the first and the last say how quick the provider is. */
function taking({ seat, clock, take }: Asking, startedAt: number, progress: Progress): Asking['take'] {
  let firstAt = startedAt;
  return (event) => {
    if (!progress.hasBegun) {
      progress.hasBegun = true;
      firstAt = clock.now();
      seat.answered();
    }
    if (event.type === 'end')
      seat.statistics.record({
        firstTokenMs: firstAt - startedAt,
        streamMs: clock.now() - firstAt,
        outputTokens: event.usage.output,
      });
    take(event);
  };
}

function bodyOf({ request, model, seat, signatures }: Asking): JsonMembers {
  return toBody(request, {
    dialect: seat.dialect,
    model: model.model,
    takesTools: model.takesTools,
    structured: model.structured,
    maxOutputTokens: seat.config.maxOutputTokens,
    refused: seat.refused.get(model.model) ?? new Set(),
    ...(seat.dialect.signedCalls ? { keptOf: (callId) => signatures.of(callId, model.model) } : {}),
  });
}

function partsFor({ request, model, seat, signatures }: Asking, body: JsonMembers): AnswerParts {
  const { stop = [] } = request;
  return new AnswerParts({
    model: model.model,
    thinking: seat.dialect.thinksInText ? habitsOf(seat, model.model) : undefined,
    isWhole: request.isWhole,
    // A provider that takes no such words is listened to until one comes.
    stop: stop.length === 0 || body['stop'] !== undefined ? undefined : stop,
    mayBeEmpty: stop.length > 0,
    estimatedInput: () => Math.ceil(JSON.stringify(body['messages']).length / CHARACTERS_PER_TOKEN),
    ...(seat.dialect.signedCalls
      ? { keepCall: (callId, delta) => void (isSigned(delta) && signatures.keep(callId, delta)) }
      : {}),
  });
}

const habitsOf = ({ thinkers, found }: Seat, model: string): ThinkingHabits =>
  thinkers.habitsOf(model, found.get(model)?.startsThinking);

/** Parameters that an answer can do without; the others are the question itself. `stop` is then held to here. */
const SPARE = [
  'stream_options',
  'parallel_tool_calls',
  'reasoning_effort',
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'verbosity',
  'stop',
  'max_completion_tokens',
  'max_tokens',
];
const REFUSES =
  /unsupported|not support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed|invalid/i;

/** Models differ within a provider: a parameter that one refuses by name is left out from now on. Whether there was one. */
function learnsFrom({ status, body }: Refused, { seat, model }: Asking): boolean {
  if (status !== 400 && status !== 422) return false;
  const words = messageOf(body);
  const told = parameterOf(body);
  const name =
    SPARE.find((one) => one === told) ?? SPARE.find((one) => new RegExp(`\\b${one}\\b`).test(words));
  if (name === undefined || !REFUSES.test(words)) return false;
  const refused = seat.refused.get(model.model) ?? new Set<string>();
  if (refused.has(name)) return false;
  seat.refused.set(model.model, refused.add(name));
  return true;
}
