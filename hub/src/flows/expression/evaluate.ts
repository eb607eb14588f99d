import { hubError, isSameJson, type Json } from '@counterpart/schemas';
import { didYouMean } from '../../kernel/nearest.ts';
import type { Expression, Operator } from './parse.ts';
import { partsOf, type TextPart } from './text.ts';

/** What paths begin with: `inputs`, `nodes`, and within a list `item` and `index`. */
export type Scope = Readonly<Record<string, Json>>;

/** There is nothing there; told apart from null, which is something. */
const MISSING = Symbol('missing');
type Found = Json | typeof MISSING;

/** `nodes.fetch.output[0].title`. */
export const pathText = (root: string, steps: readonly (string | number)[]): string =>
  root + steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');

/** The value of an expression; `place` is where it stands. Throws FLOW_REFERENCE for a path that leads nowhere. */
export function evaluate(expression: Expression, scope: Scope, place: string): Json {
  const value = valueOf(expression, scope);
  if (value !== MISSING) return value;
  const path = lastPath(expression);
  throw hubError('FLOW_REFERENCE', {
    place,
    reference: pathText(path.root, path.steps),
    detail: whatThereIs(path, scope),
  });
}

/** Whether a condition holds: anything but false, null, nothing, 0 and the empty text. */
export const isTrue = (expression: Expression, scope: Scope): boolean => truth(valueOf(expression, scope));

/** A value of a flow's file with every `${…}` in its texts replaced. A text that is one expression becomes its value. */
export function resolve(value: Json, scope: Scope, place: string): Json {
  if (typeof value === 'string') return resolveText(partsOf(value), scope, place);
  if (isList(value)) return value.map((item, at) => resolve(item, scope, `${place}[${at}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, resolve(member, scope, `${place}.${key}`)]),
  );
}

function resolveText(parts: readonly TextPart[], scope: Scope, place: string): Json {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== 'string')
    return evaluate(only, scope, place);
  return parts
    .map((part) => (typeof part === 'string' ? part : asText(evaluate(part, scope, place))))
    .join('');
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** `Array.isArray` knows no readonly arrays. */
export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function valueOf(expression: Expression, scope: Scope): Found {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path':
      return follow(own(scope, expression.root), expression.steps);
    case 'not':
      return !truth(valueOf(expression.of, scope));
    case 'binary':
      return combined(expression.operator, valueOf(expression.left, scope), () =>
        valueOf(expression.right, scope),
      );
  }
}

function combined(operator: Operator, left: Found, right: () => Found): Found {
  switch (operator) {
    case '??':
      return left === MISSING || left === null ? right() : left;
    case '||':
      return truth(left) ? left : right();
    case '&&':
      return truth(left) ? right() : left;
    case '==':
      return isSameJson(known(left), known(right()));
    case '!=':
      return !isSameJson(known(left), known(right()));
    case 'in':
      return isIn(known(left), known(right()));
    case '<':
      return isLess(known(left), known(right()));
    case '<=':
      return isLess(known(left), known(right()), true);
    case '>':
      return isLess(known(right()), known(left));
    case '>=':
      return isLess(known(right()), known(left), true);
  }
}

const known = (value: Found): Json => (value === MISSING ? null : value);
const truth = (value: Found): boolean =>
  !(value === MISSING || value === null || value === false || value === 0 || value === '');

function isIn(value: Json, whole: Json): boolean {
  if (isList(whole)) return whole.some((item) => isSameJson(item, value));
  if (typeof whole === 'string') return typeof value === 'string' && whole.includes(value);
  return (
    typeof whole === 'object' && whole !== null && typeof value === 'string' && Object.hasOwn(whole, value)
  );
}

/** Numbers by size, texts by their characters, which is right for dates; anything else has no order. */
function isLess(left: Json, right: Json, isEqualToo = false): boolean {
  if (typeof left === 'number' && typeof right === 'number') return isEqualToo ? left <= right : left < right;
  if (typeof left === 'string' && typeof right === 'string') return isEqualToo ? left <= right : left < right;
  return false;
}

function follow(from: Found, steps: readonly (string | number)[]): Found {
  let at = from;
  for (const step of steps) {
    at = own(at, step);
    if (at === MISSING) return MISSING;
  }
  return at;
}

/** Only what a value holds itself; a negative number counts from the end of a list. */
function own(value: Found, step: string | number): Found {
  if (value === MISSING || value === null || typeof value !== 'object')
    return typeof value === 'string' && step === 'length' ? value.length : MISSING;
  if (isList(value)) {
    if (step === 'length') return value.length;
    return (typeof step === 'number' ? value.at(step) : undefined) ?? MISSING;
  }
  const key = String(step);
  return Object.hasOwn(value, key) ? (value[key] ?? null) : MISSING;
}

type PathExpression = Extract<Expression, { kind: 'path' }>;

/** Of an expression without a value, the path that had to give one. */
function lastPath(expression: Expression): PathExpression {
  if (expression.kind === 'path') return expression;
  if (expression.kind === 'binary') return lastPath(expression.right);
  return { kind: 'path', root: 'nothing', steps: [] };
}

function whatThereIs({ root, steps }: PathExpression, scope: Scope): string {
  for (let length = steps.length - 1; length >= 0; length -= 1) {
    const around = follow(own(scope, root), steps.slice(0, length));
    if (around === MISSING) continue;
    const text = pathText(root, steps.slice(0, length));
    if (around === null) return `${text} is null.`;
    if (isList(around)) return `${text} is a list of ${around.length}.`;
    if (typeof around !== 'object') return `${text} is ${JSON.stringify(around).slice(0, 60)}.`;
    const keys = Object.keys(around);
    return `${text} has ${keys.slice(0, 20).join(', ') || 'no members'}.${didYouMean(String(steps[length]), keys)}`;
  }
  return `There are ${Object.keys(scope).join(', ')}.`;
}
