import type { RunEvent } from '../../kernel/ports.ts';
import { newsOf } from '../hub-news.ts';
import { chatUsage, hubReport, type RunEnd } from './usage.ts';

/** Gathers the events of one run into the document that `/v1/chat/completions` answers. */
export class Answer {
  #text = '';
  #refusal = '';
  #reasoning = '';
  readonly #calls: object[] = [];
  readonly #news: object[] = [];
  end: RunEnd | undefined;

  take(event: RunEvent): void {
    switch (event.type) {
      case 'text':
        this.#text += event.delta;
        return;
      case 'refusal':
        this.#refusal += event.delta;
        return;
      case 'reasoning':
        this.#reasoning += event.delta;
        return;
      case 'caller-call': {
        const { callId: id, name, arguments: given } = event;
        this.#calls.push({ id, type: 'function', function: { name, arguments: given } });
        return;
      }
      case 'end':
        this.end = event;
        return;
      case 'routed':
      case 'tool-started':
      case 'tool-ended':
      case 'approval':
      case 'progress':
        this.#news.push(newsOf(event));
    }
  }

  /** Whether there is nothing but a failure to tell. */
  get isEmpty(): boolean {
    return this.#text === '' && this.#refusal === '' && this.#calls.length === 0;
  }

  toBody(end: RunEnd, { id, created }: { readonly id: string; readonly created: number }): object {
    const message = {
      role: 'assistant',
      content: this.#text === '' && (this.#calls.length > 0 || this.#refusal !== '') ? null : this.#text,
      refusal: this.#refusal === '' ? null : this.#refusal,
      ...(this.#reasoning === '' ? {} : { reasoning_content: this.#reasoning }),
      ...(this.#calls.length === 0 ? {} : { tool_calls: this.#calls }),
    };
    return {
      id,
      object: 'chat.completion',
      created,
      model: end.model,
      choices: [{ index: 0, message, logprobs: null, finish_reason: end.finish }],
      usage: chatUsage(end),
      counterpart: { ...hubReport(end), events: this.#news },
    };
  }
}
