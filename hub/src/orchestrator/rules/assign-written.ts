import type { Filling } from './filling.ts';
import type { Slot } from './slots.ts';
import { allWords, root, verbOf } from './sentence/words.ts';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Where a value that stands without quotes ends. */
const VALUE = `("[^"]+"|“[^”]+”|'[^']+'|[^,;\\n]+?)(?=\\s*(?:[,;\\n?!]|\\.(?:\\s|$)|$|\\s(?:and|with|on|at|for|in|to|from|by|as|und|mit|et|con)\\s))`;

/** Fills what the sentence names by the parameter’s own name: `city: Paris`, `limit=5`, `page size 10`, `named Ada`. */
export function assignWritten(filling: Filling): void {
  assignSaid(filling);
  assignStatement(filling);
  for (const slot of filling.open.toSorted((a, b) => b.label.length - a.label.length)) {
    if (slot.label.length < 2) continue;
    const isNamed = filling.says(slot.label.split(' ').at(-1) ?? '');
    if (
      isNamed &&
      (assignSigned(filling, slot) || assignMember(filling, slot) || assignBeside(filling, slot))
    )
      continue;
    assignChoice(filling, slot);
  }
  assignNamed(filling);
}

/** `name = value`, `name: value`, and, of a change, `name to value` and `name of something to value`. */
function assignSigned(filling: Filling, slot: Slot): boolean {
  const isChange = verbOf(filling.sentence).action === 'change';
  const name = `(?:${escaped(slot.path.at(-1) ?? '')}|${escaped(slot.label).replaceAll(' ', '[\\s_-]')})`;
  const form = slot.type === 'string' && PROSE.test(slot.label) ? PROSE_VALUE : VALUE;
  const signed = new RegExp(
    `(?<![\\p{L}\\p{N}_])${name}\\s*(?:=|:|\\bis\\b|\\bto be\\b|→|${isChange ? '\\bof\\s[^,;\\n]{1,60}?\\sto\\b|\\bto\\b|' : ''}\\bof\\b)\\s*${form}`,
    'iu',
  );
  const match = signed.exec(filling.sentence);
  const written = match?.[1];
  if (!match || written === undefined || !filling.isFree(spanOf(match))) return false;
  const start = match.index + match[0].lastIndexOf(written);
  const text = form === VALUE ? written : written + more(filling, start + written.length, form);
  const typed = filling.values.find((value) => value.start >= start && value.end <= start + text.length);
  const bare = unquoted(text);
  // What it is of is another argument.
  const isOfOther = /\sof\s.*\sto\s/is.test(match[0]);
  return filling.assign(
    slot,
    slot.type === 'string' && slot.format === undefined ? bare : (typed?.text ?? bare),
    { start: isOfOther ? start : match.index, end: start + text.length },
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

const STATEMENT =
  /\b(?:select\b[^]{1,1900}?\bfrom\b|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|with\s+\w+\s+as\s*\()[^]*$/i;

/** SQL, which is a statement to its end. */
function assignStatement(filling: Filling): void {
  const slot = filling.open.find(
    ({ label, type, isRequired }) =>
      isRequired && type === 'string' && /^(?:sql|(?:sql )?(?:query|statement))$/.test(label),
  );
  const found = slot && STATEMENT.exec(filling.sentence);
  if (slot && found && !filling.values.some(({ kind, start }) => kind === 'quoted' && start < found.index))
    filling.assign(slot, found[0], spanOf(found));
}

const SAYING = /(?:\b(?:saying|that says|which says|sagend|disant|diciendo)\s+|:\s+)(\S[^]{0,2000})$/iu;

/** `tell general: the build is green`, `post a message in general saying hi all`: all that follows. */
function assignSaid(filling: Filling): void {
  const slot = filling.open.find(
    ({ label, type, isRequired }) =>
      isRequired && type === 'string' && /^(?:text|message|content|body|comment|caption|note)$/.test(label),
  );
  const found = slot && SAYING.exec(filling.sentence);
  const text = found?.[1];
  if (!slot || !found || text === undefined || !isTold(filling, text)) return;
  // `channel: general, text: hi` has a name before each of its values.
  const before = ` ${plainWords(filling.sentence.slice(0, found.index))}`;
  const others = filling.slots.filter((other) => other !== slot);
  if (others.some(({ label }) => before.endsWith(` ${plainWords(label)}`))) return;
  filling.assign(slot, unquoted(text), spanOf(found));
}

/** Where what is told of something begins, each thing with its name. */
const MEMBER = `(?:[,;:]|\\b(?:with|having|and|und|mit|et|avec|y|con|e)\\b)\\s*(?:(?:an?|the|its|his|her|their)\\s+)?`;
/** What takes whole sentences, with all that stands in them. */
const PROSE =
  /^(?:descriptions?|texts?|body|messages?|comments?|content|notes?|memo|subject|summary|details|reason|purpose)$/;
const PLACED = /\b(?:location|place|city|room|venue|address)\b/;
const PROSE_VALUE = `("[^"]+"|“[^”]+”|'[^']+'|[^,;\\n]+?)(?=\\s*(?:[,;\\n?!]|\\.(?:\\s|$)|$|\\s(?:and|with|und|mit|et|y|con)\\s))`;

/** `with email ada@x.org and name Ada`, `title Groceries, body buy milk`: a text behind its name. */
function assignMember(filling: Filling, slot: Slot): boolean {
  if (slot.type !== 'string' || slot.format !== undefined || slot.values !== undefined) return false;
  const label = escaped(slot.label).replaceAll(' ', '[\\s_-]');
  const value = isProse(filling, slot) ? PROSE_VALUE : VALUE;
  const match = new RegExp(`${MEMBER}${label}\\s+${value}`, 'iu').exec(filling.sentence);
  const text = match?.[1];
  if (!match || text === undefined || !isTold(filling, text)) return false;
  const start = match.index + match[0].length - text.length;
  const written = text + more(filling, start + text.length, value);
  const told = PROSE.test(slot.label) ? written : beforeTime(filling, start, written);
  const span = { start: match.index, end: start + told.length };
  return filling.isFree({ ...span, start }) && filling.assign(slot, unquoted(told), span);
}

/** A title as well, unless what stands behind an `in` may be where it is. */
const isProse = ({ open }: Filling, { label }: Slot): boolean =>
  PROSE.test(label) || (label === 'title' && !open.some((other) => PLACED.test(other.label)));

/** What belongs to a value that ended at an `and`: `body milk and eggs`, not `name Ada and city Paris` or `tag home and list it`. */
function more(filling: Filling, at: number, value: string): string {
  const joint = value === VALUE ? '\\s(?:and|und|et|y|e)' : '(?:,?\\s(?:and|und|et|y|e|with|mit|con)|,)';
  const found = new RegExp(`^${joint}\\s+${value}`, 'iu').exec(filling.sentence.slice(at));
  const text = found?.[1];
  if (!found || text === undefined || !isTold(filling, text) || verbOf(text).action !== undefined) return '';
  return found[0] + more(filling, at + found[0].length, value);
}

/** `Cafe Central` of `Cafe Central tomorrow at 7`. */
function beforeTime({ values }: Filling, at: number, text: string): string {
  const time = values.find(
    ({ kind, start }) => /^(?:day|time)$/.test(kind) && start > at && start < at + text.length,
  );
  return time === undefined
    ? text
    : text.slice(0, time.start - at).replace(/(?:\s+(?:on|at|am|um|le|el))?\s*$/i, '');
}

/** Words that lead on to something else, or say what a value is like. */
const LEADS_ON =
  /^(?:and|or|of|is|are|to|for|in|on|at|as|by|with|from|that|which|who|whose|containing|contains|like|matching|starting|ending|equals?|und|oder|mit|et|ou|con|y)\b/i;
const ARTICLE = /^(?:an?|the|its|his|her|their)\s+/i;

/** Whether it is a value and no mention of another argument: `with name and email`. */
function isTold({ slots }: Filling, text: string): boolean {
  const said = `${plainWords(text.replace(ARTICLE, ''))} `;
  return !LEADS_ON.test(text) && !slots.some(({ label }) => said.startsWith(`${plainWords(label)} `));
}

/** Words in the one form that all their forms share. */
const plainWords = (text: string): string => allWords(text).map(root).join(' ');

const unquoted = (text: string): string => text.replace(/^["“'](.*)["”']$/s, '$1');

/** One of the values that a parameter allows, or a switch that is named. */
function assignChoice(filling: Filling, slot: Slot): boolean {
  const has = (text: string): boolean => filling.says(text);
  if (slot.type === 'boolean') return assignSwitch(filling, slot);
  const isMeant = has(slot.label) || /\b(?:sort|order)(?:ed)?\b/i.test(filling.sentence);
  // A choice deep inside is rarely what a word of a sentence means.
  if (!slot.isRequired && slot.path.length > 2) return false;
  const choice = slot.values
    ?.filter((value) => value.length > 2 && has(value) && !filling.toolWords.has(root(value.toLowerCase())))
    // `year 1969` says nothing of a `sort` that may be `year`.
    .filter((value) => isMeant || !filling.slots.some((other) => root(other.label) === root(value)))
    .filter((value) => !isDenied(filling.sentence, value))
    .toSorted((a, b) => b.length - a.length)[0];
  return choice !== undefined && filling.assign(slot, choice);
}

/** `not shipped yet` is any of the others. */
const isDenied = (sentence: string, value: string): boolean =>
  new RegExp(
    `(?:\\bnot|n[’']t|\\bnever|\\bexcept|\\bother than|\\bnicht|\\bpas)\\s+(?:yet\\s+|been\\s+|be\\s+|the\\s+|those\\s+)*${escaped(value)}`,
    'i',
  ).test(sentence);

function assignSwitch(filling: Filling, slot: Slot): boolean {
  const { sentence } = filling;
  const turned = /^(?:is )?(?:on|enabled|power|powered)$/.test(slot.label)
    ? /\b(?:turn|switch|power)(?:ed|s)?\s+(?:[\w-]+\s+){0,8}?(on|off)\b/i.exec(sentence)?.[1]
    : undefined;
  const done = turned?.toLowerCase() ?? doneTo(slot.label, sentence);
  if (done !== undefined) return filling.assign(slot, done === 'on' ? 'true' : 'false');
  if (slot.label.length < 3 || !filling.says(slot.label)) return false;
  const isDenial = /\b(?:no|not|without|don.t|ohne|sans|sin)\b/.test(sentence.toLowerCase());
  return filling.assign(slot, isDenial ? 'false' : 'true');
}

/** What is the verb for a switch, where that is not its name without an ending. */
const VERBS: ReadonlyMap<string, string> = new Map([
  ['active', 'activat'],
  ['enabled', '(?:enabl|abl)'],
]);

/** What an order does to a switch: `deactivate` to `active`, `unarchive` to `archived`, `disable` to `enabled`. */
function doneTo(label: string, sentence: string): 'on' | 'off' | undefined {
  const name = label.replace(/^is /, '');
  const verb = VERBS.get(name) ?? /^(\w{3,})ed$/.exec(name)?.[1];
  const order = new RegExp(`^\\W*(?:please\\s+)?(de|dis|un)?-?${verb}e?\\b`, 'i');
  const told = verb === undefined ? null : order.exec(sentence);
  if (told === null) return undefined;
  return told[1] === undefined ? 'on' : 'off';
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
  if (!isTool && isTold(filling, text) && filling.isFree({ start, end: start + text.length }))
    filling.assign(slot, unquoted(text), spanOf(match));
}

const spanOf = (match: RegExpExecArray) => ({ start: match.index, end: match.index + match[0].length });
