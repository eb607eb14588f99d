import type { Filling } from './filling.ts';
import type { Slot } from './slots.ts';
import { allWords, root, verbOf } from './sentence/words.ts';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Where a value that stands without quotes ends. */
const VALUE = `("[^"]+"|“[^”]+”|'[^']+'|[^,;\\n]+?)(?=\\s*(?:[,;\\n?!]|\\.(?:\\s|$)|$|\\s(?:and|with|on|at|for|in|to|from|by|as|und|mit|et|con)\\s))`;

/** Fills what the sentence names by the parameter’s own name: `city: Paris`, `limit=5`, `page size 10`, `named Ada`. */
export function assignWritten(filling: Filling): void {
  for (const slot of filling.open.toSorted((a, b) => b.label.length - a.label.length)) {
    if (slot.label.length < 2) continue;
    const isNamed = filling.says(slot.label.split(' ').at(-1) ?? '');
    if (isNamed && (assignSigned(filling, slot) || assignBeside(filling, slot))) continue;
    assignChoice(filling, slot);
  }
  assignNamed(filling);
}

/** `name = value`, `name: value`, and, of a change, `name to value` and `name of something to value`. */
function assignSigned(filling: Filling, slot: Slot): boolean {
  const isChange = verbOf(filling.sentence).action === 'change';
  const name = `(?:${escaped(slot.path.at(-1) ?? '')}|${escaped(slot.label).replaceAll(' ', '[\\s_-]')})`;
  const signed = new RegExp(
    `(?<![\\p{L}\\p{N}_])${name}\\s*(?:=|:|\\bis\\b|\\bto be\\b|→|${isChange ? '\\bof\\s[^,;\\n]{1,60}?\\sto\\b|\\bto\\b|' : ''}\\bof\\b)\\s*${VALUE}`,
    'iu',
  );
  const match = signed.exec(filling.sentence);
  const text = match?.[1];
  if (!match || text === undefined || !filling.isFree(spanOf(match))) return false;
  const start = match.index + match[0].lastIndexOf(text);
  const typed = filling.values.find((value) => value.start >= start && value.end <= start + text.length);
  const bare = text.replace(/^["“'](.*)["”']$/s, '$1');
  // What it is of is another argument.
  const isOfOther = /\sof\s.*\sto\s/is.test(match[0]);
  return filling.assign(
    slot,
    slot.type === 'string' && slot.format === undefined ? bare : (typed?.text ?? bare),
    isOfOther ? { start, end: start + text.length } : spanOf(match),
  );
}

/** A value beside the last word of the name: `page 3`, `5 people`. */
function assignBeside(filling: Filling, slot: Slot): boolean {
  const word = root(slot.label.split(' ').at(-1) ?? '');
  if (word.length < 3 || slot.type === 'boolean') return false;
  for (const value of filling.values) {
    const isCount = value.kind === 'number' && root(value.after) === word && slot.type !== 'string';
    const isNamed = root(value.before) === word && value.kind !== 'count';
    if ((isCount || isNamed) && filling.assign(slot, value.text, value)) return true;
  }
  return false;
}

/** One of the values that a parameter allows, or a switch that is named. */
function assignChoice(filling: Filling, slot: Slot): boolean {
  const has = (text: string): boolean => filling.says(text);
  if (slot.type === 'boolean') {
    if (slot.label.length < 3 || !has(slot.label)) return false;
    return filling.assign(
      slot,
      /\b(?:no|not|without|don.t|ohne|sans|sin)\b/.test(filling.sentence.toLowerCase()) ? 'false' : 'true',
    );
  }
  // A choice deep inside is rarely what a word of a sentence means.
  if (!slot.isRequired && slot.path.length > 2) return false;
  const choice = slot.values
    ?.filter((value) => value.length > 2 && has(value) && !filling.toolWords.has(root(value.toLowerCase())))
    .toSorted((a, b) => b.length - a.length)[0];
  return choice !== undefined && filling.assign(slot, choice);
}

const NAME_WORDS =
  /(?:\b(?:named|called|titled|entitled|namens|nomm[ée]e?|llamad[oa]|with (?:the )?(?:name|title))|\bby the name of)\s+/iu;
const ASKED_FOR = /\b(?:for|about|containing|matching|like|with|nach|sobre)\s+/iu;

/** `named Ada Lovelace`, and what a search is for. */
function assignNamed(filling: Filling): void {
  const name = filling.open.find(
    ({ label, type }) =>
      type === 'string' && /^(?:name|title|full name|display name|subject|summary)$/.test(label),
  );
  if (name) assignAfter(filling, name, NAME_WORDS);
  const query = filling.open.find(
    ({ label, type }) =>
      type === 'string' && /^(?:q|query|search|search term|keywords?|term|text query)$/.test(label),
  );
  const isSearch =
    query?.isRequired === true ||
    filling.toolWords.has('search') ||
    /^\W*(?:\w+ )?(?:search|find|look)/i.test(filling.sentence);
  if (query && isSearch && !filling.values.some(({ kind }) => kind === 'quoted'))
    assignAfter(filling, query, ASKED_FOR);
}

function assignAfter(filling: Filling, slot: Slot, lead: RegExp): void {
  const match = new RegExp(`${lead.source}${VALUE}`, 'iu').exec(filling.sentence);
  const text = match?.[1];
  if (!match || text === undefined) return;
  const start = match.index + match[0].length - text.length;
  const isTool = allWords(text).every((word) => filling.toolWords.has(root(word)));
  if (!isTool && filling.isFree({ start, end: start + text.length }))
    filling.assign(slot, text.replace(/^["“'](.*)["”']$/s, '$1'), spanOf(match));
}

const spanOf = (match: RegExpExecArray) => ({ start: match.index, end: match.index + match[0].length });
