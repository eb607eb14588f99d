import type { RunEvent } from '../../kernel/ports.ts';
import { CitedText } from '../citations.ts';
import { newsOf } from '../hub-news.ts';
import type { CallThread } from './call-ids.ts';
import { chatUsage, finishOf, hubReport, type RunEnd } from './usage.ts';

/** Gathers the events of one run into the document that `/v1/chat/completions` answers. */
export class Answer {
  readonly #said = new CitedText();
  #refusal = '';
  #reasoning = '';
  readonly #calls: object[] = [];
  readonly #functions: Pick<CallThread, 'answered'> | undefined;
  readonly #news: object[] = [];
  end: RunEnd | undefined;

  /** With `functions` a call is one of a function, and told to that. */
  constructor(functions?: Pick<CallThread, 'answered'>) {
    this.#functions = functions;
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'text':
        this.#said.text += event.delta;
        return;
      case 'sources':
        this.#said.cite(event.urls);
        return;
      case 'refusal':
        this.#refusal += event.delta;
        return;
      case 'reasoning':
        this.#reasoning += event.delta;
        return;
      case 'caller-call': {
        const { callId: id, name, arguments: given } = event;
        this.#functions?.answered(event);
        const called = { name, arguments: given };
        this.#calls.push(this.#functions ? called : { id, type: 'function', function: called });
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
    return this.#said.text === '' && this.#refusal === '' && this.#calls.length === 0;
  }

  get #called(): object {
    const [first] = this.#calls;
    if (first === undefined) return {};
    return this.#functions ? { function_call: first } : { tool_calls: this.#calls };
  }

  toBody(end: RunEnd, { id, created }: { readonly id: string; readonly created: number }): object {
    const { text, urls, annotations } = this.#said;
    const message = {
      role: 'assistant',
      content: text === '' && (this.#calls.length > 0 || this.#refusal !== '') ? null : text,
      refusal: this.#refusal === '' ? null : this.#refusal,
      ...(this.#reasoning === '' ? {} : { reasoning_content: this.#reasoning }),
      ...(annotations.length === 0 ? {} : { annotations }),
      ...this.#called,
    };
    return {
      id,
      object: 'chat.completion',
      created,
      model: end.model,
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(end, this.#functions) }],
      usage: chatUsage(end),
      ...(urls.length === 0 ? {} : { citations: urls }),
      counterpart: { ...hubReport(end), events: this.#news },
    };
  }
}
