import { isKeywords, type Keywords } from '@counterpart/kit/schema';
import type { FlowDocument, Json } from '@counterpart/schemas';

/** By which a schema speaks of members beside those of its `properties`; `unevaluatedProperties` takes all of them into account. */
const SPEAKS_OF_MORE = ['patternProperties', '$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'dependentSchemas'];

/**
 * The schema of a flow's inputs. What a flow does not declare it does not take: a mistyped name would be given in vain. A schema
 * that allows further members by its own word, or names none at all, stays as it is.
 */
export function inputSchemaOf({ inputs }: Pick<FlowDocument, 'inputs'>): Keywords {
  const given = inputs as Json | undefined; // Schemas came as JSON.
  const schema: Keywords = isKeywords(given) ? given : { type: 'object', properties: {} };
  const isOpen =
    schema['properties'] === undefined ||
    'additionalProperties' in schema ||
    'unevaluatedProperties' in schema;
  if (isOpen) return schema;
  const closes = SPEAKS_OF_MORE.some((keyword) => keyword in schema)
    ? 'unevaluatedProperties'
    : 'additionalProperties';
  return { ...schema, [closes]: false };
}
