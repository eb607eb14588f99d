import type { BodyContent, Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { encodeForm, encodeFormReserved } from '../../http/percent.ts';
import { saysJson } from '../media.ts';
import { expandPairs, type Encode } from './styles.ts';
import { isList, isMembers } from '../../json-value.ts';
import { textOf } from './text-value.ts';

type FormContent = Pick<BodyContent, 'encoding' | 'names'>;
type Encoding = NonNullable<BodyContent['encoding']>;

/**
 * One property without a style (OpenAPI 3.2, "Encoding By Name"): lists are repeated, objects are JSON, null is an empty
 * value.
 */
function plainPairs(name: string, value: Json, encode: Encode): string[] {
  const items = isList(value) ? value : [value];
  return items.map((item) => `${encodeForm(name)}=${encode(item === null ? '' : textOf(item))}`);
}

/** What the encoding says of a property, by its wire name or its input key. */
const ruleOf = (encoding: Encoding, ...names: readonly string[]): Encoding[string] | undefined => {
  const named = names.find((name) => Object.hasOwn(encoding, name));
  return named === undefined ? undefined : encoding[named];
};

function propertyPairs(key: string, value: Json, { encoding = {}, names = {} }: FormContent): string[] {
  const name = Object.hasOwn(names, key) ? (names[key] ?? key) : key;
  const rule = ruleOf(encoding, name, key);
  const encode = rule?.allowReserved === true ? encodeFormReserved : encodeForm;
  if (rule === undefined || value === null) return plainPairs(name, value, encode);
  if (rule.style !== undefined || rule.explode !== undefined) {
    const style = rule.style ?? 'form';
    return expandPairs({ name, style, explode: rule.explode ?? style === 'form' }, value, encodeForm, encode);
  }
  return rule.contentType !== undefined && saysJson(rule.contentType)
    ? [`${encodeForm(name)}=${encode(JSON.stringify(value))}`]
    : plainPairs(name, value, encode);
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
