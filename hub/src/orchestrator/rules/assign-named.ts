import type { Filling } from './filling.ts';
import { objectsOf, type Slot } from './slots.ts';
import { root, verbOf } from './sentence/words.ts';

const NAMING = `(?:\\s+(?:with|by|of))?(?:\\s+(?:the\\s+)?(?:id|name|named|called|number))?\\s*[:=#]?\\s+`;
const TOKEN = `("[^"]{1,200}"|“[^”]{1,200}”|[\\p{L}\\p{N}_@][\\p{L}\\p{N}_.:/@+-]*)`;
/** Behind a name that stands alone. */
const ENDS =
  /^[\s.!?,;]*(?:$|[.!?,;]\s|\s(?:and|or|with|on|at|for|in|into|to|from|by|as|of|please|now|und|mit|et|con|y|bitte)\b)/i;
const LOOKS_LIKE_ID = /[\d_/@:"“]|\p{L}-\p{L}|\p{Ll}\p{Lu}/u;

/** `user u-42`, `the dataset golden`, `tagged friendly`: what stands behind the word for it. */
export function assignFollowing(filling: Filling, nouns: readonly string[]): void {
  for (const slot of filling.open) {
    if (slot.type === 'boolean' || slot.path.length > 2) continue;
    if (assignLabelled(filling, slot)) continue;
    if (filling.isOneOfMany(slot)) continue;
    for (const object of objectsOf(slot, nouns)) if (assignBehind(filling, slot, object)) break;
  }
}

/** What parameters are often called by half of. */
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['repo', 'repository'],
  ['org', 'organi[sz]ation'],
  ['env', 'environment'],
  ['dir', 'directory'],
  ['app', 'application'],
]);

/** Behind the parameter's own name, in any of its forms. */
function assignLabelled(filling: Filling, slot: Slot): boolean {
  const word = root(slot.label);
  if (word.length < 3 || /^(?:all|size|sort|fields|filters?|body|name|text)$/.test(slot.label)) return false;
  const whole = WHOLE.get(word);
  const form = `(?:${escaped(word)}(?:s|es|${escaped(word.at(-1) ?? '')}?ed)?${whole === undefined ? '' : `|${whole}`})`;
  return take(filling, slot, { form, isLone: slot.isRequired });
}

/** Behind the thing itself. */
function assignBehind(filling: Filling, slot: Slot, object: string): boolean {
  return object.length > 2 && take(filling, slot, { form: escaped(object), isLone: true });
}

interface Lead {
  readonly form: string;
  /** A word that does not look like a name has to end what is said. */
  readonly isLone: boolean;
}

function take(filling: Filling, slot: Slot, { form, isLone }: Lead): boolean {
  const expression = new RegExp(`(?<![\\p{L}\\p{N}_-])${form}${NAMING}${TOKEN}`, 'giu');
  for (const match of filling.sentence.matchAll(expression)) {
    const written = (match[1] ?? '').replace(/[.:/-]+$/, '');
    const end = match.index + match[0].length - (match[1] ?? '').length + written.length;
    const span = { start: end - written.length, end };
    const isNamed = LOOKS_LIKE_ID.test(written);
    // Numbers go to what takes them by their kind.
    if (/^\d+$/.test(written)) continue;
    if (!filling.isFree(span)) continue;
    if (!isNamed && (!filling.isName(written) || (isLone && !ENDS.test(filling.sentence.slice(end)))))
      continue;
    // A verb or a preposition in front of something else is no name.
    if (!isNamed && verbOf(written).action !== undefined) continue;
    const whole = slot.isRequired ? span : { start: match.index, end };
    if (filling.assign(slot, written.replace(/^["“](.*)["”]$/s, '$1'), whole)) return true;
  }
  return false;
}

/** `rename a to b`: what it is called afterwards. */
export function assignRenamed(filling: Filling): void {
  const slot = filling.open.find(
    ({ label, type }) => type === 'string' && /^(?:new )?(?:name|title)$/.test(label),
  );
  const match = /\brename\b.{1,120}?\s(?:to|as|into)\s+("[^"]+"|[^\s,;]+(?: [^\s,;]+){0,3})\s*$/iu.exec(
    filling.sentence,
  );
  const text = match?.[1]?.replace(/[.!?]+$/, '');
  if (!slot || !match || text === undefined) return;
  const start = match.index + match[0].indexOf(match[1] ?? '');
  const span = { start, end: start + text.length };
  if (filling.isFree(span)) filling.assign(slot, text.replace(/^"(.*)"$/s, '$1'), span);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
