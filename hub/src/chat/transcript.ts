import type { ChatItem, RunEvent } from '../kernel/ports.ts';

/** What a run adds to its conversation: what its end says, or, where it was broken off, what was said until then. */
export class Transcript {
  #text = '';
  #items: readonly ChatItem[] | undefined;
  #problem: string | undefined;

  take(event: RunEvent): void {
    if (event.type === 'text') this.#text += event.delta;
    if (event.type !== 'end') return;
    this.#items = event.items;
    this.#problem = event.problem?.code;
  }

  /** Whether no model may ever answer what was asked: every question after it would have the same fate. */
  get isUnanswerable(): boolean {
    const isRefused = this.#problem === 'ROUTE_IMPOSSIBLE' || this.#problem === 'MODEL_OVER_CONTEXT';
    return isRefused && this.items.length === 0;
  }

  get items(): readonly ChatItem[] {
    if (this.#items !== undefined) return this.#items;
    if (this.#text === '') return [];
    return [{ type: 'message', role: 'assistant', content: [{ type: 'text', text: this.#text }] }];
  }
}
