import type { Json, JsonObject } from '@counterpart/schemas';
import { isObject } from '../mirror/schema/json-value.ts';
import { isGraphqlName, toTypeName, UniqueNames } from './names.ts';
import { plainOf, signatureOf, type Placed, type Plain } from './plain-schema.ts';

/** Values that GraphQL has no type for: they pass as they are. */
export const SCALARS: Readonly<Record<string, string>> = {
  JSON: 'Any value.',
  Long: 'A whole number; as text where it is too large for a number.',
  Decimal: 'A number; as text where digits would be lost.',
};
const MOST_TEXT = 1_000;
/** Values of a type that lists them; more are text. */
const MOST_VALUES = 200;

type Direction = 'in' | 'out';

/** A type that was written: what its fields hold by their names; values hold nothing. */
interface Written {
  readonly kind: 'type' | 'input' | 'enum';
  readonly text: string | undefined;
  readonly members: Map<string, string>;
}

/** A description as GraphQL writes it; JSON's text is a text there too. */
export const described = (text: Json | undefined): string =>
  typeof text === 'string' && text.trim() !== ''
    ? `${JSON.stringify(text.trim().slice(0, MOST_TEXT).toWellFormed())} `
    : '';

/** The types of a GraphQL schema as they are met in JSON Schemas; equal ones become one. */
export class TypeBook {
  readonly #types = new Map<string, Written>();
  readonly #known = new Map<string, string>();
  readonly #names: UniqueNames;

  constructor(reserved: readonly string[]) {
    const usual = ['Query', 'Mutation', 'Subscription', 'String', 'Int', 'Float', 'Boolean', 'ID'];
    this.#names = new UniqueNames([...usual, ...Object.keys(SCALARS), ...reserved]);
  }

  /** The type of an answer; `hint` names it where its schema has no name. Everything in it may be null. */
  output(placed: Placed, hint: string): string {
    return this.#typeOf(placed, hint, 'out');
  }

  /** The type of an argument, without the mark that it must be given. */
  input(placed: Placed, hint: string): string {
    return this.#typeOf(placed, hint, 'in');
  }

  /** The type of a field of a type; undefined where there is none. */
  fieldType(type: string, field: string): string | undefined {
    return this.#types.get(type)?.members.get(field);
  }

  /** Adds a field to an object type unless it has one of this name. */
  addField(type: string, field: string, fieldType: string): boolean {
    const written = this.#types.get(type);
    if (written?.kind !== 'type' || written.members.has(field) || !isGraphqlName(field)) return false;
    written.members.set(field, fieldType);
    return true;
  }

  /** Every definition, as text. */
  definitions(): string[] {
    const scalars = Object.entries(SCALARS).map(([name, text]) => `${described(text)}scalar ${name}`);
    const types = [...this.#types].map(([name, { kind, text, members }]) => {
      const lines = [...members].map(([member, type]) => (type === '' ? member : `${member}: ${type}`));
      return `${described(text)}${kind} ${name} {\n  ${lines.join('\n  ')}\n}`;
    });
    return [...scalars, ...types];
  }

  #typeOf(placed: Placed, hint: string, direction: Direction): string {
    const plain = plainOf(placed);
    if (plain === undefined) return 'JSON';
    const { types, schema } = plain;
    const [type = ''] = types;
    if (types.size > 1) return mixed(types);
    switch (type) {
      case 'string':
        return this.#textType(plain, placed, { hint, direction });
      case 'integer':
        return isSmall(schema) ? 'Int' : 'Long';
      case 'number':
        return 'Float';
      case 'boolean':
        return 'Boolean';
      case 'array':
        return schema['items'] === undefined
          ? '[JSON]'
          : `[${this.#typeOf({ ...placed, schema: schema['items'] }, hint, direction)}]`;
      case 'object':
        return this.#objectType(plain, placed, { hint, direction });
      default:
        return 'JSON';
    }
  }

  /** A text with few values is a type of its own where a caller gives it; an answer may have another one after all. */
  #textType({ schema, name }: Plain, placed: Placed, { hint, direction }: Wanted): string {
    if (schema['format'] === 'int64') return 'Long';
    const values = [schema['enum'] ?? []].flat().filter((value) => value !== null);
    const names = values.filter((value) => typeof value === 'string' && isValue(value)).map(String);
    if (
      direction === 'out' ||
      names.length === 0 ||
      names.length < values.length ||
      names.length > MOST_VALUES
    )
      return 'String';
    return this.#once(homeOf(placed, name), 'enum', name ?? hint, (members) => {
      for (const value of names) members.set(value, '');
      return schema['description'];
    });
  }

  #objectType({ schema, name }: Plain, placed: Placed, { hint, direction }: Wanted): string {
    const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
    const isTyped = properties.length > 0 && properties.every(([key]) => isGraphqlName(key));
    if (!isTyped || (direction === 'in' && isObject(schema['additionalProperties']))) return 'JSON';
    const own = name ?? hint;
    const kind = direction === 'out' ? 'type' : 'input';
    return this.#once(homeOf(placed, name), kind, direction === 'out' ? own : `${own}_input`, (members) => {
      const required = new Set([schema['required'] ?? []].flat());
      for (const [key, property] of properties) {
        const type = this.#typeOf({ ...placed, schema: property }, `${own}_${key}`, direction);
        members.set(key, direction === 'in' && mustBeGiven(key, property, required) ? `${type}!` : type);
      }
      return schema['description'];
    });
  }

  /** Writes a type once: its name is known before its members are, for it may hold itself. */
  #once(
    placed: Placed,
    kind: Written['kind'],
    wanted: string,
    fill: (members: Map<string, string>) => Json | undefined,
  ): string {
    const signature = `${kind} ${signatureOf(placed)}`;
    const known = this.#known.get(signature);
    if (known !== undefined) return known;
    const name = this.#names.take(toTypeName(wanted));
    this.#known.set(signature, name);
    const members = new Map<string, string>();
    this.#types.set(name, { kind, text: undefined, members });
    const text = fill(members);
    this.#types.set(name, { kind, text: typeof text === 'string' ? text : undefined, members });
    return name;
  }
}

/** The definition itself, whatever stands beside a reference to it. */
const homeOf = (placed: Placed, name: string | undefined): Placed =>
  name === undefined ? placed : { ...placed, schema: placed.definitions[name] };

interface Wanted {
  readonly hint: string;
  readonly direction: Direction;
}

/** Whether a caller has to give a member: what has a default may be left out. */
export const mustBeGiven = (key: string, schema: Json, required: ReadonlySet<Json>): boolean =>
  required.has(key) && !(isObject(schema) && 'default' in schema);

const isValue = (text: string): boolean => isGraphqlName(text) && !/^(?:true|false|null)$/.test(text);

/** Whole numbers of GraphQL have 32 bits. */
function isSmall({ format, minimum, maximum }: JsonObject): boolean {
  const isWithin = (bound: Json | undefined): boolean =>
    typeof bound === 'number' && Math.abs(bound) <= 2_147_483_647;
  return format === 'int32' || (isWithin(minimum) && isWithin(maximum));
}

/** Numbers that may be texts too, as databases answer them. */
function mixed(types: ReadonlySet<string>): string {
  const others = [...types]
    .filter((type) => type !== 'string')
    .sort()
    .join(' ');
  if (others === 'integer') return 'Long';
  return others === 'number' || others === 'integer number' ? 'Decimal' : 'JSON';
}
