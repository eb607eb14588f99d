import { type CounterpartError, hubError } from '@counterpart/schemas';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { GenerationEvent } from '../../../kernel/ports.ts';
import { connectionReason, pageText, toFailure } from '../exchange/failures.ts';
import type { AnswerParts } from './answer-parts.ts';
import { EventReader, EventTooLong } from './event-reader.ts';

/** What an answer is read with. */
export interface AnswerSource {
  /** `<provider>/<model>`, for errors. */
  readonly model: string;
  readonly parts: AnswerParts;
  readonly redact: (text: string) => string;
  /** Aborts when the next piece takes too long; `waiting` and `came` tell it when that time runs. */
  readonly signal: AbortSignal;
  waiting(isFinished: boolean): void;
  came(): void;
}

/** Of one answer, with all that is written around its words: a model may never stop, and an endpoint too. */
const MOST_CHARACTERS = 64 * 1024 * 1024;
const SHOWN = 80;

/**
 * The events of a response, streamed or whole: some providers pass over `stream`, and gateways answer with pages. Throws
 * MODEL_BROKEN, what the provider says in the middle, or the signal's reason; the connection is given back in every case.
 */
export async function* readAnswer(
  response: Response,
  source: AnswerSource,
): AsyncGenerator<GenerationEvent, void, undefined> {
  const { parts, model } = source;
  const reading: Reading = {
    events: new EventReader(),
    isDone: false,
    start: '',
    whole: undefined,
    length: 0,
  };
  for await (const text of textOf(response, source)) {
    reading.length += text.length;
    if (reading.length > MOST_CHARACTERS) throw broken(model, 'its answer has no end');
    reading.start ||= text.trimStart().slice(0, SHOWN);
    if (reading.start === '') continue;
    reading.whole ??= /^[{[<]/.test(reading.start) ? [] : false;
    if (reading.whole !== false) {
      reading.whole.push(text);
      continue;
    }
    yield* streamed(
      pieces(() => reading.events.push(text), model),
      reading,
      source,
    );
    if (reading.isDone) break;
  }
  if (reading.whole !== undefined && reading.whole !== false)
    yield* wholeAnswer(reading.whole.join(''), source);
  else if (!reading.isDone) yield* streamed(reading.events.end(), reading, source);
  if (!parts.isFinished && !(reading.isDone && parts.isBegun)) throw cutShort(reading, source);
  yield* parts.end();
}

interface Reading {
  readonly events: EventReader;
  isDone: boolean;
  length: number;
  /** Its first characters. */
  start: string;
  /** Pieces of an answer that is not a stream; false: it is one. */
  whole: string[] | false | undefined;
}

const broken = (model: string, detail: string): CounterpartError =>
  hubError('MODEL_BROKEN', { model, detail });

function* streamed(
  data: readonly string[],
  reading: Reading,
  source: AnswerSource,
): Generator<GenerationEvent, void, undefined> {
  for (const one of data) {
    if (one.trim() === '[DONE]') {
      reading.isDone = true;
      return;
    }
    yield* eventsOf(parsed(one, source.model, 'a piece of it is not JSON'), source);
  }
}

function parsed(data: string, model: string, detail: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw hubError('MODEL_BROKEN', { model, detail }, { cause });
  }
}

function eventsOf(chunk: unknown, { model, parts, redact }: AnswerSource): readonly GenerationEvent[] {
  if (!isMembers(chunk)) return [];
  if (chunk['error'] !== undefined && chunk['error'] !== null)
    throw toFailure(model, { body: chunk }, redact);
  return parts.push(chunk);
}

function wholeAnswer(text: string, source: AnswerSource): readonly GenerationEvent[] {
  const { model, parts } = source;
  if (text.trimStart().startsWith('<')) throw broken(model, `it is ${pageText(text)}`);
  const detail = `it is JSON that breaks off or is broken, after ${text.length} characters`;
  const events = eventsOf(parsed(text, model, detail), source);
  if (!parts.isFinished && !parts.isBegun) throw broken(model, 'it is JSON and holds no answer');
  return events;
}

function cutShort({ start }: Reading, { model, parts, redact }: AnswerSource): CounterpartError {
  if (parts.isBegun) return broken(model, 'it broke off before its end');
  if (start === '') return broken(model, 'it is empty');
  return broken(model, `no event of it is an answer; it begins with “${redact(start)}”`);
}

/** The body as text, piece by piece. Its end after the answer's end is an end, however it comes. */
async function* textOf(response: Response, source: AnswerSource): AsyncGenerator<string, void, undefined> {
  const { signal, parts, model } = source;
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  const leave = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', leave, { once: true });
  try {
    for (;;) {
      source.waiting(parts.isFinished);
      const { value, done } = await reader.read();
      if (signal.aborted && !parts.isFinished) throw signal.reason;
      source.came();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    if (parts.isFinished) return;
    if (signal.aborted) throw signal.reason;
    const detail = `the connection broke in the middle of it, ${connectionReason(toError(cause))}`;
    throw hubError('MODEL_BROKEN', { model, detail }, { cause });
  } finally {
    signal.removeEventListener('abort', leave);
    leave();
  }
}

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

function pieces(push: () => string[], model: string): string[] {
  try {
    return push();
  } catch (cause) {
    if (!(cause instanceof EventTooLong)) throw cause;
    throw hubError('MODEL_BROKEN', { model, detail: cause.message }, { cause });
  }
}
