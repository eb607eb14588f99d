import type { Json, JsonSchema } from '@counterpart/schemas';
import { commentText, propertyName, quoted } from './ts-text.ts';

type Keywords = { readonly [keyword: string]: Json };

const isKeywords = (value: Json | undefined): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names of the blueprint's types in the code, and which of them cannot be named where they stand. */
export interface TypeNames {
  readonly nameOf: ReadonlyMap<string, string>;
  /** `from → to`: a reference that would make an alias of `from` stand for itself. */
  readonly circular: ReadonlySet<string>;
}

interface Place extends TypeNames {
  /** The type whose text is written, until an object or a list is entered: there a type may name itself. */
  readonly alias: string | undefined;
  /** Before each member of an object. */
  readonly indent: string;
}

/** Longer unions of literals are told as their type. */
const MOST_LITERALS = 200;

/** A schema of a blueprint as a TypeScript type. Says `unknown` of what TypeScript cannot say; never throws. */
export const typeText = (schema: JsonSchema, names: TypeNames, alias?: string): string =>
  textOf(schema, { ...names, alias, indent: '' });

const TARGET = /^#\/\$defs\/(.+)$/;

/** Name of the type a reference leads to. */
const targetOf = (reference: Json | undefined): string | undefined =>
  typeof reference === 'string' ? TARGET.exec(reference)?.[1] : undefined;

function textOf(schema: Json | undefined, place: Place): string {
  if (schema === false) return 'never';
  if (!isKeywords(schema)) return 'unknown';
  const target = targetOf(schema['$ref']);
  const parts = [
    ...(target === undefined ? [] : [referred(target, place)]),
    ...('const' in schema ? [literal(schema['const'] ?? null)] : []),
    ...(Array.isArray(schema['enum']) ? [union(schema['enum'].map((one: Json) => literal(one)))] : []),
    ...(['anyOf', 'oneOf'] as const).flatMap((keyword) => {
      const branches = schema[keyword];
      return Array.isArray(branches) ? [union(branches.map((one: Json) => textOf(one, place)))] : [];
    }),
    ...(Array.isArray(schema['allOf']) ? schema['allOf'].map((one: Json) => textOf(one, place)) : []),
  ];
  if (!('const' in schema) && !Array.isArray(schema['enum'])) parts.push(plain(schema, place));
  const told = [...new Set(parts)].filter((part) => part !== 'unknown');
  const [only] = told;
  if (only === undefined) return 'unknown';
  return told.length === 1 ? only : told.map(grouped).join(' & ');
}

function plain(schema: Keywords, place: Place): string {
  const { type } = schema;
  if (Array.isArray(type)) return union(type.map((one: Json) => plain({ ...schema, type: one }, place)));
  const named = typeof type === 'string' ? type : '';
  switch (named) {
    case 'string':
    case 'boolean':
    case 'null':
      return named;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return listText(schema, { ...place, alias: undefined });
    case 'object':
      return objectText(schema, { ...place, alias: undefined });
    default:
      return isKeywords(schema['properties'])
        ? objectText(schema, { ...place, alias: undefined })
        : 'unknown';
  }
}

function referred(target: string, { nameOf, circular, alias }: Place): string {
  if (alias !== undefined && circular.has(`${alias} → ${target}`)) return 'unknown';
  return nameOf.get(target) ?? 'unknown';
}

function listText({ items, prefixItems }: Keywords, place: Place): string {
  if (Array.isArray(prefixItems) && items === false)
    return `[${prefixItems.map((item: Json) => textOf(item, place)).join(', ')}]`;
  return `${grouped(textOf(items, place))}[]`;
}

function objectText({ properties, required, additionalProperties }: Keywords, place: Place): string {
  const members = isKeywords(properties) ? Object.entries(properties) : [];
  const rest = isKeywords(additionalProperties) ? textOf(additionalProperties, place) : 'unknown';
  if (members.length === 0)
    return additionalProperties === false ? 'Record<string, never>' : `{ [name: string]: ${rest} }`;
  const needed = new Set(Array.isArray(required) ? required : []);
  const inner = { ...place, indent: `${place.indent}  ` };
  const lines = members.map(([name, schema]) => {
    const comment = isKeywords(schema) ? commentText(schema['description']).trimEnd() : '';
    const above = comment === '' ? '' : `${inner.indent}${comment}\n`;
    return `${above}${inner.indent}${propertyName(name)}${needed.has(name) ? '' : '?'}: ${textOf(schema, inner)};\n`;
  });
  return `{\n${lines.join('')}${place.indent}}`;
}

function union(parts: readonly string[]): string {
  const told = [...new Set(parts)];
  if (told.length === 0 || told.includes('unknown')) return 'unknown';
  const brief = told.length > MOST_LITERALS ? [...new Set(told.map(widened))] : told;
  return brief.join(' | ');
}

/** The type of a literal, where there are too many to name. */
const widened = (text: string): string =>
  text.startsWith('"') ? 'string' : /^-?\d/.test(text) ? 'number' : text;

const grouped = (text: string): string => (/[|&]/.test(text) ? `(${text})` : text);

function literal(value: Json): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  return typeof value === 'string' ? quoted(value) : 'unknown';
}

/** References of a schema that are reached without entering an object or a list. */
function aliased(schema: Json | undefined): string[] {
  if (!isKeywords(schema)) return [];
  const target = targetOf(schema['$ref']);
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => {
    const list = schema[keyword];
    return Array.isArray(list) ? list.flatMap((one: Json) => aliased(one)) : [];
  });
  return target === undefined ? branches : [target, ...branches];
}

/** References that must not be written: TypeScript refuses an alias that stands for itself. */
export function circularAliases(types: Readonly<Record<string, JsonSchema>>): ReadonlySet<string> {
  const circular = new Set<string>();
  const done = new Set<string>();
  for (const start of Object.keys(types)) {
    const path: { readonly name: string; readonly next: string[] }[] = [];
    const open = new Set<string>();
    const enter = (name: string): void => {
      open.add(name);
      path.push({ name, next: Object.hasOwn(types, name) ? aliased(types[name]) : [] });
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = top.next.shift();
      if (target === undefined) {
        path.pop();
        open.delete(top.name);
        done.add(top.name);
      } else if (open.has(target)) circular.add(`${top.name} → ${target}`);
      else if (!done.has(target)) enter(target);
    }
  }
  return circular;
}
