import type { Json, ParameterBinding, ParameterStyle } from '@counterpart/schemas';
import { isList, isMembers } from '../../json-value.ts';
import { definedEntries, definedItems, textOf } from './text-value.ts';

export type Encode = (text: string) => string;

/** What decides how a value is written. */
export type Styled = Pick<ParameterBinding, 'name' | 'style' | 'explode'>;

/** Between the members of one value that is not exploded. Given encoded: it must survive next to encoded values. */
const DELIMITERS: Partial<Record<ParameterStyle, string>> = {
  spaceDelimited: '%20',
  pipeDelimited: '%7C',
  tabDelimited: '%09',
};

/** The value's scalars in order: items of a list, or names and values of an object in turn. */
export function flat(value: Json, encode: Encode): string[] {
  if (isList(value)) return definedItems(value).map((item) => encode(textOf(item)));
  if (isMembers(value))
    return definedEntries(value).flatMap(([key, member]) => [encode(key), encode(textOf(member))]);
  return [encode(textOf(value))];
}

const assignments = (value: Json, encode: Encode): string[] =>
  isMembers(value)
    ? definedEntries(value).map(([key, member]) => `${encode(key)}=${encode(textOf(member))}`)
    : flat(value, encode);

/** A path or header value in style simple, label or matrix (RFC 6570, 3.2.2 to 3.2.7). */
export function expandSegment({ name, style, explode }: Styled, value: Json, encode: Encode): string {
  const parts = explode ? assignments(value, encode) : flat(value, encode);
  if (parts.length === 0) return '';
  if (style === 'label') return `.${parts.join(explode ? '.' : ',')}`;
  if (style !== 'matrix') return parts.join(',');
  const key = encode(name);
  if (explode && isMembers(value)) return parts.map((part) => `;${part.replace(/=$/, '')}`).join('');
  const values = explode ? parts : [parts.join(',')];
  return values.map((part) => (part === '' ? `;${key}` : `;${key}=${part}`)).join('');
}

export interface Pair {
  readonly name: string;
  readonly value: string;
}

/**
 * Nested members as `name[a][b]`. Lists of scalars repeat `name[]`; lists of objects are numbered, because only a
 * number keeps the members of one item together.
 */
export function deepPairs(name: string, value: Json): Pair[] {
  if (isList(value)) {
    const items = definedItems(value);
    const numbered = items.some((item) => typeof item === 'object');
    return items.flatMap((item, index) => deepPairs(numbered ? `${name}[${index}]` : `${name}[]`, item));
  }
  if (isMembers(value))
    return Object.entries(value).flatMap(([key, member]) => deepPairs(`${name}[${key}]`, member));
  return [{ name, value: value === null ? '' : textOf(value) }];
}

const written = (pairs: readonly Pair[], encodeName: Encode, encode: Encode): string[] =>
  pairs.map(({ name, value }) => `${encodeName(name)}=${encode(value)}`);

/** A pair an item of a list or a member of an object. */
export const explodedPairs = (name: string, value: Json): Pair[] =>
  isMembers(value)
    ? definedEntries(value).map(([key, member]) => ({ name: key, value: textOf(member) }))
    : flat(value, (text) => text).map((text) => ({ name, value: text }));

function formAssignments(styled: Styled, value: Json, encodeName: Encode, encode: Encode): string[] {
  return written(explodedPairs(styled.name, value), encodeName, encode);
}

/**
 * `name=value` assignments of a query, cookie or form value, encoded, in style form, a delimited style or deepObject.
 * Empty when the value has nothing to say: an empty list, an empty object, null.
 */
export function expandPairs(
  styled: Styled,
  value: Json,
  encodeName: Encode,
  encode: Encode = encodeName,
): string[] {
  if (value === null) return [];
  const compound = typeof value === 'object';
  if (styled.style === 'deepObject' && compound)
    return written(deepPairs(styled.name, value), encodeName, encode);
  if (styled.explode || !compound) return formAssignments(styled, value, encodeName, encode);
  const parts = flat(value, encode);
  return parts.length === 0
    ? []
    : [`${encodeName(styled.name)}=${parts.join(DELIMITERS[styled.style] ?? ',')}`];
}
