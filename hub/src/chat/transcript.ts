import type { ChatItem, RunEvent } from '../kernel/ports.ts';

/** What a run adds to its conversation: what its end says, or, where it was broken off, what was said until then. */
export class Transcript {
  #text = '';
  #items: readonly ChatItem[] | undefined;

  take(event: RunEvent): void {
    if (event.type === 'text') this.#text += event.delta;
    if (event.type === 'end') this.#items = event.items;
  }

  get items(): readonly ChatItem[] {
    if (this.#items !== undefined) return this.#items;
    if (this.#text === '') return [];
    return [{ type: 'message', role: 'assistant', content: [{ type: 'text', text: this.#text }] }];
  }
}
