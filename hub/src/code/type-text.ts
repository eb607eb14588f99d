import { commentText, propertyName, quoted } from '@counterpart/scaffolds/sdk/ts-text';
import { isMembers } from '../kernel/protocol/members.ts';

/** How much of a schema is told. */
export interface TypeDetail {
  /** Levels of objects inside objects; what lies deeper is `unknown`. */
  readonly depth: number;
  /** Whether members carry their descriptions. */
  readonly comments: boolean;
}

/** References that are followed inside one another: a type that holds itself ends as `unknown`. */
const DEEPEST_REFERENCE = 3;
const MOST_MEMBERS = 60;
const MOST_ALTERNATIVES = 40;
const LONGEST_LITERAL = 100;

interface Place extends TypeDetail {
  readonly root: unknown;
  readonly references: number;
}

/** A JSON schema as the text of a TypeScript type, on one line. Says `unknown` of what TypeScript cannot say; never throws. */
export const typeText = (schema: unknown, detail: TypeDetail): string =>
  typeOf(schema, { ...detail, root: schema, references: 0 });

function typeOf(schema: unknown, place: Place): string {
  if (schema === false) return 'never';
  if (!isMembers(schema)) return 'unknown';
  const { $ref, allOf } = schema;
  if (typeof $ref === 'string') return referred($ref, place);
  if ('const' in schema) return literal(schema['const']);
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map(literal));
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives)) return union(alternatives.map((one) => typeOf(one, place)));
  if (Array.isArray(allOf) && allOf.length > 0)
    return allOf
      .slice(0, MOST_ALTERNATIVES)
      .map((one) => inUnion(typeOf(one, place)))
      .join(' & ');
  return plainType(schema, place);
}

function plainType(schema: Readonly<Record<string, unknown>>, place: Place): string {
  const { type } = schema;
  if (Array.isArray(type)) return union(type.map((one) => plainType({ ...schema, type: one }, place)));
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return arrayType(schema, place);
    case 'object':
      return objectType(schema, place);
    default:
      return isMembers(schema['properties']) ? objectType(schema, place) : 'unknown';
  }
}

/** References inside the same schema only; nothing is ever fetched. */
function referred(reference: string, place: Place): string {
  if (place.references >= DEEPEST_REFERENCE || !reference.startsWith('#')) return 'unknown';
  let found: unknown = place.root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isMembers(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return typeOf(found, { ...place, references: place.references + 1 });
}

function arrayType({ items, prefixItems }: Readonly<Record<string, unknown>>, place: Place): string {
  if (Array.isArray(prefixItems) && items === false)
    return `[${prefixItems.map((item) => typeOf(item, place)).join(', ')}]`;
  return `${inUnion(typeOf(items, place))}[]`;
}

function objectType(schema: Readonly<Record<string, unknown>>, place: Place): string {
  const { properties, required, additionalProperties } = schema;
  const names = isMembers(properties) ? Object.keys(properties) : [];
  if (names.length === 0) {
    const values = isMembers(additionalProperties) ? typeOf(additionalProperties, place) : 'unknown';
    return additionalProperties === false ? '{}' : `Record<string, ${values}>`;
  }
  if (place.depth <= 0 || !isMembers(properties)) return 'Record<string, unknown>';
  const needed = new Set(Array.isArray(required) ? required : []);
  const inner = { ...place, depth: place.depth - 1 };
  const members = names.slice(0, MOST_MEMBERS).map((name) => {
    const member = properties[name];
    const comment = place.comments && isMembers(member) ? commentText(member['description']) : '';
    return `${comment}${propertyName(name)}${needed.has(name) ? '' : '?'}: ${typeOf(member, inner)}`;
  });
  if (names.length > MOST_MEMBERS) members.push('[more: string]: unknown');
  return `{ ${members.join('; ')} }`;
}

function union(parts: readonly string[]): string {
  const told = [...new Set(parts)];
  if (told.length === 0 || told.includes('unknown')) return 'unknown';
  if (told.length > MOST_ALTERNATIVES) return [...new Set(told.map(widened))].join(' | ');
  return told.join(' | ');
}

/** The type of a literal, where there are too many to name. */
const widened = (text: string): string =>
  text.startsWith('"') ? 'string' : /^-?\d/.test(text) ? 'number' : text;

const inUnion = (text: string): string => (/[|&]/.test(text) ? `(${text})` : text);

function literal(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value !== 'string') return 'unknown';
  return value.length > LONGEST_LITERAL ? 'string' : quoted(value);
}
