import { isMembers, membersOf } from '../../../kernel/protocol/members.ts';
import type { GenerationEvent, GenerationFinish, JsonMembers, TokenUsage } from '../../../kernel/ports.ts';
import { CallParts } from './call-parts.ts';
import type { MarkedPiece } from './harmony.ts';
import { StopGate } from './stop-gate.ts';
import { type ThinkingHabits, ThinkingSplitter } from './thinking.ts';

/** What an answer is read with. */
export interface AnswerReading {
  /** Named by the configuration, for providers that do not say. */
  readonly model: string;
  /** How thoughts may stand in the text, in `<think>` or the like; absent: they never do. */
  readonly thinking?: ThinkingHabits | undefined;
  /** Whether nobody reads it before its end. */
  readonly isWhole?: boolean | undefined;
  /** Words before which the text ends; absent: the provider was told, or there are none. */
  readonly stop?: readonly string[] | undefined;
  /** Whether an answer without a word is one, as with words that end it before it begins. */
  readonly mayBeEmpty?: boolean | undefined;
  /** Tokens of the question, for providers that do not count. */
  readonly estimatedInput: () => number;
  readonly keepCall?: ((callId: string, delta: unknown) => void) | undefined;
}

/** What a token has in characters, about, where nobody counted. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * An answer of `/chat/completions`, from its chunks or as one body, as neutral events. Unknown members are passed over; nothing
 * is validated that is not used.
 */
export class AnswerParts {
  readonly #reading: AnswerReading;
  readonly #calls: CallParts;
  readonly #thinking: ThinkingSplitter | undefined;
  readonly #stop: StopGate | undefined;
  readonly #citations = new Set<string>();
  #finish: GenerationFinish | undefined;
  /** As the provider wrote it. */
  #finishReason = '';
  #usage: TokenUsage | undefined;
  #model = '';
  #written = 0;

  constructor(reading: AnswerReading) {
    this.#reading = reading;
    this.#calls = new CallParts(reading.keepCall);
    this.#thinking = reading.thinking && new ThinkingSplitter(reading.thinking, reading.isWhole);
    this.#stop = reading.stop === undefined ? undefined : new StopGate(reading.stop);
  }

  /** Whether the provider said that it is at its end, or what it says no longer counts. */
  get isFinished(): boolean {
    return this.#finish !== undefined || this.isStopped;
  }

  /** Whether the text came to a word that ends it: nobody has to wait for what follows. */
  get isStopped(): boolean {
    return this.#stop?.isShut === true;
  }

  /** Whether anything came: words, thoughts or calls. */
  get isBegun(): boolean {
    return this.#written > 0 || this.#calls.count > 0 || this.#thinking?.isWaiting === true;
  }

  /** Whether the end came before anything else, and nothing says why. */
  get isEmpty(): boolean {
    const isExplained = this.#finish === 'length' || this.#finish === 'content_filter';
    return !this.isBegun && !isExplained && this.#reading.mayBeEmpty !== true;
  }

  /** What the provider says of the end, where it is not the usual, as the rest of a sentence. */
  get reason(): string {
    return /^(?:stop|tool_calls)?$/.test(this.#finishReason) ? '' : `, and ended with ${this.#finishReason}`;
  }

  /** The events of one chunk or of a whole body. */
  push(chunk: JsonMembers): GenerationEvent[] {
    const events: GenerationEvent[] = [];
    if (this.#model === '' && typeof chunk['model'] === 'string') this.#model = chunk['model'];
    this.#usage = usageOf(chunk) ?? this.#usage;
    this.#cite(chunk['citations']);
    this.#cite(chunk['search_results']);
    const choices = chunk['choices'];
    const choice = Array.isArray(choices) ? membersOf(choices[0]) : undefined;
    if (choice === undefined) return events;
    this.#said(membersOf(choice['delta'] ?? choice['message']), events);
    if (typeof choice['text'] === 'string') this.#content(choice['text'], events);
    const reason = choice['finish_reason'];
    if (typeof reason === 'string' && reason !== '') {
      this.#finish = finishOf(reason);
      this.#finishReason = reason.slice(0, 100);
    }
    return events;
  }

  /** The events of a chunk that says this text, and otherwise what the last one said. */
  say(text: string): GenerationEvent[] {
    const events: GenerationEvent[] = [];
    this.#content(text, events);
    return events;
  }

  /** What was held back, and the end itself. */
  end(): GenerationEvent[] {
    const events: GenerationEvent[] = [];
    const isCut = this.#finish === 'length' || this.#calls.count > 0;
    this.#release(isCut, events);
    const held = this.#stop?.end() ?? '';
    if (held !== '') events.push({ type: 'text', delta: held });
    this.#calls.end(events);
    const finish = this.isStopped ? 'stop' : (this.#finish ?? 'stop');
    events.push({
      type: 'end',
      // Some say `stop` after calls.
      finish: finish === 'stop' && this.#calls.count > 0 ? 'tool_calls' : finish,
      usage: this.#usage ?? {
        input: this.#reading.estimatedInput(),
        output: Math.ceil(this.#written / CHARACTERS_PER_TOKEN),
      },
      model: this.#model === '' ? this.#reading.model : this.#model,
      ...(this.#citations.size === 0 ? {} : { citations: [...this.#citations] }),
    });
    return events;
  }

  /** What came of an answer that broke off and was to be told later. */
  waited(): GenerationEvent[] {
    const events: GenerationEvent[] = [];
    if (this.#thinking?.isWaiting === true) this.#release(true, events);
    return events;
  }

  #release(isCut: boolean, events: GenerationEvent[]): void {
    for (const piece of this.#thinking?.end(isCut) ?? []) this.#marked(piece, events);
  }

  #said(delta: JsonMembers, events: GenerationEvent[]): void {
    const thought = isTold(delta['reasoning_content']) ? delta['reasoning_content'] : delta['reasoning'];
    if (typeof thought === 'string') {
      if (thought !== '') this.#thinking?.toldElsewhere();
      this.#tell('reasoning', thought, events);
    }
    const { content } = delta;
    if (typeof content === 'string') this.#content(content, events);
    else if (Array.isArray(content)) for (const part of content) this.#part(membersOf(part), events);
    if (typeof delta['refusal'] === 'string') this.#tell('refusal', delta['refusal'], events);
    for (const call of callsIn(delta)) {
      this.#calls.push(call, events);
      this.#written += 1;
    }
    this.#cite(delta['annotations']);
  }

  #content(text: string, events: GenerationEvent[]): void {
    const thinking = this.#thinking;
    if (thinking === undefined) return this.#tell('text', text, events);
    const wasWaiting = thinking.isWaiting;
    for (const piece of thinking.push(text)) this.#marked(piece, events);
    // Who measures how quick a model is has to know that it speaks.
    if (thinking.isWaiting && !wasWaiting) events.push({ type: 'text', delta: '' });
  }

  #marked({ type, delta, call }: MarkedPiece, events: GenerationEvent[]): void {
    if (type !== 'call') return this.#tell(type, delta, events);
    const { number = 0, name = '' } = call ?? {};
    this.#calls.push({ index: -number, function: { name, arguments: delta } }, events);
    this.#written += 1;
  }

  /** A piece of content that is a list of parts, as Mistral's thinking models write it. */
  #part(part: JsonMembers, events: GenerationEvent[]): void {
    if (typeof part['text'] === 'string') this.#content(part['text'], events);
    const thoughts = part['thinking'];
    if (typeof thoughts === 'string') this.#tell('reasoning', thoughts, events);
    else if (Array.isArray(thoughts))
      for (const thought of thoughts) {
        const { text } = membersOf(thought);
        if (typeof text === 'string') this.#tell('reasoning', text, events);
      }
  }

  #tell(type: 'text' | 'reasoning' | 'refusal', delta: string, events: GenerationEvent[]): void {
    if (delta === '' || this.isStopped) return;
    this.#written += delta.length;
    const told = type === 'text' && this.#stop !== undefined ? this.#stop.push(delta) : delta;
    if (told !== '') events.push({ type, delta: told });
  }

  #cite(sources: unknown): void {
    if (!Array.isArray(sources)) return;
    for (const source of sources) {
      const url: unknown = isMembers(source)
        ? (source['url'] ?? membersOf(source['url_citation'])['url'])
        : source;
      if (typeof url === 'string' && url !== '') this.#citations.add(url);
    }
  }
}

const isTold = (text: unknown): boolean => typeof text === 'string' && text !== '';

/** Calls of a message or a piece of it, also one alone and one in the form that came before tools. */
function callsIn(delta: JsonMembers): readonly unknown[] {
  const calls = delta['tool_calls'];
  if (Array.isArray(calls)) return calls;
  if (isMembers(calls)) return [calls];
  const before = delta['function_call'];
  if (!isMembers(before) || !(isTold(before['name']) || isTold(before['arguments']))) return [];
  return [{ function: before }];
}

const FINISHES: Readonly<Record<string, GenerationFinish>> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  prohibited_content: 'content_filter',
  refusal: 'content_filter',
};

/** Gemini says the class of what it filtered behind it: `content_filter: SAFETY`. */
const finishOf = (reason: string): GenerationFinish =>
  FINISHES[(reason.split(':', 1)[0] ?? '').toLowerCase()] ?? 'stop';

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

function usageOf(chunk: JsonMembers): TokenUsage | undefined {
  const told = chunk['usage'] ?? membersOf(chunk['x_groq'])['usage'];
  if (!isMembers(told)) return timingsOf(chunk['timings']);
  const input = count(told['prompt_tokens']);
  const output = count(told['completion_tokens']);
  if (input === undefined || output === undefined || (input === 0 && output === 0)) return undefined;
  const cached =
    count(membersOf(told['prompt_tokens_details'])['cached_tokens']) ??
    count(told['prompt_cache_hit_tokens']);
  const reasoning = count(membersOf(told['completion_tokens_details'])['reasoning_tokens']);
  return {
    input,
    output,
    ...(cached === undefined ? {} : { cached }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

/** llama.cpp counts in its timings, also where it was not asked for usage. */
function timingsOf(timings: unknown): TokenUsage | undefined {
  if (!isMembers(timings)) return undefined;
  const [input, output] = [count(timings['prompt_n']), count(timings['predicted_n'])];
  if (input === undefined || output === undefined) return undefined;
  const cached = count(timings['cache_n']) ?? 0;
  return { input: input + cached, output, ...(cached > 0 ? { cached } : {}) };
}
