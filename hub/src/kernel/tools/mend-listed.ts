import { isMembers } from '../protocol/members.ts';
import type { JsonMembers } from '../ports.ts';

/** Members of a listed thing that need not be there. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'title',
  'description',
  'icons',
  'annotations',
  'arguments',
  'execution',
  'mimeType',
  'outputSchema',
  'size',
  '_meta',
]);
const SCHEMA_OPTIONAL: ReadonlySet<string> = new Set(['properties', 'required']);

/**
 * What a server lists, with four things said in the way that clients read, which otherwise refuse the whole list: a member that
 * need not be there and is null is left out, as writers in languages without an absent value mean it; a property that may be
 * anything (`true`) or nothing (`false`) is an object, which JSON Schema takes for the same; a tool's input that is not said
 * to be an object is said to be one, as arguments are; and a resource without a name is called by its URI. The very same
 * object where there is none of these.
 */
export function mendListed<T extends JsonMembers>(item: T): T {
  const parts: [string, unknown][] = [
    ['annotations', noNulls(item['annotations'])],
    ['arguments', eachNoNulls(item['arguments'])],
    ['inputSchema', mendSchema(asObject(item))],
    ['outputSchema', mendSchema(item['outputSchema'])],
    ['name', item['name'] ?? item['uri'] ?? item['uriTemplate']],
  ];
  const changed = parts.filter(([key, value]) => value !== item[key]);
  const lacks = Object.entries(item).some(([key, value]) => value === null && OPTIONAL.has(key));
  if (!lacks && changed.length === 0) return item;
  const mended = { ...item, ...Object.fromEntries(changed) };
  return lacks ? without(mended, (key) => OPTIONAL.has(key)) : mended;
}

function without<T extends JsonMembers>(members: T, isOptional: (key: string) => boolean): T {
  const kept = { ...members };
  for (const key of Object.keys(kept)) if (kept[key] === null && isOptional(key)) delete kept[key];
  return kept;
}

const noNulls = (value: unknown): unknown =>
  isMembers(value) && Object.values(value).includes(null) ? without(value, () => true) : value;

function eachNoNulls(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const parts: unknown[] = value.map(noNulls);
  return parts.some((part, at) => part !== value[at]) ? parts : value;
}

/** The same for a tool, which may be listed without a word on its input. */
export const mendListedTool = <T extends JsonMembers>(tool: T): T =>
  mendListed('inputSchema' in tool && tool['inputSchema'] !== null ? tool : { ...tool, inputSchema: {} });

/** The input of a tool, which alone has one; what is said to be anything else stays, and is judged later. */
function asObject({ inputSchema }: JsonMembers): unknown {
  if (!isMembers(inputSchema)) return inputSchema;
  const { type } = inputSchema;
  const isSilent = type === undefined || type === null || (Array.isArray(type) && type.includes('object'));
  return isSilent ? { ...inputSchema, type: 'object' } : inputSchema;
}

function mendSchema(schema: unknown): unknown {
  if (!isMembers(schema)) return schema;
  const properties = mendProperties(schema['properties']);
  const lacks = [...SCHEMA_OPTIONAL].some((key) => schema[key] === null);
  if (!lacks && properties === schema['properties']) return schema;
  const mended = properties === undefined ? schema : { ...schema, properties };
  return without(mended, (key) => SCHEMA_OPTIONAL.has(key));
}

function mendProperties(properties: unknown): unknown {
  if (!isMembers(properties)) return properties;
  const entries = Object.entries(properties);
  if (!entries.some(([, value]) => typeof value === 'boolean')) return properties;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value === true ? {} : value === false ? { not: {} } : value]),
  );
}
