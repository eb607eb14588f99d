import type { JsonSchema } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import { isObject, own, toSchema, toSchemaMap, toSchemas } from '../schema/json-value.ts';
import { referenceName } from '../schema/compilable-schema.ts';
import { mergeShapes, type Shape } from '../sample/shape.ts';
import { plain, singular, type Called } from './words.ts';

const MAX_CHOICES = 8;
const MAX_OPTIONS = 40;

const memberCount = (shape: Shape): number => Object.keys(toSchemaMap(shape.keywords['properties'])).length;

/** A schema with every choice decided for the option that says most; undefined when nothing fits it. */
export function richestShape(schema: JsonSchema, typing: Typing): Shape | undefined {
  let shape = typing.shapeOf(schema);
  for (let round = 0; shape && shape.choices.length > 0 && round < MAX_CHOICES; round += 1) {
    const [choice, ...rest] = shape.choices;
    const base: Shape = { ...shape, choices: rest };
    const options = (choice?.options ?? []).slice(0, MAX_OPTIONS).flatMap((option) => {
      const chosen = typing.shapeOf(option);
      const merged = chosen && mergeShapes(base, chosen);
      return merged ? [merged] : [];
    });
    const richest = options.toSorted((a, b) => score(b, typing) - score(a, typing))[0];
    shape = richest ?? base;
  }
  return shape;
}

/** Options that are unions themselves count by what their first option brings. */
function score(shape: Shape, typing: Typing): number {
  const inner = shape.choices.flatMap(({ options }) => options.slice(0, 4));
  return (
    memberCount(shape) + Math.max(0, ...inner.map((option) => memberCount(typing.shapeOf(option) ?? shape)))
  );
}

/** Declared members of an object schema; empty for anything else. */
export function membersOf(schema: JsonSchema, typing: Typing): Readonly<Record<string, JsonSchema>> {
  return toSchemaMap(richestShape(schema, typing)?.keywords['properties']);
}

export function hasType(
  shape: Shape | undefined,
  type: 'object' | 'array' | 'string' | 'integer' | 'number',
): boolean {
  if (!shape) return false;
  if (shape.types) return shape.types.includes(type);
  return type === 'array' ? 'items' in shape.keywords : type === 'object' && 'properties' in shape.keywords;
}

/** The schema of an array's items; undefined for what is no array. */
export function itemsOf(schema: JsonSchema, typing: Typing): JsonSchema | undefined {
  const shape = richestShape(schema, typing);
  if (!hasType(shape, 'array')) return undefined;
  const items = own(shape?.keywords ?? {}, 'items');
  return items === undefined ? undefined : toSchema(items);
}

export const isObjectSchema = (schema: JsonSchema, typing: Typing): boolean =>
  hasType(richestShape(schema, typing), 'object');

/** The named type a schema is, looking through wrappers with one option; undefined for a schema written in place. */
export function typeNameOf(schema: JsonSchema): string | undefined {
  if (!isObject(schema)) return undefined;
  const direct = referenceName(schema);
  if (direct !== undefined) return direct;
  for (const key of ['allOf', 'oneOf', 'anyOf']) {
    for (const option of toSchemas(own(schema, key))) {
      const name = typeNameOf(option);
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

/** Names of parameters that say nothing of whose name they are. */
const GENERAL = new Set(['id', 'uuid', 'guid', 'sid', 'key', 'name', 'slug', 'code', 'number']);

/** The member of an object that lists names of things: `ids`, `pet_ids`, `added_pets`, or `emails` where paths ask for an email. */
export function nameListIn(schema: JsonSchema, called: Called, typing: Typing): string | undefined {
  const noun = singular(plain(called.noun));
  const parameter = plain(called.parameter ?? '');
  const ends = [noun, `${noun}id`, ...(GENERAL.has(parameter) ? [] : [parameter])].filter(
    (end) => end !== '',
  );
  const isNamed = (name: string): boolean => {
    const one = singular(plain(name));
    return one === 'id' || ends.some((end) => one.endsWith(end));
  };
  return Object.entries(membersOf(schema, typing)).find(([name, member]) => {
    const items = itemsOf(member, typing);
    return items !== undefined && items !== true && !isObjectSchema(items, typing) && isNamed(name);
  })?.[0];
}
