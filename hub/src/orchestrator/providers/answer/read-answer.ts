import { type CounterpartError, hubError } from '@counterpart/schemas';
import { inOneTurn } from '../../../kernel/async/turn.ts';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { GenerationEvent } from '../../../kernel/ports.ts';
import { connectionReason } from '../../../kernel/protocol/http-failures.ts';
import type { Body } from '../exchange/body.ts';
import { errorIn, messageOf, pageText, toFailure } from '../exchange/failures.ts';
import type { AnswerParts } from './answer-parts.ts';
import { EventReader, EventTooLong } from './event-reader.ts';
import { SameEvent } from './same-event.ts';

/** What an answer is read with. */
export interface AnswerSource {
  /** `<provider>/<model>`, for errors. */
  readonly model: string;
  readonly parts: AnswerParts;
  readonly redact: (text: string) => string;
  /** Aborts when the next piece takes too long; `waiting` tells it from when that time runs. */
  readonly signal: AbortSignal;
  readonly waiting: (isFinished: boolean) => void;
  readonly take: (event: GenerationEvent) => void;
}

/** Of one answer, with all that is written around its words: a model may never stop, and an endpoint too. */
const MOST_CHARACTERS = 64 * 1024 * 1024;
const SHOWN = 80;

/**
 * Tells the events of a body, streamed or whole: some providers pass over `stream`, and gateways answer with pages. Each piece is
 * told in the turn of the event loop that it came in. Rejects with MODEL_BROKEN, what the provider says in the middle, or the
 * signal's reason; the connection is given back in every case.
 */
export function readAnswer(body: Body, source: AnswerSource): Promise<void> {
  const { parts, signal } = source;
  const reader = new AnswerReader(source);
  return new Promise((resolve, reject) => {
    let isSettled = false;
    const settle = (end: () => void): void => {
      // Who is told of a piece may be who has enough of it.
      if (isSettled) return;
      isSettled = true;
      signal.removeEventListener('abort', aborted);
      try {
        end();
        for (const event of parts.end()) source.take(event);
        body.leave();
        resolve();
      } catch (cause) {
        body.destroy();
        for (const event of parts.waited()) source.take(event);
        reject(cause);
      }
    };
    const aborted = (): void => settle(() => throwUnless(parts.isFinished, signal.reason));
    const fail = (cause: Error): void => settle(() => throwUnless(parts.isFinished, lost(cause, source)));
    const close = (): void => settle(() => reader.end());
    const read = (text: string): void => {
      if (isSettled) return;
      try {
        if (reader.push(reader.isBegun ? text : withoutMark(text))) settle(() => reader.end());
        else source.waiting(parts.isFinished);
      } catch (cause) {
        settle(() => throwUnless(false, cause));
      }
    };
    const push = (text: string): void => inOneTurn(read, text);
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    source.waiting(false);
    body.read({ text: push, end: close, fail });
  });
}

function throwUnless(holds: boolean, cause: unknown): void {
  if (!holds) throw cause;
}

/** A byte order mark would make the first line another one. */
const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

const broken = (model: string, detail: string): CounterpartError =>
  hubError('MODEL_BROKEN', { model, detail });

function lost(cause: Error, { model }: AnswerSource): CounterpartError {
  const detail = `the connection broke in the middle of it, ${connectionReason(cause)}`;
  return hubError('MODEL_BROKEN', { model, detail }, { cause });
}

/** Puts the pieces of one body together and tells what they say. */
class AnswerReader {
  readonly #source: AnswerSource;
  readonly #events = new EventReader();
  readonly #same = new SameEvent();
  /** All that the last chunk said, where that was one text. */
  #said: string | undefined;
  #isDone = false;
  #length = 0;
  /** Its first characters. */
  #start = '';
  /** Pieces of an answer that is not a stream; false: it is one. */
  #whole: string[] | false | undefined;

  constructor(source: AnswerSource) {
    this.#source = source;
  }

  get isBegun(): boolean {
    return this.#length > 0;
  }

  /** True: this was the last that counts. */
  push(text: string): boolean {
    this.#length += text.length;
    if (this.#length > MOST_CHARACTERS) throw broken(this.#source.model, 'its answer has no end');
    const same = this.#events.isBetween ? this.#same.textIn(text) : undefined;
    if (same !== undefined) return this.#say(same);
    this.#start ||= text.trimStart().slice(0, SHOWN);
    if (this.#start === '') return false;
    this.#whole ??= /^[{[<]/.test(this.#start) ? [] : false;
    if (this.#whole === false) this.#read(text);
    else this.#whole.push(text);
    return this.#isDone;
  }

  #say(text: string): boolean {
    const { parts, take } = this.#source;
    for (const event of parts.say(text)) take(event);
    this.#isDone = parts.isStopped;
    return this.#isDone;
  }

  #read(text: string): void {
    const wasBetween = this.#events.isBetween;
    const data = this.#pieces(text);
    this.#said = undefined;
    this.#stream(data);
    if (this.#said !== undefined && data.length === 1 && wasBetween && this.#events.isBetween)
      this.#same.learn(text, this.#said);
  }

  /** Throws unless all was said. */
  end(): void {
    const { parts } = this.#source;
    if (this.#whole !== undefined && this.#whole !== false) this.#takeWhole(this.#whole.join(''));
    else if (!this.#isDone) this.#stream(this.#events.end());
    if (!parts.isFinished && !(this.#isDone && parts.isBegun)) throw this.#cutShort();
    if (parts.isEmpty) throw broken(this.#source.model, `it has not a word in it${parts.reason}`);
  }

  #pieces(text: string): string[] {
    try {
      return this.#events.push(text);
    } catch (cause) {
      if (!(cause instanceof EventTooLong)) throw cause;
      throw hubError('MODEL_BROKEN', { model: this.#source.model, detail: cause.message }, { cause });
    }
  }

  #stream(data: readonly string[]): void {
    for (const one of data) {
      const text = one.trim();
      // Some keep a connection alive with events of nothing.
      if (text === '') continue;
      if (text === '[DONE]') {
        this.#isDone = true;
        return;
      }
      this.#take(this.#parsed(one, 'a piece of it is not JSON'));
      if (this.#source.parts.isStopped) {
        this.#isDone = true;
        return;
      }
    }
  }

  #takeWhole(text: string): void {
    const { model, parts, redact } = this.#source;
    if (text.trimStart().startsWith('<')) throw broken(model, `it is ${pageText(text)}`);
    const body = this.#parsed(
      text,
      `it is JSON that breaks off or is broken, after ${text.length} characters`,
    );
    this.#take(body);
    // What is whole is at its end, whether it says so or not.
    this.#isDone = true;
    if (parts.isFinished || parts.isBegun) return;
    throw broken(model, `it is JSON and holds no answer: “${redact(messageOf(body)).slice(0, SHOWN)}”`);
  }

  #parsed(data: string, detail: string): unknown {
    try {
      return JSON.parse(data);
    } catch (cause) {
      throw hubError('MODEL_BROKEN', { model: this.#source.model, detail }, { cause });
    }
  }

  #take(chunk: unknown): void {
    const { model, parts, redact, take } = this.#source;
    if (!isMembers(chunk)) return;
    const body = errorIn(chunk);
    if (body !== undefined) throw toFailure(model, { body }, redact);
    const events = parts.push(chunk);
    const [first] = events;
    this.#said = events.length === 1 && first?.type === 'text' && !parts.isFinished ? first.delta : undefined;
    for (const event of events) take(event);
  }

  #cutShort(): CounterpartError {
    const { model, parts, redact } = this.#source;
    if (parts.isBegun) return broken(model, 'it broke off before its end');
    if (this.#start === '') return broken(model, 'it is empty');
    return broken(model, `no event of it is an answer; it begins with “${redact(this.#start)}”`);
  }
}
