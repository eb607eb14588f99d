import type { Json, ToolDefinition } from '@counterpart/schemas';
import { referencedType } from '../compile/references.ts';
import { isList, isMembers, type Members } from '../json-value.ts';
import { check } from '../validate/check.ts';

const DEEPEST = 6;

function given(schema: Members): Json | undefined {
  const listed = [schema['enum'], schema['examples']].find((values) => isList(values) && values.length > 0);
  return schema['const'] ?? schema['default'] ?? (isList(listed) ? listed[0] : undefined);
}

function sampleObject(schema: Members, definitions: Members, depth: number): Json {
  const properties = isMembers(schema['properties']) ? schema['properties'] : {};
  const required = isList(schema['required'])
    ? schema['required'].filter((name) => typeof name === 'string')
    : [];
  return Object.fromEntries(required.map((name) => [name, sample(properties[name], definitions, depth + 1)]));
}

function sampleType(schema: Members, definitions: Members, depth: number): Json {
  const type = isList(schema['type']) ? schema['type'][0] : schema['type'];
  const least = (keyword: string, usual: number): number =>
    typeof schema[keyword] === 'number' ? schema[keyword] : usual;
  if (type === 'string') return 'x'.repeat(Math.max(least('minLength', 1), 1));
  if (type === 'integer' || type === 'number') return least('minimum', 1);
  if (type === 'boolean') return true;
  if (type !== 'array') return sampleObject(schema, definitions, depth);
  return Array.from({ length: least('minItems', 0) }, () => sample(schema['items'], definitions, depth + 1));
}

function sample(schema: Json | undefined, definitions: Members, depth: number): Json {
  if (!isMembers(schema) || depth > DEEPEST) return 'x';
  const name = referencedType(schema['$ref']);
  if (name !== undefined) return sample(definitions[name], definitions, depth + 1);
  const value = given(schema);
  if (value !== undefined) return value;
  const branches = [schema['anyOf'], schema['oneOf'], schema['allOf']].find(isList);
  if (branches && schema['type'] === undefined) return sample(branches[0], definitions, depth + 1);
  return sampleType(schema, definitions, depth);
}

/** Arguments that the tool's own schema accepts; undefined when simple values are not enough. */
export function sampleArguments({ inputSchema }: ToolDefinition): Members | undefined {
  const schema = inputSchema as Members;
  const definitions = isMembers(schema['$defs']) ? schema['$defs'] : {};
  const value = sample(schema, definitions, 0);
  return isMembers(value) && check(schema, value).length === 0 ? value : undefined;
}
