import type { Blueprint } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { openSchema, type Schema } from './schema.ts';

const opened = new WeakMap<Blueprint, Schema>();

/** The schema of a blueprint, opened once. Throws ToolFailure when the blueprint has none. */
export function schemaOf(blueprint: Blueprint): Schema {
  const known = opened.get(blueprint);
  if (known !== undefined) return known;
  if (blueprint.graphql === undefined)
    throw new ToolFailure('This server has no GraphQL schema.', { nextStep: 'Build it again.' });
  const schema = openSchema(blueprint.graphql);
  opened.set(blueprint, schema);
  return schema;
}
