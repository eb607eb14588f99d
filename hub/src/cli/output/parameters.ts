import type { Paint } from './text/paint.ts';

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_DEPTH = 2;
const MAX_MEMBERS = 40;
const MAX_TEXT = 90;

/** The members of an object schema, a line each; members of members to the second level. */
export function renderParameters(schema: Schema, paint: Paint): string {
  const lines = memberLines(schema, { root: schema, depth: 0, paint });
  return lines.length === 0 ? `  ${paint.faint('(nothing)')}` : lines.join('\n');
}

interface Level {
  readonly root: Schema;
  readonly depth: number;
  readonly paint: Paint;
}

function memberLines(schema: Schema, level: Level): string[] {
  const { root, depth, paint } = level;
  const properties = resolve(schema, root)['properties'];
  if (!isSchema(properties) || depth > MAX_DEPTH) return [];
  const required = resolve(schema, root)['required'];
  const entries = Object.entries(properties);
  const shown = entries.slice(0, MAX_MEMBERS).flatMap(([name, raw]) => {
    const member = isSchema(raw) ? resolve(raw, root) : {};
    const mark = Array.isArray(required) && required.includes(name) ? paint.warn('*') : ' ';
    const text = typeof member['description'] === 'string' ? firstLine(member['description']) : '';
    const line = `  ${'  '.repeat(depth)}${mark}${paint.code(name)} ${paint.faint(typeName(member, root))}${text === '' ? '' : `  ${text}`}`;
    return [line, ...memberLines(member, { ...level, depth: depth + 1 })];
  });
  const more = entries.length - MAX_MEMBERS;
  return more > 0 ? [...shown, paint.faint(`  … and ${more} more`)] : shown;
}

function resolve(schema: Schema, root: Schema): Schema {
  const reference = schema['$ref'];
  const definitions = root['$defs'];
  if (typeof reference !== 'string' || !isSchema(definitions)) return schema;
  const target = definitions[reference.replace('#/$defs/', '')];
  return isSchema(target) && target['$ref'] === undefined ? target : schema;
}

function typeName(schema: Schema, root: Schema): string {
  const choices = schema['enum'];
  if (Array.isArray(choices)) return clip(choices.map((choice) => JSON.stringify(choice)).join(' | '));
  const type = schema['type'];
  if (type === 'array')
    return `${isSchema(schema['items']) ? typeName(resolve(schema['items'], root), root) : 'any'}[]`;
  if (Array.isArray(type)) return type.join(' | ');
  return typeof type === 'string' ? type : 'any';
}

const clip = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);
const firstLine = (text: string): string => clip(text.split('\n')[0] ?? '');
