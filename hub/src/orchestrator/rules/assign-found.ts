import { takesPlace } from '../understanding/entities.ts';
import { assignExtent, isOfTime, isPart } from './assign-extent.ts';
import type { Filling } from './filling.ts';
import type { FoundValue } from './sentence/values.ts';
import { isId, type Slot } from './slots.ts';
import { root } from './sentence/words.ts';

type Test = (slot: Slot) => boolean;

const isText: Test = ({ type, format, values }) =>
  type === 'string' && values === undefined && format === undefined;
const labelled =
  (expression: RegExp): Test =>
  ({ label }) =>
    expression.test(label);

const SAID = /^(?:text|message|content|body|comment|name|title|query|q|search|subject)$/;
/** What is written with a hash and is no number: `#general`. */
const HASHED = /\b(?:channel|room|topic|tag|label|group)s?$/;

/** Which slots take a kind of value, the surest first. */
const TAKERS: Readonly<Record<FoundValue['kind'], readonly Test[]>> = {
  url: [
    ({ format }) => format === 'uri' || format === 'url',
    labelled(/\b(?:urls?|uris?|links?|website|homepage|href)\b/),
    isRequiredText,
  ],
  email: [
    ({ format }) => format === 'email',
    labelled(/\be ?mail\b/),
    labelled(/^(?:to|recipients?|from|cc)$/),
    isRequiredText,
  ],
  uuid: [isRequiredUuid, isRequiredId, isRequiredText],
  id: [isRequiredId, isRequiredText],
  quoted: [
    // `send "hello" to the channel`: of several texts it is the one that is said.
    (slot) => isRequiredText(slot) && SAID.test(slot.label),
    isRequiredText,
    labelled(/^(?:name|title|query|q|search|text|content|message|body|subject|description|comment)$/),
  ],
  day: [
    ({ format }) => format === 'date',
    labelled(/\b(?:date|day|on|when|since|until|from|to|start|end)\b/),
  ],
  time: [({ format }) => format === 'time', labelled(/\btime\b/)],
  money: [labelled(/\b(?:amount|price|cost|total|budget|sum|value|fee)\b/), isRequiredNumber],
  count: [
    labelled(
      /^(?:limit|count|max(?:imum)?(?: results| items)?|size|page size|per page|top|first|number|n|results|take|rows)$/,
    ),
  ],
  number: [isNumberedId, isRequiredNumber],
};

function isRequiredUuid({ isRequired, format }: Slot): boolean {
  return isRequired && format === 'uuid';
}
function isRequiredText(slot: Slot): boolean {
  return slot.isRequired && isText(slot);
}
function isRequiredId(slot: Slot): boolean {
  return slot.isRequired && isId(slot);
}
function isNumberedId(slot: Slot): boolean {
  return slot.isRequired && isId(slot) && (slot.format === undefined || /^u?int\d+$/.test(slot.format));
}
function isRequiredNumber({ isRequired, type }: Slot): boolean {
  return isRequired && (type === 'integer' || type === 'number');
}

const START = /\b(?:start|from|since|after|begin|check in|departure)\b/;
const END = /\b(?:end|to|until|till|before|check out|return)\b/;

/** Fills what the values of a sentence say by themselves: addresses, ids, days, counts, and places by their prepositions. */
export function assignFound(filling: Filling): void {
  const moments = momentSlot(filling);
  const days = filling.values.filter(({ kind }) => kind === 'day');
  if (days.length > 1) assignRange(filling, days);
  for (const value of filling.values) {
    if (value.kind === 'day' && moments) assignMoment(filling, moments, value);
    else assignOne(filling, value);
  }
  assignOwned(filling);
  assignPlaces(filling);
  assignStart(filling);
  assignRoom(filling);
}

function assignOne(filling: Filling, value: FoundValue): void {
  // `customer cus_12` goes to the customer, wherever that stands in the tool; an optional one is taken by its name only.
  if (value.kind === 'id' || value.kind === 'uuid') {
    const named = filling.open.filter(({ type, label }) => type === 'string' && hasWord(label, value.before));
    for (const slot of named) if (filling.assign(slot, value.text, value)) return;
  }
  if (assignHashed(filling, value)) return;
  if (isOfTime(value) || assignAmount(filling, value)) return;
  for (const takes of TAKERS[value.kind])
    for (const slot of filling.open.filter((open) => takes(open)))
      if (
        !isCountOf(slot, value, filling) &&
        !filling.isOfOther(slot, value) &&
        filling.assign(slot, value.text, value)
      )
        return;
}

/** `#general` goes to the channel. */
function assignHashed(filling: Filling, value: FoundValue): boolean {
  if (value.kind !== 'id' || filling.sentence[value.start] !== '#' || /\d/.test(value.text)) return false;
  return filling.open
    .filter(({ type, label }) => type === 'string' && HASHED.test(label))
    .some((slot) => filling.assign(slot, value.text, value));
}

/** What a number is of, and how much of something is meant. */
function assignAmount(filling: Filling, value: FoundValue): boolean {
  if (value.kind === 'number' && (assignNumber(filling, value) || assignCount(filling, value))) return true;
  return (value.kind === 'count' || isPart(value.after)) && assignExtent(filling, value);
}

/** `10 datasets` is how many, not which one. */
const isCountOf = (slot: Slot, { kind, after }: FoundValue, filling: Filling): boolean =>
  kind === 'number' && after !== root(after) && filling.isOneOfMany(slot);

/** `pet 5` for a `pet id` and `3 of them` for a `quantity`, also where these are optional. */
function assignNumber(filling: Filling, value: FoundValue): boolean {
  const id = new RegExp(`^${root(value.before)}s? (?:id|number|no|key)$`, 'u');
  const takes = ({ label, type }: Slot): boolean =>
    type !== 'boolean' &&
    ((value.before !== '' && id.test(label)) || (value.after === 'of' && /^(?:quantity|qty)$/.test(label)));
  return filling.open.some((slot) => takes(slot) && filling.assign(slot, value.text, value));
}

/** `10 datasets` for a `limit`. */
function assignCount(filling: Filling, value: FoundValue): boolean {
  const isTheirs = value.after !== root(value.after) && filling.toolWords.has(root(value.after));
  if (!isTheirs && !isPart(value.after)) return false;
  const slot = filling.open.find(
    (open) => open.type !== 'string' && TAKERS.count.some((takes) => takes(open)),
  );
  return slot !== undefined && !slot.isRequired && filling.assign(slot, value.text, value);
}

const hasWord = (label: string, word: string): boolean =>
  word !== '' && label.split(' ').some((part) => root(part) === root(word));

function assignRange(filling: Filling, [first, second]: readonly FoundValue[]): void {
  const days = filling.open.filter((slot) => TAKERS.day.some((takes) => takes(slot)));
  const start = days.find(({ label }) => START.test(label));
  const end = days.find((slot) => slot !== start && END.test(slot.label));
  if (!start || !end || !first || !second) return;
  filling.assign(start, first.text, first);
  filling.assign(end, second.text, second);
}

const momentSlot = (filling: Filling): Slot | undefined =>
  filling.open.find(({ format }) => format === 'date-time');

/** A day and the time beside it. */
function assignMoment(filling: Filling, slot: Slot, day: FoundValue): void {
  const time = filling.values.find(({ kind }) => kind === 'time');
  if (filling.assign(slot, `${day.text}T${time?.text ?? '00:00'}:00Z`, day) && time) filling.use(time);
}

const OWNER = /^(?:owner|org|organi[sz]ation|user|username|namespace|workspace|account)$/;
const OWNED = /^(?:repo|repository|repo slug|project|package|image)$/;

const ROOM = `(?:Room|Hall|Building|Gate|Suite|Floor|Platform|Raum|Halle|Saal|Zimmer|Salle) \\d{1,4}\\p{L}?`;
/** `A-1`. */
const MARK = `\\p{Lu}[\\p{L}\\p{N}]{0,8}-\\d[\\d-]*`;
const TOWN = `(?:the |la |le |los |las |san |são )?\\p{Lu}[\\p{L}.'’-]*(?:[ -](?:\\p{Lu}[\\p{L}.'’-]*|am|an|der|de|la|upon|del))*`;
const PLACE = new RegExp(
  `\\b(from|to|into|in|at|for|near|of|nach|von|aus|für|à|de|en|a)\\s+(${ROOM}|${MARK}|${TOWN})(?![\\p{L}\\p{N}-])`,
  'gu',
);
/** `Berlin to Rome`. */
const ROUTE = new RegExp(`(?<=\\s)(${TOWN})\\s+(?:to|nach|→)\\s+\\p{Lu}`, 'u');

/** `from Berlin to Rome`, `in Paris`, `in Room 5`. */
function assignPlaces(filling: Filling): void {
  for (const match of filling.sentence.matchAll(PLACE)) {
    const [, word = '', place = ''] = match;
    const start = match.index + match[0].length - place.length;
    const span = { start, end: start + place.length };
    const slot = filling.open.find(
      (candidate) => isText(candidate) && takesPlaceAs(word.toLowerCase(), candidate, place),
    );
    if (slot && filling.isFree(span)) filling.assign(slot, place, span);
  }
}

/** `in the kitchen`. */
function assignRoom(filling: Filling): void {
  const slot = filling.open.find(
    (open) =>
      isText(open) && open.isRequired && /^(?:room|area|zone|place|location)(?: name)?$/.test(open.label),
  );
  const found = slot && /\b(?:in|of) the (\p{Ll}[\p{L}-]*(?: room)?)(?=[\s.,!?]|$)/u.exec(filling.sentence);
  const room = found?.[1];
  if (!slot || !found || room === undefined || !filling.isName(room.split(' ')[0] ?? '')) return;
  const end = found.index + found[0].length;
  const span = { start: end - room.length, end };
  if (filling.isFree(span)) filling.assign(slot, room, span);
}

/** The beginning of a way of which only the end has a preposition. */
function assignStart(filling: Filling): void {
  const found = ROUTE.exec(filling.sentence);
  const slot = filling.open.find((open) => isText(open) && takesPlaceAs('from', open, ''));
  if (!found || !slot) return;
  const span = { start: found.index, end: found.index + (found[1] ?? '').length };
  if (filling.isFree(span)) filling.assign(slot, found[1] ?? '', span);
}

/** `acme/web`: what is whose. */
function assignOwned(filling: Filling): void {
  const found = /(?<![^\s("'])([\w.-]+)\/([\w.-]*\w)(?=[\s:,.!?"')]|$)/.exec(filling.sentence);
  const [owner, thing] = [OWNER, OWNED].map((name) =>
    filling.open.find((open) => isText(open) && open.isRequired && name.test(open.label)),
  );
  const span = found && { start: found.index, end: found.index + found[0].length };
  if (!span || !owner || !thing || !filling.isFree(span)) return;
  filling.assign(owner, found[1] ?? '');
  filling.assign(thing, found[2] ?? '', span);
}

const LANGUAGE =
  /^(?:Arabic|Bengali|Bulgarian|Catalan|Chinese|Croatian|Czech|Danish|Dutch|English|Estonian|Finnish|French|German|Greek|Hebrew|Hindi|Hungarian|Icelandic|Indonesian|Irish|Italian|Japanese|Korean|Latin|Latvian|Lithuanian|Norwegian|Persian|Polish|Portuguese|Romanian|Russian|Serbian|Slovak|Slovenian|Spanish|Swedish|Tamil|Thai|Turkish|Ukrainian|Urdu|Vietnamese|Welsh)$/;
const PLACES = /\b(?:city|location|place|country|region|address|station|airport|town)\b/;

function takesPlaceAs(word: string, { label, path }: Slot, place: string): boolean {
  const isLanguage = LANGUAGE.test(place) && /\blang(?:uage)?\b/.test(label);
  if (!isLanguage && !takesPlace(path.at(-1) ?? '') && !PLACES.test(label)) return false;
  const isStart = /\b(?:from|origin|start|source|departure)\b/.test(label);
  const isEnd = /\b(?:to|destination|end|target|arrival)\b/.test(label);
  if (/^(?:from|von|aus|de)$/.test(word)) return isStart;
  if (/^(?:to|into|nach|à)$/.test(word)) return isEnd || !isStart;
  return !isStart && !isEnd;
}
