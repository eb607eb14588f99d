import type { Blueprint, Json, JsonSchema, Operation } from '@counterpart/schemas';
import { isMembers, type Members } from '../json-value.ts';
import { reachableTypes, resolveSchema, typesByName } from './references.ts';

/** The input that chooses members of the answer. */
export const FIELDS = 'fields';

/** Smaller answers are not worth the words of another input in every list. */
const LARGE_SCHEMA_BYTES = 8_192;

/** What decides whether a tool takes `fields`. */
export type ReadingOperation = Pick<
  Operation,
  'effect' | 'output' | 'input' | 'pagination' | 'graphql' | 'data' | 'database' | 'stream'
>;

const isListSchema = (schema: JsonSchema | undefined, types: Blueprint['types']): boolean => {
  const resolved = resolveSchema(schema, types);
  return resolved !== undefined && [resolved['type']].flat().includes('array');
};

/** True for an envelope: an object with a list of objects in it. */
function holdsList(output: JsonSchema, types: Blueprint['types']): boolean {
  const properties = resolveSchema(output, types)?.['properties'];
  if (!isMembers(properties)) return false;
  return Object.values(properties).some((property: Json) => {
    const list = resolveSchema(property as JsonSchema, types); // members of `properties` are schemas
    if (![list?.['type']].flat().includes('array')) return false;
    const items = resolveSchema(list?.['items'] as JsonSchema | undefined, types);
    return isMembers(items?.['properties']);
  });
}

const isWide = (output: JsonSchema, types: Blueprint['types']): boolean =>
  reachableTypes(output, { typeOf: typesByName(types), mostBytes: LARGE_SCHEMA_BYTES }) === undefined;

/**
 * True for a tool that takes `fields`: it reads, its answer is JSON that may be large (pages, a list or an envelope of one, a wide schema), and the
 * service has no input of that name itself.
 */
export function takesFields(
  { types }: Pick<Blueprint, 'types'>,
  { effect, output, input, pagination, graphql, data, database, stream }: ReadingOperation,
): boolean {
  // A GraphQL call chooses its fields in its selection, a call of rows its columns; of a stream each message is wanted whole.
  if ([graphql, data, database, stream].some((facet) => facet !== undefined)) return false;
  if (effect !== 'read' || output === undefined) return false;
  const properties = typeof input === 'boolean' ? undefined : input['properties'];
  if (isMembers(properties) && Object.hasOwn(properties, FIELDS)) return false;
  if (pagination !== undefined || isListSchema(output, types) || holdsList(output, types)) return true;
  return isMembers(resolveSchema(output, types)?.['properties']) && isWide(output, types);
}

/** The property of the input schema. Its words are sent with every list of tools: few. */
export const fieldsProperty: Members = {
  type: 'array',
  items: { type: 'string' },
  description: 'Only these members of the answer, such as id or owner.login.',
};
