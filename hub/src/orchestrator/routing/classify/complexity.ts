import type { Said } from './said.ts';

/** What the words and the shape of one message come to. */
export interface Shape {
  readonly words: number;
  readonly found: ReadonlyMap<string, number>;
  readonly parts: number;
  readonly listed: number;
  readonly hasCode: boolean;
  readonly isCode: boolean;
}

const CODE_SHAPE =
  /```|^\s*at [\w$.<>]+ \(|Traceback \(most recent|\b\w+(?:Error|Exception)\b|[\w)\]]\s*=>\s*[\w({[]|\b(?:def|function|class|const|let|var|public|import|SELECT|INSERT)\s+[\w$*{]|[{};]\s*$|\b[\w-]+\.(?:ts|tsx|js|jsx|py|rs|go|java|kt|rb|php|cs|cpp|sh|sql|yml|yaml|toml)\b/m;
const LISTED = /^[ \t]*(?:\d{1,2}[.)]|[-*•])[ \t]+\S/gm;
const QUESTION_MARK = /[?？]/g;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** The shape of a message whose words are given. */
export function shapeOf(text: string, words: readonly string[], found: ReadonlyMap<string, number>): Shape {
  return {
    words: words.length,
    found,
    parts: count(text, QUESTION_MARK),
    listed: count(text, LISTED),
    hasCode: CODE_SHAPE.test(text),
    isCode: (found.get('code') ?? 0) >= 2,
  };
}

/** The first hit says most, each further one less; `most` is never passed. */
const saturate = (hits: number, most: number): number => most * (1 - 0.65 ** hits);

/** The parts of complexity, by name: what `hub route explain` shows. Their sum, at most 1, is the complexity. */
export function complexityParts({
  words,
  found,
  parts,
  listed,
  hasCode,
  isCode,
}: Shape): Record<string, number> {
  const of = (kind: string) => found.get(kind) ?? 0;
  return {
    length: Math.min(0.28, 0.056 * Math.log2(1 + words / 8)),
    reasoning: saturate(of('reasoning'), 0.5),
    hard: saturate(of('hard'), 0.4),
    constraints: Math.min(0.15, 0.04 * of('constraint')),
    steps: Math.min(0.2, 0.05 * (of('step') + listed)),
    parts: Math.min(0.1, 0.05 * Math.max(0, parts - 1)),
    code: (hasCode ? 0.1 : 0) + (isCode ? 0.08 : 0),
  };
}

/** A greeting or a word of thanks, and nothing else. */
export const isPleasantry = ({ words, found }: Shape): boolean =>
  words > 0 &&
  words <= 5 &&
  (found.get('greeting') ?? 0) > 0 &&
  words - (found.get('greeting') ?? 0) * 2 <= 1;

/** So short that it goes on with what was asked before. */
const FOLLOW_UP_WORDS = 7;
export const isFollowUp = (shape: Shape, said: Said): boolean =>
  said.before !== undefined && shape.words <= FOLLOW_UP_WORDS;
