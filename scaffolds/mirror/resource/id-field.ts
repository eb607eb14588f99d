import type { JsonSchema } from '@counterpart/schemas';
import { possibleTypes, type Typing } from '../request/coerce.ts';
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

/** What is known of an identifier before it is found. */
export interface IdentifierHint {
  /** What the path calls it. */
  readonly parameter?: string | undefined;
  /** What the path takes for it; default: anything. */
  readonly schema?: JsonSchema | undefined;
  readonly noun: string;
}

/** Names an identifier may have, the likeliest first. `fits`: a member called `id` is of the type the path takes. */
function wantedNames({ parameter, noun }: IdentifierHint, fits: boolean): readonly string[] {
  const thing = singular(plain(noun));
  const own = ['id', 'sid', 'uuid', 'guid', 'key', 'gid'].map((suffix) => `${thing}${suffix}`);
  if (parameter === undefined) return [...ID_FAMILY, ...own, 'key', 'name', 'slug', 'code'];
  const name = plain(parameter);
  const last = wordsOf(parameter).at(-1) ?? name;
  // `issue_number` is an issue's number, `petId` a pet's id.
  const exact = last === name ? [name] : [name, last];
  const isIdentifier = /(?:id|uuid|guid|sid|identifier)$/.test(name);
  // Of `/customers/{customer}` the type decides: text cannot be the number that its `id` is.
  return isIdentifier || (fits && !NAME_FAMILY.includes(last))
    ? [...exact, ...ID_FAMILY, ...own, ...NAME_FAMILY]
    : [...exact, ...NAME_FAMILY, ...ID_FAMILY, ...own];
}

function idFits(
  members: Readonly<Record<string, JsonSchema>>,
  hint: IdentifierHint,
  typing: Typing,
): boolean {
  const found = Object.entries(members).find(([name]) => plain(name) === 'id');
  if (!found) return false;
  const asked = possibleTypes(hint.schema ?? true, typing);
  const shown = possibleTypes(found[1], typing);
  return [...shown].some((type) => asked.has(type));
}

/** A member the parameter is named after, or that is named after it: `ip` of `{ip_address}`, `recipient_email` of `{email}`. */
function partlyNamed(
  members: readonly (readonly [string, JsonSchema])[],
  { parameter }: IdentifierHint,
  typing: Typing,
): string | undefined {
  if (parameter === undefined) return undefined;
  const asked = wordsOf(parameter);
  const isPart = (name: string): boolean => {
    const words = wordsOf(name);
    const isStart = words.length < asked.length && words.every((word, index) => word === asked[index]);
    return isStart || (words.length > asked.length && words.slice(-asked.length).join() === asked.join());
  };
  return members.find(([name, member]) => isPart(name) && isScalar(member, typing))?.[0];
}

/** Where a thing's identifier stands in it; undefined when none of its members looks like one. */
export function findIdentifier(
  schema: JsonSchema,
  hint: IdentifierHint,
  typing: Typing,
): readonly string[] | undefined {
  const declared = membersOf(schema, typing);
  const members = Object.entries(declared);
  for (const wanted of wantedNames(hint, idFits(declared, hint, typing))) {
    const found = members.find(([name, member]) => plain(name) === wanted && isScalar(member, typing));
    if (found) return [found[0]];
  }
  const partly = partlyNamed(members, hint, typing);
  if (partly !== undefined) return [partly];
  for (const holder of HOLDERS) {
    const outer = members.find(([name, member]) => plain(name) === holder && isObjectSchema(member, typing));
    const inner = outer && findIdentifier(outer[1], hint, typing);
    if (outer && inner) return [outer[0], ...inner];
  }
  return undefined;
}
