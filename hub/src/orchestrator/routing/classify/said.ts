import type { ChatItem } from '../../../kernel/ports.ts';

/** What the lexical features read of one message, from its beginning and its end: a pasted log tells no more in the middle. */
const HEAD_CHARS = 6_000;
const TAIL_CHARS = 2_000;

/** A conversation as the classifier reads it. */
export interface Said {
  /** The last message of the user, at most 8,000 characters of it. */
  readonly question: string;
  /** The one before; undefined: it is the first. */
  readonly before: string | undefined;
  /** All that a model would be told, piece by piece. */
  readonly texts: readonly string[];
  readonly chars: number;
  readonly images: number;
  /** Tools have been called since the question. */
  readonly isInLoop: boolean;
  /** Tools were called at all. */
  readonly hasCalls: boolean;
}

const ends = (text: string): string =>
  text.length <= HEAD_CHARS + TAIL_CHARS ? text : `${text.slice(0, HEAD_CHARS)}\n${text.slice(-TAIL_CHARS)}`;

/** The texts of one item; images and files have none. */
function textsOf(item: ChatItem): readonly string[] {
  switch (item.type) {
    case 'message':
      return item.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    case 'function_call':
      return [item.arguments];
    case 'function_call_output':
      return [item.output];
    case 'reasoning':
      return [];
  }
}

/** Reads a conversation once. */
export function readSaid(items: readonly ChatItem[]): Said {
  const texts: string[] = [];
  const asked: string[] = [];
  let [images, chars, hasCalls, isInLoop] = [0, 0, false, false];
  for (const item of items) {
    const own = textsOf(item);
    for (const text of own) chars += text.length;
    texts.push(...own);
    if (item.type === 'message') {
      images += item.content.filter(({ type }) => type === 'image').length;
      if (item.role === 'user') {
        asked.push(own.join('\n'));
        isInLoop = false;
      }
    }
    if (item.type === 'function_call' || item.type === 'function_call_output')
      [hasCalls, isInLoop] = [true, true];
  }
  const before = asked.at(-2);
  return {
    question: ends(asked.at(-1) ?? ''),
    before: before === undefined ? undefined : ends(before),
    texts,
    chars,
    images,
    isInLoop,
    hasCalls,
  };
}

const TOKENS_OF_IMAGE = 1_000;
const TOKENS_OF_TOOL = 120;
const SAMPLE_CHARS = 2_000;
/** Of latin text, and of scripts in which a character is about a word. */
const CHARS_A_TOKEN = { latin: 4, other: 1.4 };

/** Tokens of the whole request, estimated: no tokenizer is the same for two families of models. */
export function estimateTokens(said: Said, toolCount: number): number {
  const sample = (said.texts.findLast((text) => text.length > 0) ?? '').slice(0, SAMPLE_CHARS);
  let wide = 0;
  for (let index = 0; index < sample.length; index += 1) if (sample.charCodeAt(index) > 0x24f) wide += 1;
  const share = sample.length === 0 ? 0 : wide / sample.length;
  const perChar = share / CHARS_A_TOKEN.other + (1 - share) / CHARS_A_TOKEN.latin;
  return Math.ceil(said.chars * perChar) + said.images * TOKENS_OF_IMAGE + toolCount * TOKENS_OF_TOOL;
}
