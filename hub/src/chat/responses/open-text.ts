import type { Journal } from '../stream/journal.ts';
import { citationsIn, type UrlCitation } from '../citations.ts';
import type { Emit, Output } from './emit.ts';
import { outputText, type WireItem } from './items.ts';

export type TextKind = 'text' | 'refusal' | 'reasoning';

interface Names {
  readonly part: string;
  readonly text: string;
  readonly index: string;
  readonly member: string;
}

/** How events of each kind of text are called. Thoughts go as a summary, the one form that all clients know. */
const NAMES: Readonly<Record<TextKind, Names>> = {
  text: { part: 'content_part', text: 'output_text', index: 'content_index', member: 'text' },
  refusal: { part: 'content_part', text: 'refusal', index: 'content_index', member: 'refusal' },
  reasoning: {
    part: 'reasoning_summary_part',
    text: 'reasoning_summary_text',
    index: 'summary_index',
    member: 'text',
  },
};

const partOf = (kind: TextKind, text: string, cited: readonly UrlCitation[] = []): object => {
  if (kind === 'text') return outputText(text, cited);
  return kind === 'refusal' ? { type: 'refusal', refusal: text } : { type: 'summary_text', text };
};

/** A message or a thought that is being said: begun, growing, closed. */
export class OpenText {
  readonly kind: TextKind;
  readonly #names: Names;
  readonly #emit: Emit;
  readonly #output: Output;
  readonly #journal: Journal;
  readonly #id: string;
  readonly #index: number;
  /** What all deltas have in common, around their number and their text. */
  readonly #before: string;
  readonly #after: string;
  #text = '';
  #cited: readonly UrlCitation[] = [];

  constructor(
    kind: TextKind,
    journal: Journal,
    { emit, output }: { readonly emit: Emit; readonly output: Output },
  ) {
    this.kind = kind;
    this.#names = NAMES[kind];
    this.#emit = emit;
    this.#output = output;
    this.#journal = journal;
    this.#id = output.nextId(kind === 'reasoning' ? 'rs' : 'msg');
    const item = this.#item('in_progress', []);
    this.#index = output.add(item);
    emit('response.output_item.added', { output_index: this.#index, item });
    emit(`response.${this.#names.part}.added`, { ...this.#place, part: partOf(kind, '') });
    const type = `response.${this.#names.text}.delta`;
    this.#before = `event: ${type}\ndata: {"type":"${type}",${JSON.stringify(this.#place).slice(1, -1)},"sequence_number":`;
    this.#after = `${kind === 'text' ? ',"logprobs":[]' : ''}}\n\n`;
  }

  add(delta: string): void {
    this.#text += delta;
    this.#journal.append(
      `${this.#before}${this.#journal.next},"delta":${JSON.stringify(delta)}${this.#after}`,
    );
  }

  /** Names the sources of what is said; thoughts have none. */
  cite(urls: readonly string[]): void {
    if (this.kind !== 'text') return;
    const added = citationsIn(this.#text, urls);
    for (const [n, annotation] of added.entries())
      this.#emit('response.output_text.annotation.added', {
        ...this.#place,
        annotation_index: this.#cited.length + n,
        annotation,
      });
    this.#cited = [...this.#cited, ...added];
  }

  /** Shows it as far as it is said. */
  show(): void {
    this.#output.set(this.#index, this.#item('in_progress', [this.#part]));
  }

  get #part(): object {
    return partOf(this.kind, this.#text, this.#cited);
  }

  /** `incomplete`: the model was cut off in the middle of it. */
  close(status: 'completed' | 'incomplete'): void {
    const { part: partName, text: textName, member } = this.#names;
    const logprobs = this.kind === 'text' ? { logprobs: [] } : {};
    this.#emit(`response.${textName}.done`, { ...this.#place, [member]: this.#text, ...logprobs });
    const part = this.#part;
    this.#emit(`response.${partName}.done`, { ...this.#place, part });
    const item = this.#item(status, [part]);
    this.#output.set(this.#index, item);
    this.#emit('response.output_item.done', { output_index: this.#index, item });
  }

  get #place() {
    return { item_id: this.#id, output_index: this.#index, [this.#names.index]: 0 };
  }

  #item(status: string, parts: readonly object[]): WireItem {
    return this.kind === 'reasoning'
      ? { type: 'reasoning', id: this.#id, summary: parts }
      : { type: 'message', id: this.#id, status, role: 'assistant', content: parts };
  }
}
