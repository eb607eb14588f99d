import type { JsonSchema } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import { hasType, isObjectSchema, membersOf, richestShape } from './members.ts';
import { plain, singular, wordsOf } from './words.ts';

const ID_FAMILY = ['id', 'uuid', 'guid', 'sid', 'gid', 'uid', 'identifier'];
const NAME_FAMILY = [
  'name',
  'slug',
  'login',
  'username',
  'key',
  'code',
  'number',
  'handle',
  'ref',
  'email',
  'title',
];
/** Members that may hold a thing's identifier one level down, as Kubernetes does. */
const HOLDERS = ['metadata', 'sys', 'meta', 'attributes'];

function isScalar(schema: JsonSchema, typing: Typing): boolean {
  const shape = richestShape(schema, typing);
  return !hasType(shape, 'object') && !hasType(shape, 'array');
}

/** Names an identifier may have, the likeliest first. `parameter` is what the path calls it. */
function wantedNames(parameter: string | undefined, noun: string): readonly string[] {
  const thing = singular(plain(noun));
  const own = ['id', 'sid', 'uuid', 'guid', 'key', 'gid'].map((suffix) => `${thing}${suffix}`);
  if (parameter === undefined) return [...ID_FAMILY, ...own, 'key', 'name', 'slug', 'code'];
  const name = plain(parameter);
  const last = wordsOf(parameter).at(-1) ?? name;
  const isIdentifier = /(?:id|uuid|guid|sid|identifier)$/.test(name);
  // `issue_number` is an issue's number, `petId` a pet's id.
  const exact = last === name ? [name] : [name, last];
  return isIdentifier
    ? [...exact, ...ID_FAMILY, ...own, ...NAME_FAMILY]
    : [...exact, ...NAME_FAMILY, ...ID_FAMILY, ...own];
}

/** Where a thing's identifier stands in it; undefined when none of its members looks like one. */
export function findIdentifier(
  schema: JsonSchema,
  { parameter, noun }: { readonly parameter: string | undefined; readonly noun: string },
  typing: Typing,
): readonly string[] | undefined {
  const members = Object.entries(membersOf(schema, typing));
  for (const wanted of wantedNames(parameter, noun)) {
    const found = members.find(([name, member]) => plain(name) === wanted && isScalar(member, typing));
    if (found) return [found[0]];
  }
  for (const holder of HOLDERS) {
    const outer = members.find(([name, member]) => plain(name) === holder && isObjectSchema(member, typing));
    const inner = outer && findIdentifier(outer[1], { parameter, noun }, typing);
    if (outer && inner) return [outer[0], ...inner];
  }
  return undefined;
}
