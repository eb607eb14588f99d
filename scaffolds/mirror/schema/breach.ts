import type { Json } from '@counterpart/schemas';
import { isArray, isObject, pointerToken, valueAt } from './json-value.ts';

/** One point where a value breaks its schema. */
export interface Breach {
  /** JSON pointer into the value; empty: the value itself. */
  readonly path: string;
  readonly message: string;
  readonly expected: string;
  readonly found: string;
}

/** What a validator says of one failed keyword. */
export interface KeywordFailure {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

const SHOWN_CHARACTERS = 80;
const SHOWN_VALUES = 12;

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** A value in a few words, such as `string "abc"` or `array of 3`. */
function describeValue(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isArray(value)) return `array of ${value.length}`;
  if (isObject(value)) return `object with ${shorten(Object.keys(value).join(', ')) || 'no members'}`;
  return `${typeof value} ${shorten(JSON.stringify(value))}`;
}

function listed(values: unknown): string {
  if (!Array.isArray(values)) return 'one of the declared values';
  const shown = values.slice(0, SHOWN_VALUES).map((value) => JSON.stringify(value));
  return `one of ${shown.join(', ')}${values.length > SHOWN_VALUES ? `, … (${values.length} in all)` : ''}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function expectation(failure: KeywordFailure): string {
  const { keyword, params } = failure;
  switch (keyword) {
    case 'type':
      return Array.isArray(params['type']) ? params['type'].join(' or ') : text(params['type']);
    case 'enum':
      return listed(params['allowedValues']);
    case 'const':
      return text(JSON.stringify(params['allowedValue']));
    case 'format':
      return `format ${text(params['format'])}`;
    case 'pattern':
      return `text that matches ${text(params['pattern'])}`;
    case 'required':
      return `member ${text(params['missingProperty'])}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'declared members only';
    case 'oneOf':
      return 'exactly one of the alternatives';
    case 'anyOf':
      return 'one of the alternatives';
    default:
      return failure.message ?? keyword;
  }
}

/** Keywords that name a member: the breach is that member's, not its container's. */
function memberOf(failure: KeywordFailure): string | undefined {
  const { params } = failure;
  const name = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  return typeof name === 'string' ? name : undefined;
}

/** A validator's failure in words a caller can act on. */
export function describeBreach(root: Json, failure: KeywordFailure): Breach {
  const member = memberOf(failure);
  const path =
    member === undefined ? failure.instancePath : `${failure.instancePath}/${pointerToken(member)}`;
  const expected = expectation(failure);
  const message =
    failure.keyword === 'required'
      ? `is required`
      : failure.keyword === 'additionalProperties' || failure.keyword === 'unevaluatedProperties'
        ? 'is not a declared member'
        : `must be ${expected}`.replace(/^must be must /, 'must ');
  return { path, message, expected, found: describeValue(valueAt(root, path)) };
}
