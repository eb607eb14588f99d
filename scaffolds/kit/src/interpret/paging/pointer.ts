import type { Json } from '@counterpart/schemas';
import { isList, isMembers } from '../../json-value.ts';

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** What a JSON pointer (RFC 6901) points to; undefined when there is nothing. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  let at: Json | undefined = value;
  for (const token of tokensOf(pointer)) {
    if (isList(at)) at = /^(?:0|[1-9]\d*)$/.test(token) ? at[Number(token)] : undefined;
    else at = isMembers(at) && Object.hasOwn(at, token) ? at[token] : undefined;
  }
  return at;
}

/** The value with another one where a pointer leads through objects that are there; unchanged when it leads nowhere. */
export function withValueAt(value: Json, pointer: string, next: Json): Json {
  const [token, ...rest] = tokensOf(pointer);
  if (token === undefined) return next;
  if (!isMembers(value) || !Object.hasOwn(value, token)) return value;
  const below = rest.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === token ? withValueAt(member, below, next) : member,
    ]),
  );
}
