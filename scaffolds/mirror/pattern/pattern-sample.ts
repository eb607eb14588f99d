import { parsePattern, type PatternNode } from './pattern-tree.ts';
import { compilePattern } from './pattern.ts';
import { createRandom, type Random } from '../sample/random.ts';

/** Characters of one generated text, at most. */
const MAX_LENGTH = 4_000;
const TRIES = 24;

interface Growth {
  readonly random: Random;
  /** Repetitions beyond the least, where more are allowed. */
  readonly extra: number;
}

function times(node: Extract<PatternNode, { kind: 'repeat' }>, growth: Growth): number {
  const most = Math.min(node.max, node.min + growth.extra);
  return growth.extra > 4 ? most : growth.random.int(node.min, most);
}

function write(node: PatternNode, growth: Growth, room: number): string {
  if (room <= 0) return '';
  switch (node.kind) {
    case 'characters': {
      const index = growth.random.int(0, node.characters.length - 1);
      return node.characters[index] ?? '';
    }
    case 'sequence': {
      let text = '';
      for (const part of node.parts) text += write(part, growth, room - text.length);
      return text;
    }
    case 'choice': {
      const chosen = node.options[growth.random.int(0, node.options.length - 1)];
      return chosen ? write(chosen, growth, room) : '';
    }
    case 'repeat': {
      let text = '';
      const count = Math.min(times(node, growth), room);
      for (let index = 0; index < count && text.length < room; index += 1)
        text += write(node.node, growth, room - text.length);
      return text;
    }
  }
}

/** Texts a pattern may match, growing; each must still be tested, because look-around is not followed. */
export function* patternCandidates(source: string, random: Random, minLength = 0): Generator<string> {
  const tree = parsePattern(source);
  if (!tree) return;
  const sizes = [0, 1, 3, minLength, 8, Math.ceil(minLength / 2), 16, 64];
  for (let index = 0; index < TRIES; index += 1) {
    yield write(tree, { random, extra: sizes[index % sizes.length] ?? 0 }, MAX_LENGTH);
  }
}

/** One text that a pattern matches; undefined when none was found. */
export function sampleMatch(source: string, random: Random, variant = 0): string | undefined {
  const pattern = compilePattern(source);
  const dice = createRandom(`${source}${random.fraction()}${variant}`);
  for (const candidate of patternCandidates(source, dice, variant))
    if (pattern.test(candidate)) return candidate;
  return undefined;
}
