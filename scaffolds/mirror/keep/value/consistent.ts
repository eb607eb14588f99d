import type { Json, JsonObject } from '@counterpart/schemas';
import { plain } from '../../resource/words.ts';

const FIRST = new Set(['firstname', 'givenname']);
const LAST = new Set(['lastname', 'familyname', 'surname']);
const WHOLE = new Set(['fullname', 'displayname', 'realname', 'contactname']);

const textIn = (thing: JsonObject, names: ReadonlySet<string>): string | undefined =>
  Object.entries(thing).flatMap(([name, value]) =>
    names.has(plain(name)) && typeof value === 'string' && value !== '' ? [value] : [],
  )[0];

/** The same thing told by one person: full name and address for mail follow from first and last name. */
export function consistent(thing: JsonObject): JsonObject {
  const first = textIn(thing, FIRST);
  const last = textIn(thing, LAST);
  if (first === undefined || last === undefined) return thing;
  const mail = `${first}.${last}`.toLowerCase().replaceAll(/[^a-z.]/g, '');
  const told = Object.entries(thing).map(([name, value]): [string, Json] => {
    if (typeof value !== 'string') return [name, value];
    if (WHOLE.has(plain(name))) return [name, `${first} ${last}`];
    return /^(?:email|emailaddress|mail)$/.test(plain(name)) ? [name, `${mail}@example.com`] : [name, value];
  });
  return Object.fromEntries(told);
}
