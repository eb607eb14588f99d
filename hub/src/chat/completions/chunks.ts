import type { RunEvent } from '../../kernel/ports.ts';
import { CitedText } from '../citations.ts';
import { toErrorBody } from '../errors.ts';
import { newsOf } from '../hub-news.ts';
import type { Journal } from '../stream/journal.ts';
import type { CallThread } from './call-ids.ts';
import { chatUsage, finishOf, hubReport, type RunEnd } from './usage.ts';

export interface ChunkOptions {
  readonly id: string;
  /** As it was asked for; once the run is routed, chunks name the model that answers. */
  readonly model: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly includeUsage: boolean;
  /** Whether chunks bear ids, by which a client that comes back says what it has. */
  readonly isNumbered: boolean;
  /** Where it is given, a call is one of a function, and told to it. */
  readonly functions: Pick<CallThread, 'answered'> | undefined;
}

/** Writes the events of one run as chunks of `/v1/chat/completions`. */
export class ChunkWriter {
  readonly #journal: Journal;
  readonly #options: ChunkOptions;
  #head: string;
  readonly #said = new CitedText();
  #calls = 0;
  #hasSaid = false;

  constructor(journal: Journal, options: ChunkOptions) {
    this.#journal = journal;
    this.#options = options;
    this.#head = this.#headFor(options.model);
    this.#choice('{"role":"assistant","content":""}', null);
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'text':
        this.#hasSaid = true;
        this.#said.text += event.delta;
        return this.#choice(`{"content":${JSON.stringify(event.delta)}}`, null);
      case 'refusal':
        this.#hasSaid = true;
        return this.#choice(`{"refusal":${JSON.stringify(event.delta)}}`, null);
      case 'reasoning':
        return this.#choice(`{"reasoning_content":${JSON.stringify(event.delta)}}`, null);
      case 'sources':
        return this.#cite(event.urls);
      case 'caller-call':
        return this.#call(event);
      case 'end':
        return this.#end(event);
      case 'routed':
        this.#head = this.#headFor(event.decision.model);
        break;
      case 'tool-started':
      case 'tool-ended':
      case 'approval':
      case 'progress':
    }
    this.#choice('{}', null, { counterpart: newsOf(event) });
  }

  /** The run ended without its last word. */
  fail(error: Parameters<typeof toErrorBody>[0]): void {
    this.#write(`${JSON.stringify(toErrorBody(error))}\n\n`);
  }

  /** `citations` beside the choices is how Perplexity's clients read them. */
  #cite(urls: readonly string[]): void {
    const annotations = JSON.stringify(this.#said.cite(urls));
    this.#choice(`{"annotations":${annotations}}`, null, { citations: this.#said.urls });
  }

  #call(event: Extract<RunEvent, { readonly type: 'caller-call' }>): void {
    this.#hasSaid = true;
    const { callId: id, name, arguments: given } = event;
    const called = { name, arguments: given };
    const { functions } = this.#options;
    if (functions) {
      functions.answered(event);
      return this.#choice(`{"function_call":${JSON.stringify(called)}}`, null);
    }
    const call = { index: this.#calls, id, type: 'function', function: called };
    this.#calls += 1;
    this.#choice(`{"tool_calls":[${JSON.stringify(call)}]}`, null);
  }

  #end(end: RunEnd): void {
    // With nothing said, a failure is the whole answer, and clients raise it.
    if (end.problem !== undefined && !this.#hasSaid) return this.fail(end.problem);
    this.#choice('{}', finishOf(end, this.#options.functions), { counterpart: hubReport(end) });
    if (this.#options.includeUsage)
      this.#write(`${this.#head}"choices":[],"usage":${JSON.stringify(chatUsage(end))}}\n\n`);
    this.#write('[DONE]\n\n');
  }

  /** `beside`: further members of the chunk. */
  #choice(delta: string, finish: string | null, beside?: Record<string, unknown>): void {
    const tail = beside === undefined ? '' : `,${JSON.stringify(beside).slice(1, -1)}`;
    const reason = finish === null ? 'null' : `"${finish}"`;
    this.#write(
      `${this.#head}"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${tail}}\n\n`,
    );
  }

  #write(data: string): void {
    const { isNumbered, id } = this.#options;
    const number = isNumbered ? `id: ${id}:${this.#journal.next}\n` : '';
    this.#journal.append(`${number}data: ${data}`);
  }

  #headFor(model: string): string {
    const { id, created } = this.#options;
    const head = JSON.stringify({ id, object: 'chat.completion.chunk', created, model });
    return `${head.slice(0, -1)},`;
  }
}
