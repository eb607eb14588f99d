import type { BodyContent, Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { encodeForm } from '../http/percent.ts';
import { saysJson } from './media.ts';
import { deepPairs, expandPairs } from './styles.ts';
import { isList, isMembers } from '../json-value.ts';
import { textOf } from './text-value.ts';

type FormContent = Pick<BodyContent, 'encoding' | 'names'>;

/** One property without an Encoding Object: objects in brackets, lists repeated, null as an empty value. */
function plainPairs(name: string, value: Json): string[] {
  const nested = isList(value)
    ? value.some((item) => typeof item === 'object' && item !== null)
    : isMembers(value);
  if (nested)
    return deepPairs(name, value).map((pair) => `${encodeForm(pair.name)}=${encodeForm(pair.value)}`);
  if (isList(value))
    return value.map((item) => `${encodeForm(name)}=${encodeForm(item === null ? '' : textOf(item))}`);
  return [`${encodeForm(name)}=${encodeForm(value === null ? '' : textOf(value))}`];
}

function propertyPairs(key: string, value: Json, { encoding = {}, names = {} }: FormContent): string[] {
  const name = Object.hasOwn(names, key) ? (names[key] ?? key) : key;
  const rule = Object.hasOwn(encoding, name)
    ? encoding[name]
    : Object.hasOwn(encoding, key)
      ? encoding[key]
      : undefined;
  if (value === null || rule === undefined) return plainPairs(name, value);
  if (rule.style !== undefined || rule.explode !== undefined) {
    const style = rule.style ?? 'form';
    return expandPairs({ name, style, explode: rule.explode ?? style === 'form' }, value, encodeForm);
  }
  if (rule.contentType !== undefined && saysJson(rule.contentType))
    return [`${encodeForm(name)}=${encodeForm(JSON.stringify(value))}`];
  return plainPairs(name, value);
}

/** A body as `application/x-www-form-urlencoded`. Throws ToolFailure when it is not an object. */
export function encodeFormBody(body: Json, content: FormContent = {}): string {
  if (!isMembers(body)) {
    if (typeof body === 'string') return body;
    throw new ToolFailure('body: a form is an object of fields.');
  }
  return Object.entries(body)
    .flatMap(([key, value]) => propertyPairs(key, value, content))
    .join('&');
}
