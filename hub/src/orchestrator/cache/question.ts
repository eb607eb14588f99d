import { createHash } from 'node:crypto';
import { canonicalJson } from '@counterpart/schemas';
import type { ChatItem, ChatTool, GenerationSettings } from '../../kernel/ports.ts';

/** All that an answer depends on but the words of its question. Answers of one place only are ever given for another question. */
export interface CachePlace {
  readonly organisation: string;
  readonly principal: string;
  /** `<provider>/<model>`. */
  readonly model: string;
  readonly system: ChatItem;
  readonly tools: readonly ChatTool[];
  readonly settings: GenerationSettings;
  /** What was said before the question. */
  readonly before: readonly ChatItem[];
}

/** The name of a place, from which nothing of it can be read. */
export const digestOf = (place: CachePlace): string =>
  createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(place))))
    .digest('base64url');

/** The same question, however it is spaced, capitalised and ended. */
export const normalised = (question: string): string =>
  question
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\s.!?…。？！]+$/u, '');

/** Quoted text and code, addresses, numbers, names that are written in capitals or with one inside of a sentence. */
const LITERAL =
  /`[^`]*`|"[^"]*"|“[^”]*”|https?:\/\/\S+|[\w.+-]+@[\w.-]+|[\p{L}\p{N}_]*\p{N}[\p{L}\p{N}_.,:/%-]*|(?<=[^\s.!?:]\s)\p{Lu}[\p{L}\p{M}'’-]*|[\p{L}_]*\p{Ll}\p{Lu}[\p{L}_]*|\p{Lu}{2,}/gu;
const NEGATION =
  /(?<!\p{L})(?:not|no|never|without|except|\p{L}+n['’]t|nicht|kein\p{L}*|ohne|nie|außer|ne|pas|jamais|sans|nunca|sin|non|mai|senza|não|sem|niet|geen|zonder)(?!\p{L})/giu;

/** What has to be the same, in the same order, in two questions that mean the same: half a number more is another question. */
export const literalsOf = (question: string): string =>
  [
    ...(question.match(LITERAL) ?? []),
    ...(question.match(NEGATION) ?? []).map((word) => word.toLowerCase()),
  ].join('\u0000');

/** How alike two vectors point, from -1 to 1; 0 for vectors of different lengths. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return 0;
  let [dot, ofA, ofB] = [0, 0, 0];
  for (let at = 0; at < a.length; at += 1) {
    const [x, y] = [a[at] ?? 0, b[at] ?? 0];
    dot += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? 0 : dot / Math.sqrt(ofA * ofB);
}
