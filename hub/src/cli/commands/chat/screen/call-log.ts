import type { ChatNews } from '../../../api/rooms/chat-api.ts';
import { duration } from '../../../output/text/format.ts';
import { harmless, harmlessLine } from '../../../output/text/harmless.ts';

/** One call of a tool, as it is unfolded. */
export interface MadeCall {
  /** From 1, over the whole chat. */
  readonly number: number;
  readonly tool: string;
  readonly arguments: string;
  readonly isError: boolean;
  readonly text: string;
  readonly durationMs: number;
}

const MOST_KEPT = 100;

/** The calls of a chat: each is one line while answers come, and can be unfolded afterwards. */
export class CallLog {
  readonly #started = new Map<string, string>();
  readonly #calls: MadeCall[] = [];
  #number = 0;

  start({ callId, arguments: given }: Extract<ChatNews, { type: 'tool-started' }>): void {
    this.#started.set(callId, given);
  }

  end({ callId, name, ...rest }: Extract<ChatNews, { type: 'tool-ended' }>): MadeCall {
    this.#number += 1;
    const { isError, text, durationMs } = rest;
    const given = this.#started.get(callId) ?? '';
    this.#started.delete(callId);
    const call = { number: this.#number, tool: name, arguments: given, isError, text, durationMs };
    this.#calls.push(call);
    if (this.#calls.length > MOST_KEPT) this.#calls.shift();
    return call;
  }

  /** The call of that number; without one the last. */
  find(number: number | undefined): MadeCall | undefined {
    return number === undefined ? this.#calls.at(-1) : this.#calls.find((call) => call.number === number);
  }
}

/** A call with all that was given and all that came back. */
export function unfolded({ number, tool, arguments: given, isError, text, durationMs }: MadeCall): string {
  return [
    `${number}. ${harmlessLine(tool)}, ${duration(durationMs)}${isError ? ', failed' : ''}`,
    ...indented(given === '' ? '{}' : pretty(given)),
    '  →',
    ...indented(text === '' ? '(nothing)' : pretty(text)),
  ].join('\n');
}

/** JSON over several lines; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

const indented = (text: string): string[] =>
  harmless(text)
    .split('\n')
    .map((line) => `  ${line}`);
