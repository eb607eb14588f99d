import type { Json } from '@counterpart/schemas';
import { isList, isMembers, isNumber, parseJson, type Members } from '../../json-value.ts';

const MOST_CHARACTERS = 2_000;
const MOST_PROBLEMS = 12;
/** Members that services put their words in, best first. */
const MESSAGE_KEYS = [
  'message',
  'error_description',
  'detail',
  'description',
  'reason',
  'faultstring',
  'title',
  'msg',
];
const NESTED_KEYS = ['error', 'fault', 'Message', 'errors', 'details', 'detail', 'issues', 'error_message'];
const FIELD_KEYS = [
  'field',
  'param',
  'path',
  'loc',
  'location',
  'property',
  'pointer',
  'attribute',
  'source',
];

function fieldOf(problem: Members): string | undefined {
  for (const key of FIELD_KEYS) {
    const value = problem[key];
    if (typeof value === 'string' && value !== '') return value;
    if (isList(value) && value.length > 0)
      return value.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('.');
    if (isMembers(value)) return fieldOf(value);
  }
  return undefined;
}

/** What the caller calls a field that the service names. */
export type NameOf = (field: string) => string;

const asNamed: NameOf = (field) => field;

function listText(values: readonly Json[], nameOf: NameOf, depth: number): string | undefined {
  const texts = values.slice(0, MOST_PROBLEMS).flatMap((value) => wordsOf(value, nameOf, depth + 1) ?? []);
  return texts.length === 0 ? undefined : texts.join('; ');
}

/** `{ name: ["is too short"], … }`, as several frameworks write problems of fields. */
function fieldMap(members: Members, nameOf: NameOf, depth: number): string | undefined {
  const lines = Object.entries(members)
    .slice(0, MOST_PROBLEMS)
    .flatMap(([field, value]) => {
      const words =
        typeof value === 'string' || isList(value) ? wordsOf(value, nameOf, depth + 1) : undefined;
      return words === undefined ? [] : [`${nameOf(field)}: ${words}`];
    });
  return lines.length === 0 ? undefined : lines.join('; ');
}

/** Many services say the same twice: in a summary, and again at the field that it is about. */
const withoutRepeats = (parts: readonly string[]): string[] =>
  parts.filter((part) => !parts.some((other) => other.includes(`: ${part}`)));

function objectText(members: Members, nameOf: NameOf, depth: number): string | undefined {
  const message = MESSAGE_KEYS.map((key) => members[key]).find(
    (value) => typeof value === 'string' && value.trim() !== '',
  );
  const nested = NESTED_KEYS.flatMap((key) => {
    const value = members[key];
    const words = value === undefined || value === message ? undefined : wordsOf(value, nameOf, depth + 1);
    return words === undefined ? [] : [words];
  });
  const field = fieldOf(members);
  const own =
    typeof message === 'string' ? [field === undefined ? message : `${nameOf(field)}: ${message}`] : [];
  const parts = [...new Set([...own, ...nested])];
  if (parts.length > 0) return withoutRepeats(parts).join('; ');
  return depth > 0 ? fieldMap(members, nameOf, depth) : undefined;
}

/** What a service says went wrong, in its own words, from the shapes that are common; undefined when it says nothing. */
export function wordsOf(value: Json, nameOf: NameOf = asNamed, depth = 0): string | undefined {
  if (depth > 4 || value === null || typeof value === 'boolean' || isNumber(value)) return undefined;
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (isList(value)) return listText(value, nameOf, depth);
  return isMembers(value) ? objectText(value, nameOf, depth) : undefined;
}

function plainWords(text: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1];
  const plain = /^\s*</.test(text) ? (title ?? text.replace(/<[^>]*>/g, ' ')) : text;
  return plain.replace(/\s+/g, ' ').trim();
}

/** The service's message from the text of an error answer, shortened; empty when there is none. */
function serviceWords(text: string, nameOf: NameOf): string {
  let words: string | undefined;
  try {
    const value = parseJson(text);
    words = wordsOf(value, nameOf) ?? (isMembers(value) || isList(value) ? JSON.stringify(value) : undefined);
  } catch {
    words = plainWords(text);
  }
  const found = words ?? '';
  return found.length > MOST_CHARACTERS ? `${found.slice(0, MOST_CHARACTERS)}…` : found;
}

const ADVICE: Readonly<Record<number, string>> = {
  400: 'Correct the arguments the service names, then call again.',
  401: 'The service wants other credentials than the ones configured.',
  403: 'The credentials are known but may not do this; use an account with the right, or ask for less.',
  404: 'Check the identifiers: what they name does not exist, or is not visible to these credentials.',
  405: 'The service does not offer this operation at this address; check the base URL.',
  409: 'It clashes with the present state; read the thing anew, then decide.',
  410: 'It existed once and is gone for good.',
  412: 'It changed meanwhile; read it anew, then call with the new version.',
  413: 'Send less at once.',
  422: 'Correct the fields the service names, then call again.',
};

function advice(status: number, headers: Readonly<Record<string, string>>): string {
  const known = ADVICE[status];
  if (known !== undefined) return known;
  const wait = headers['retry-after'];
  if (status === 429)
    return wait === undefined
      ? 'Too many calls: wait, then call again.'
      : `Too many calls: call again after ${waitText(wait)}.`;
  if (status >= 500)
    return wait === undefined
      ? 'The service failed; call again later.'
      : `The service failed; call again after ${waitText(wait)}.`;
  return 'Correct the call, then try again.';
}

const waitText = (retryAfter: string): string =>
  /^\d+$/.test(retryAfter.trim()) ? `${retryAfter.trim()} seconds` : retryAfter;

/** What makes the words of an error answer those of one operation. */
export interface FailureWords {
  /** In place of the usual advice. */
  readonly nextStep?: string | undefined;
  readonly nameOf?: NameOf | undefined;
}

/** An error answer in words: its status, what the service says, and what to do next. */
export function failureText(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  { nextStep, nameOf = asNamed }: FailureWords = {},
): string {
  const words = serviceWords(body, nameOf);
  const said = words === '' ? '' : `: ${words}`;
  return `The service answered ${status}${said}\n${nextStep ?? advice(status, headers)}`;
}
