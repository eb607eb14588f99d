import type { Json, JsonSchema } from '@counterpart/schemas';
import { isList } from '../json-value.ts';

type Keywords = { readonly [keyword: string]: Json };

const isKeywords = (value: Json | undefined): value is Keywords =>
  typeof value === 'object' && value !== null && !isList(value);

const KEPT_AS_THEY_ARE = ['$ref', 'title', 'description', 'deprecated'] as const;

function withNull(type: Json | undefined): Json | undefined {
  if (typeof type === 'string') return type === 'null' ? type : [type, 'null'];
  if (isList(type)) return type.includes('null') ? type : [...type, 'null'];
  return undefined;
}

function loosenSchema(value: Json | undefined): Json {
  return isKeywords(value) ? loosen(value) : true;
}

function loosenMap(value: Json | undefined): Keywords | undefined {
  if (!isKeywords(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, loosenSchema(member)]));
}

function loosenList(value: Json | undefined): Json[] | undefined {
  return isList(value) && value.length > 0 ? value.map(loosenSchema) : undefined;
}

/** `oneOf` becomes `anyOf`: once constraints are gone, branches overlap and "exactly one" would reject true answers. */
function loosenAlternatives(schema: Keywords): Keywords {
  const any = loosenList(schema['anyOf']);
  const one = loosenList(schema['oneOf']);
  const all = loosenList(schema['allOf']);
  if (any && one) return { allOf: [...(all ?? []), { anyOf: any }, { anyOf: one }] };
  const either = any ?? one;
  return { ...(all ? { allOf: all } : {}), ...(either ? { anyOf: either } : {}) };
}

function exampleValues(schema: Keywords): Json[] | undefined {
  if (isList(schema['enum'])) return schema['enum'].slice(0, 20);
  return 'const' in schema ? [schema['const'] ?? null] : undefined;
}

/**
 * The same shape and words without the constraints that real answers break: nothing is required, nothing is forbidden,
 * every type allows null, closed lists of values become examples. For output schemas only: strict clients refuse an
 * answer that strays from what was promised.
 */
export function loosen(schema: Keywords): Keywords {
  const kept = KEPT_AS_THEY_ARE.filter((key) => key in schema).map((key) => [key, schema[key]] as const);
  const parts: [string, Json | undefined][] = [
    ['type', withNull(schema['type'])],
    ['examples', exampleValues(schema)],
    ['properties', loosenMap(schema['properties'])],
    [
      'additionalProperties',
      isKeywords(schema['additionalProperties']) ? loosen(schema['additionalProperties']) : undefined,
    ],
    ['items', isKeywords(schema['items']) ? loosen(schema['items']) : undefined],
    ['prefixItems', loosenList(schema['prefixItems'])],
  ];
  return Object.fromEntries([
    ...kept,
    ...parts.filter((part): part is [string, Json] => part[1] !== undefined),
    ...Object.entries(loosenAlternatives(schema)),
  ]) as Keywords;
}

const loosened = new WeakMap<object, JsonSchema>();

/** Like `loosen`, for any schema: `false` and `true` both become `true`. Shared types are loosened once. */
export function loosenAny(schema: JsonSchema): JsonSchema {
  if (typeof schema === 'boolean') return true;
  const known = loosened.get(schema) ?? loosen(schema);
  loosened.set(schema, known);
  return known;
}
