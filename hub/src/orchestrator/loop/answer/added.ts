import type { ChatItem, RunEvent } from '../../../kernel/ports.ts';
import { textOf } from '../../understanding/text-of.ts';
import { said } from '../prompt.ts';
import { openCalls } from '../tools/open-calls.ts';
import type { WrittenCall } from './ask-model.ts';

/** What a run adds to its conversation; it knows what of it was shown already, also where an answer breaks off. */
export class Added {
  readonly items: ChatItem[] = [];
  /** Shown, and not yet part of `items`. */
  #shown = '';
  #hasSaid = false;
  readonly #emit: (event: RunEvent) => void;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  /** Tells whoever reads along. */
  readonly emit = (event: RunEvent): void => {
    if (event.type === 'text') {
      this.#shown += event.delta;
      this.#hasSaid = true;
    }
    this.#emit(event);
  };

  add(item: ChatItem): void {
    if (item.type === 'message' && item.role === 'assistant') this.#shown = '';
    this.items.push(item);
  }

  addCall({ callId, name, arguments: text }: WrittenCall): void {
    this.add({ type: 'function_call', callId, name, arguments: text });
  }

  /** Shows a text and keeps it as part of the answer. */
  say(words: string): void {
    // What stands apart from what is before it begins with empty lines.
    const text = this.#hasSaid ? words : words.trimStart();
    this.emit({ type: 'text', delta: text });
    const last = this.items.at(-1);
    const before = last?.type === 'message' && last.role === 'assistant' ? textOf(last) : undefined;
    if (before !== undefined) this.items.pop();
    this.add(said('assistant', before === undefined ? text.trimStart() : before + text));
  }

  /** Of the item that was added last; empty without one. */
  get lastText(): string {
    const last = this.items.at(-1);
    return last === undefined ? '' : textOf(last);
  }

  /** How many calls there are. */
  get calls(): number {
    return this.items.filter(({ type }) => type === 'function_call').length;
  }

  /**
   * Keeps what was shown of an answer that broke off. A call without an output would make the conversation one that no
   * provider takes: it gets this one.
   */
  breakOff(output: string): void {
    if (this.#shown !== '') this.add(said('assistant', this.#shown));
    for (const callId of openCalls(this.items)) this.add({ type: 'function_call_output', callId, output });
  }
}
