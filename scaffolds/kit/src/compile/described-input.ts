import type { Json, JsonSchema, Operation, ParameterBinding } from '@counterpart/schemas';
import { isList } from '../json-value.ts';

type Keywords = { readonly [keyword: string]: Json };

/** What is certain of a parameter that nobody described: where it goes. */
const PLACES: Readonly<Record<ParameterBinding['in'], (name: string) => string>> = {
  path: (name) => `{${name}} in the path.`,
  query: (name) => `Query parameter ${name}.`,
  header: (name) => `Header ${name}.`,
  cookie: (name) => `Cookie ${name}.`,
  querystring: () => 'The whole query string.',
};

/** Keywords that tell a model what to give. */
const SPEAKING = ['description', 'enum', 'const', '$ref'];

function withWords(schema: JsonSchema, words: string): JsonSchema {
  if (typeof schema === 'boolean') return schema ? { description: words } : schema;
  return SPEAKING.some((keyword) => keyword in schema) ? schema : { ...schema, description: words };
}

/** The operation's input with words for every property that has none of its own. */
export function describedInput({
  input,
  http,
  database,
}: Pick<Operation, 'input' | 'http' | 'database'>): Keywords {
  if (typeof input === 'boolean') return {};
  const { properties } = input;
  if (typeof properties !== 'object' || properties === null || isList(properties)) return input;
  // Only the twin of a database is asked over HTTP: to who calls the tool, its key stands in no path.
  const sent = database === undefined ? http.parameters : [];
  const places = new Map(sent.map((binding) => [binding.key, PLACES[binding.in](binding.name)]));
  const described = Object.entries(properties).map(([key, schema]): [string, Json] => {
    const words = key === 'body' && http.body !== undefined ? 'The request body.' : places.get(key);
    return [key, words === undefined ? schema : withWords(schema as JsonSchema, words)];
  });
  return { ...input, properties: Object.fromEntries(described) };
}
