import { canonicalJson, isSameJson, type Json, JsonValue } from '@counterpart/schemas';

/** How far samples of one answer agree. */
export interface Agreement {
  /** Share of the samples that say what most say: 1 is all of them. */
  readonly agreement: number;
  /** Index of the sample to give: the first of the largest group. */
  readonly chosen: number;
  /** Sizes of the groups, the largest first. */
  readonly votes: readonly number[];
}

const FINAL =
  /(?:\\boxed\{([^{}]+)\}|(?:^|\n)\s*(?:\*\*)?(?:final answer|the answer is|answer|antwort|réponse|respuesta|risposta|resposta|答案)(?:\*\*)?\s*(?:is)?\s*[:：=]?\s*(.+?)\s*$)/i;
const FENCE = /^```[\w-]*\n([\s\S]*?)\n?```$/;
const NOISE = /[\p{P}\p{S}\p{Z}\s]+/gu;
const ARTICLES = /\b(?:the|a|an|der|die|das|ein|eine|le|la|les|un|une|el|los|las|il|lo|o|os|as)\b/gu;
const NUMBER = /[-−]?\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?|[-−]?\d+(?:\.\d+)?/g;
/** Texts of more words agree when they share most of them; short ones must be the same. */
const SHORT_WORDS = 12;
const SIMILAR = 0.75;

/** An answer as it is compared: JSON by its value, else its final answer without case, punctuation, articles and layout. */
export function normaliseAnswer(text: string): string {
  const plain = FENCE.exec(text.trim())?.[1] ?? text.trim();
  const json = readJson(plain);
  if (json !== undefined) return canonicalJson(json);
  const final = FINAL.exec(plain);
  const said = (final?.[1] ?? final?.[2] ?? plain).normalize('NFKC').toLowerCase();
  const numbered = said.replace(NUMBER, (number) => ` ${canonicalNumber(number)} `);
  return numbered
    .replace(ARTICLES, ' ')
    .replace(/(?<!\d)[.](?!\d)|[^\p{L}\p{N}.-]+/gu, ' ')
    .replace(/(?<=\p{L})-(?=\p{L})/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function readJson(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JsonValue.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function canonicalNumber(text: string): string {
  const value = Number(text.replaceAll(/[,' ]/g, '').replace('−', '-'));
  return Number.isFinite(value) ? String(value) : text;
}

const wordsOf = (text: string): Set<string> => new Set(text.split(NOISE).filter((word) => word !== ''));

function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [wordsOf(a), wordsOf(b)];
  if (left.size <= SHORT_WORDS || right.size <= SHORT_WORDS) return false;
  // Numbers decide: two long texts that differ in one of them say different things.
  if (!isSameJson(numbersOf(a), numbersOf(b))) return false;
  const shared = [...left].filter((word) => right.has(word)).length;
  return shared / (left.size + right.size - shared) >= SIMILAR;
}

const numbersOf = (text: string): string[] => [...new Set(text.match(NUMBER) ?? [])].toSorted();

/** Votes of `samples`, at least one; an empty answer agrees with no other. */
export function agreementOf(samples: readonly string[]): Agreement {
  const groups: { readonly key: string; readonly first: number; votes: number }[] = [];
  for (const [index, sample] of samples.entries()) {
    const key = normaliseAnswer(sample);
    const group = key === '' ? undefined : groups.find((one) => isSame(one.key, key));
    if (group) group.votes += 1;
    else groups.push({ key, first: index, votes: 1 });
  }
  const sorted = groups.toSorted((a, b) => b.votes - a.votes || Number(a.key === '') - Number(b.key === ''));
  const [best] = sorted;
  return {
    agreement: best === undefined || best.key === '' ? 0 : best.votes / samples.length,
    chosen: best?.first ?? 0,
    votes: sorted.map(({ votes }) => votes),
  };
}
