import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, member, pointerTo, textMember } from '../source/json-tree.ts';
import { DOCUMENTS, NAMES, UNREAD } from '../source/gathered.ts';
import { instructionIn } from '../text/instructions.ts';
import type { Losses } from './omissions.ts';

/** Places reported one by one; a document with more is hostile all through. */
const MAX_REPORTED = 100;
/** Members with prose or samples: code in them is what they are for. */
const PROSE = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'value',
  'default',
  'pattern',
  'title',
  'const',
]);
/** Code that tries to leave the place where a text stands. */
const CODE =
  /\$\{[^}]*(?:process|require|import|eval|constructor|global|fetch)|["'`]\s*[;)+,]+\s*(?:require|process|import|eval|global|console|fetch|throw|\(\s*(?:function|\(\)))|child_process|<script\b|javascript:|\*\/\s*[\w(]|\bprocess\.(?:exit|env|mainmodule)|constructor\s*[.[]\s*["']?constructor|\beval\s*\(|__import__\s*\(|\{\{.*\}\}|<%.*%>|\$\(.*\)/i;
/** Some lines of text are prose or a sample wherever they stand, such as a file of its own that a description refers to. */
const LINES = /^(?=[^]{200})[^\n]*\n[^\n]*\n/;
/** All but the tab. */
const CONTROL = /[^\P{Cc}\t]/u;

interface Found {
  readonly pointer: string;
  readonly text: string;
  readonly reason: string;
}

/** Pointers are written for what is found only: a large document has a million places. */
interface Place {
  readonly value: Json;
  readonly key: string;
  readonly parent: Place | undefined;
  /** Inside of prose or a sample. */
  readonly isProse: boolean;
}

/** Reports every text of a description that speaks to a model or tries to be code, each with its place. */
export function reportSuspicious(root: JsonObject, losses: Losses): void {
  const found: Found[] = [];
  const stack: Place[] = [{ value: root, key: '', parent: undefined, isProse: false }];
  for (let at = stack.pop(); at !== undefined && found.length < MAX_REPORTED; at = stack.pop()) {
    if (isObject(at.value)) pushNames(found, at, Object.keys(at.value));
    for (const key of membersOf(at)) {
      const place = placeIn(at, key);
      if (typeof place.value === 'string') pushText(found, place, place.value);
      else if (typeof place.value === 'object' && place.value !== null) stack.push(place);
    }
  }
  for (const one of found) report(losses, one);
}

function pushNames(found: Found[], place: Place, names: readonly string[]): void {
  for (const name of names) {
    const reason = reasonOfName(name);
    if (reason !== undefined) found.push({ pointer: pointerTo(pointerOf(place), name), text: name, reason });
  }
}

function placeIn(parent: Place, key: string): Place {
  const value = isArray(parent.value) ? parent.value[Number(key)] : member(parent.value, key);
  const isProse = parent.isProse || isProseKey(key) || isCodeSample(parent, key);
  return { value: value ?? null, key, parent, isProse };
}

/** The text of a code sample (`x-codeSamples`) that has a file of its own. */
const isCodeSample = ({ value }: Place, key: string): boolean =>
  key === 'source' && textMember(value, 'lang') !== undefined;

function pointerOf(place: Place): string {
  const keys: string[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) keys.push(at.key);
  return pointerTo('#', ...keys.reverse());
}

const isProseKey = (key: string): boolean => PROSE.has(key) || (key.startsWith('x-') && key !== DOCUMENTS);

/** Keys of a list or an object, but for what gathering the documents has added. */
function membersOf({ value, parent }: Place): readonly string[] {
  if (!isArray(value) && !isObject(value)) return [];
  const keys = Object.keys(value);
  return parent === undefined ? keys.filter((key) => key !== NAMES && key !== UNREAD) : keys;
}

/** Names of JSON's own kind, which objects have by nature, and all that a text may be. */
function reasonOfName(key: string): string | undefined {
  if (key === '__proto__') return 'is a name that would change what objects are';
  return instructionIn(key) ?? codeIn(key);
}

function codeIn(text: string): string | undefined {
  if (CONTROL.test(text)) return 'holds control characters, which would end a line or a header';
  return CODE.test(text) ? 'looks like code' : undefined;
}

function pushText(found: Found[], place: Place, text: string): void {
  const reason = instructionIn(text) ?? (place.isProse || LINES.test(text) ? undefined : codeIn(text.trim()));
  if (reason !== undefined) found.push({ pointer: pointerOf(place), text, reason });
}

function report(losses: Losses, { pointer, text, reason }: Found): void {
  const shown = text.replaceAll(/\s+/g, ' ').trim();
  losses.add({
    code: 'instructions-in-text',
    severity: 'notice',
    subject: pointer,
    reason: `The text ${JSON.stringify(shown.length > 80 ? `${shown.slice(0, 79)}…` : shown)} ${reason}; it is data here, and nothing of it is followed.`,
    source: { pointer },
  });
}
