import { hubError, toCounterpartError } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import { Deadline } from './exchange/deadline.ts';
import { Refused, request, textOf } from './exchange/exchange.ts';
import type { Line } from './exchange/line.ts';
import type { Reply } from './exchange/sending.ts';
import type { Model } from './models.ts';
import type { Seat } from './seat.ts';

/** Whom texts are sent to, and with what. */
interface Embedding {
  readonly model: Model;
  readonly seat: Seat;
  readonly dimensions: number | undefined;
  readonly open: () => Promise<Line>;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

interface Vectors {
  readonly vectors: readonly (readonly number[])[];
  readonly tokens: number;
  readonly model: string;
}

/** Vectors of texts, in their order. Rejects with the catalogue's `MODEL_…` errors, or the signal's reason. */
export async function embedTexts(texts: readonly string[], embedding: Embedding): Promise<Vectors> {
  const { seat, model, clock, signal } = embedding;
  const leave = await seat.enter(model.id, seat.config.waitMs, signal);
  const watch = new Deadline(signal, clock);
  const { timeoutMs } = seat.config;
  const slow = () => hubError('MODEL_SLOW', { model: model.id, seconds: timeoutMs / 1_000, detail: '' });
  watch.until(clock.now() + timeoutMs, slow);
  try {
    const vectors = await answerTo(texts, embedding, watch.signal);
    seat.answered();
    return vectors;
  } catch (cause) {
    if (signal.aborted) {
      seat.left();
      throw signal.reason;
    }
    const problem = cause instanceof Refused ? cause.problem : cause;
    if (cause instanceof Refused && cause.retryAfterMs !== undefined) seat.holdOff(cause.retryAfterMs);
    seat.failed(toCounterpartError(problem));
    throw problem;
  } finally {
    watch.close();
    leave();
  }
}

async function answerTo(
  texts: readonly string[],
  { model, dimensions, open, clock, redact }: Embedding,
  signal: AbortSignal,
): Promise<Vectors> {
  const reply = await request(await open(), {
    method: 'post',
    path: '/embeddings',
    body: {
      model: model.model,
      input: [...texts],
      encoding_format: 'float',
      ...(dimensions === undefined ? {} : { dimensions }),
    },
    model: model.id,
    signal,
    now: () => clock.now(),
    redact,
  });
  const answer = membersOf(await jsonOf(reply).catch(() => undefined));
  if (signal.aborted) throw signal.reason;
  const data = answer['data'];
  const vectors = Array.isArray(data) ? data.toSorted((a, b) => indexOf(a) - indexOf(b)).map(vectorOf) : [];
  if (vectors.length !== texts.length || vectors.some((vector) => vector.length === 0)) {
    const detail = `${texts.length} texts were sent, and ${vectors.length} vectors came`;
    throw hubError('MODEL_BROKEN', { model: model.id, detail });
  }
  const tokens = membersOf(answer['usage'])['prompt_tokens'];
  return {
    vectors,
    tokens: typeof tokens === 'number' ? tokens : Math.ceil(texts.join('').length / 4),
    model: typeof answer['model'] === 'string' && answer['model'] !== '' ? answer['model'] : model.model,
  };
}

const jsonOf = async (reply: Reply): Promise<unknown> => JSON.parse(await textOf(reply));

function indexOf(item: unknown): number {
  const { index } = membersOf(item);
  return typeof index === 'number' ? index : 0;
}

function vectorOf(item: unknown): number[] {
  const { embedding } = membersOf(item);
  return Array.isArray(embedding) && embedding.every((value) => typeof value === 'number') ? embedding : [];
}
