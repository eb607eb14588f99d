import type { Json, JsonSchema } from '@counterpart/schemas';

type Keywords = { readonly [keyword: string]: Json };

const isKeywords = (value: Json | undefined): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string literal in ASCII: no text of a description ends it or breaks the line. */
export const pythonString = (text: string): string => {
  const inner = Array.from(text.toWellFormed(), (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') return `\\${character}`;
    if (code >= 32 && code < 127) return character;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${inner.join('')}"`;
};

const MOST_LITERALS = 200;

/** A schema of a blueprint as a Python type; types of the blueprint stand as names in quotes. `Any` for the rest. */
export function pythonType(schema: Json | undefined, nameOf: ReadonlyMap<string, string>): string {
  if (!isKeywords(schema)) return 'Any';
  const { $ref } = schema;
  if (typeof $ref === 'string') {
    const name = nameOf.get($ref.replace(/^#\/\$defs\//, ''));
    return name === undefined ? 'Any' : `"${name}"`;
  }
  if ('const' in schema) return literals([schema['const'] ?? null]);
  if (Array.isArray(schema['enum'])) return literals(schema['enum']);
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) return union(branches.map((one: Json) => pythonType(one, nameOf)));
  const { allOf } = schema;
  if (Array.isArray(allOf) && allOf.length === 1) return pythonType(allOf[0] as Json, nameOf);
  return plain(schema, nameOf);
}

function plain(schema: Keywords, nameOf: ReadonlyMap<string, string>): string {
  const { type } = schema;
  if (Array.isArray(type)) return union(type.map((one: Json) => plain({ ...schema, type: one }, nameOf)));
  switch (typeof type === 'string' ? type : '') {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'integer':
      return 'int';
    case 'number':
      return 'float';
    case 'null':
      return 'None';
    case 'array':
      return `List[${pythonType(schema['items'], nameOf)}]`;
    case 'object':
      return `Dict[str, ${isKeywords(schema['additionalProperties']) ? pythonType(schema['additionalProperties'], nameOf) : 'Any'}]`;
    default:
      return 'Any';
  }
}

function union(parts: readonly string[]): string {
  const told = [...new Set(parts)];
  const [only] = told;
  if (only === undefined || told.includes('Any')) return 'Any';
  return told.length === 1 ? only : `Union[${told.join(', ')}]`;
}

function literals(values: readonly Json[]): string {
  const told = values.map((value) => {
    if (value === null) return 'None';
    if (typeof value === 'string') return pythonString(value);
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return typeof value === 'number' && Number.isInteger(value) ? String(value) : undefined;
  });
  if (told.length === 0 || told.includes(undefined)) return 'Any';
  return told.length > MOST_LITERALS ? 'str' : `Literal[${[...new Set(told)].join(', ')}]`;
}

/** Declaration of one type of the blueprint: a TypedDict for an object with known members, else an alias. */
export function pythonDeclaration(
  name: string,
  schema: JsonSchema,
  nameOf: ReadonlyMap<string, string>,
): string {
  const members = isKeywords(schema) && isKeywords(schema['properties']) ? schema['properties'] : undefined;
  if (members === undefined || !isKeywords(schema) || Object.keys(members).length === 0)
    return `${name} = ${pythonType(schema, nameOf)}`;
  const needed = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const lines = Object.entries(members).map(([key, member]) => {
    const type = pythonType(member, nameOf);
    return `    ${pythonString(key)}: ${needed.has(key) ? `Required[${type}]` : type},`;
  });
  return `${name} = TypedDict(${pythonString(name)}, {\n${lines.join('\n')}\n}, total=False)`;
}
