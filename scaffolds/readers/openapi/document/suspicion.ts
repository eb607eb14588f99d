import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, pointerTo } from '../source/json-tree.ts';
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
/** All but the tab. */
const CONTROL = /[^\P{Cc}\t]/u;

interface Found {
  readonly pointer: string;
  readonly text: string;
  readonly reason: string;
}

interface Place {
  readonly value: Json;
  readonly pointer: string;
  /** Inside of prose or a sample. */
  readonly isProse: boolean;
}

/** Reports every text of a description that speaks to a model or tries to be code, each with its place. */
export function reportSuspicious(root: JsonObject, losses: Losses): void {
  const found: Found[] = [];
  const stack: Place[] = [{ value: root, pointer: '#', isProse: false }];
  for (let at = stack.pop(); at !== undefined && found.length < MAX_REPORTED; at = stack.pop()) {
    const { value, pointer, isProse } = at;
    const names = isObject(value) ? Object.keys(value) : [];
    for (const name of names) {
      const reason = reasonOfName(name);
      if (reason !== undefined) found.push({ pointer: pointerTo(pointer, name), text: name, reason });
    }
    for (const [key, child] of membersOf(value, pointer)) {
      const place = { pointer: pointerTo(pointer, key), isProse: isProse || isProseKey(key) };
      if (typeof child === 'string') pushText(found, { ...place, text: child });
      else stack.push({ ...place, value: child });
    }
  }
  for (const one of found) report(losses, one);
}

const isProseKey = (key: string): boolean => PROSE.has(key) || (key.startsWith('x-') && key !== DOCUMENTS);

/** Members of a list or an object, but for what gathering the documents has added. */
function membersOf(value: Json, pointer: string): [string, Json][] {
  if (!isArray(value) && !isObject(value)) return [];
  return Object.entries(value).filter(([key]) => pointer !== '#' || (key !== NAMES && key !== UNREAD));
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

function pushText(
  found: Found[],
  { pointer, text, isProse }: Omit<Found, 'reason'> & { isProse: boolean },
): void {
  const reason = instructionIn(text) ?? (isProse ? undefined : codeIn(text.trim()));
  if (reason !== undefined) found.push({ pointer, text, reason });
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
