import type { CounterpartError } from '@counterpart/schemas';
import type { RunEvent } from '../../kernel/ports.ts';
import type { RunEnd } from '../completions/usage.ts';
import { newsOf } from '../hub-news.ts';
import { codeOf } from '../errors.ts';
import type { Journal } from '../stream/journal.ts';
import type { Emit, Output } from './emit.ts';
import { HubCalls } from './hub-calls.ts';
import { toWire, type WireItem } from './items.ts';
import { OpenText, type TextKind } from './open-text.ts';
import { outputItemId } from './references.ts';
import { toResource, type ResponseHead, type ResponseState, type ResponseStatus } from './resource.ts';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

/** Writes the events of one run as the semantic events of a response (Open Responses, streaming), and knows how far it is. */
export class ResponseWriter {
  readonly #journal: Journal;
  readonly #head: ResponseHead;
  readonly #now: () => number;
  readonly #output: WireItem[] = [];
  readonly #calls: HubCalls;
  #text: OpenText | undefined;
  #state: ResponseState = { status: 'queued', output: [] };
  #model: string | undefined;

  constructor(journal: Journal, head: ResponseHead, now: () => number) {
    this.#journal = journal;
    this.#head = head;
    this.#now = now;
    this.#calls = new HubCalls(this.#emit, this.#slots);
    this.#emit('response.created', { response: this.resource() });
    if (head.request.background === true) this.#emit('response.queued', { response: this.resource() });
    this.#state = { ...this.#state, status: 'in_progress' };
    this.#emit('response.in_progress', { response: this.resource() });
  }

  get status(): ResponseStatus {
    return this.#state.status;
  }

  /** Whether there is nothing but a failure to tell. */
  get isEmpty(): boolean {
    return !this.#output.some(({ type }) => type === 'message' || type === 'function_call');
  }

  /** As far as it is now. */
  resource(): Readonly<Record<string, unknown>> {
    return toResource(this.#head, { ...this.#state, output: this.#output, model: this.#model });
  }

  take(event: Exclude<RunEvent, RunEnd>): void {
    switch (event.type) {
      case 'text':
      case 'refusal':
      case 'reasoning':
        return this.#say(event.type, event.delta);
      case 'sources':
        return this.#text?.cite(event.urls);
      case 'caller-call':
        return this.#call(event);
      case 'tool-started':
        this.#closeText();
        return this.#calls.start(event);
      case 'tool-ended':
        return this.#calls.end(event);
      case 'approval':
        this.#closeText();
        return this.#calls.ask(event.pending);
      case 'routed':
        this.#model = event.decision.model;
        return this.#news(event);
      case 'progress':
        return this.#news(event);
    }
  }

  /** How it will stand after this end, without telling anybody yet. */
  settle(end: RunEnd): void {
    this.#closeText(end.finish === 'stop' || end.finish === 'tool_calls' ? 'completed' : 'incomplete');
    this.#calls.closeAll();
    this.#model = end.model;
    this.#state = { ...outcomeOf(end, this.isEmpty), output: [], completedAt: this.#seconds(), end };
  }

  /** The same for a run that was broken off: by its owner (without an error) or by what went wrong. */
  breakOff(error: CounterpartError | undefined): void {
    this.#closeText('incomplete');
    this.#calls.closeAll();
    this.#state = {
      status: error === undefined ? 'cancelled' : 'failed',
      output: [],
      completedAt: this.#seconds(),
      ...(error === undefined
        ? { incomplete: 'cancelled' }
        : { error: { code: codeOf(error.code), message: error.message } }),
    };
  }

  /** The last event. */
  finish(): void {
    this.#emit(lastEvent(this.#state.status), { response: this.resource() });
  }

  readonly #emit: Emit = (type, members) => {
    const data = JSON.stringify({ type, sequence_number: this.#journal.next, ...members });
    this.#journal.append(`event: ${type}\ndata: ${data}\n\n`);
  };

  readonly #slots: Output = {
    add: (item) => this.#output.push(item) - 1,
    nextId: (prefix) => outputItemId(prefix, this.#head.id, this.#output.length),
    set: (index, item) => {
      this.#output[index] = item;
    },
  };

  #say(kind: TextKind, delta: string): void {
    if (this.#text?.kind !== kind) {
      this.#closeText();
      this.#text = new OpenText(kind, this.#journal, { emit: this.#emit, output: this.#slots });
    }
    this.#text.add(delta);
  }

  #closeText(status: 'completed' | 'incomplete' = 'completed'): void {
    this.#text?.close(status);
    this.#text = undefined;
  }

  #call({ callId, name, arguments: given }: Event<'caller-call'>): void {
    this.#closeText();
    const id = this.#slots.nextId('fc');
    const item = toWire({ type: 'function_call', callId, name, arguments: given }, id);
    const begun = { ...item, arguments: '', status: 'in_progress' };
    const output_index = this.#slots.add(begun);
    this.#emit('response.output_item.added', { output_index, item: begun });
    this.#emit('response.function_call_arguments.delta', { item_id: id, output_index, delta: given });
    this.#emit('response.function_call_arguments.done', {
      item_id: id,
      output_index,
      name,
      arguments: given,
    });
    this.#slots.set(output_index, item);
    this.#emit('response.output_item.done', { output_index, item });
  }

  /** Clients stop at events that they do not know: news are a member of one that they do, said again. */
  #news(event: Event<'routed' | 'progress'>): void {
    this.#text?.show();
    this.#emit('response.in_progress', { response: this.resource(), counterpart: newsOf(event) });
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}

function outcomeOf(
  { finish, problem }: RunEnd,
  isEmpty: boolean,
): Pick<ResponseState, 'status' | 'incomplete' | 'error'> {
  if (problem !== undefined && isEmpty)
    return {
      status: 'failed',
      error: { code: codeOf(problem.code), message: problem.words },
    };
  if (problem !== undefined) return { status: 'incomplete', incomplete: problem.code };
  if (finish === 'length') return { status: 'incomplete', incomplete: 'max_output_tokens' };
  if (finish === 'content_filter') return { status: 'incomplete', incomplete: 'content_filter' };
  return { status: 'completed' };
}

/** The event with which a stream ends; there is none for a cancelled one, whose answer is not whole. */
export const lastEvent = (status: string): string =>
  `response.${status === 'cancelled' ? 'incomplete' : status}`;
