import {
  nullableType,
  type EnumValue,
  type InputDefinition,
  type Schema,
  type TypeDefinition,
  type TypeReference,
  type Value,
} from '@counterpart/kit/graphql';
import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isLegalKey } from '../../openapi/operation/keys.ts';
import { cutText } from '../../openapi/text/text.ts';
import { scalarSchema } from './scalars.ts';

const INPUT_TEXT = 300;
const MOST_ENUM_WORDS = 8;

/** A literal as JSON: names of enums are texts there. */
function literalJson(value: Value): Json {
  switch (value.kind) {
    case 'int':
    case 'float':
      return Number(value.text);
    case 'boolean':
      return value.text === 'true';
    case 'null':
      return null;
    case 'list':
      return value.values.map(literalJson);
    case 'object':
      return Object.fromEntries(value.fields.map((field) => [field.name, literalJson(field.value)]));
    case 'string':
    case 'enum':
    case 'variable':
      return value.text;
  }
}

/** The same schema, taking null too. */
export function withNull(schema: JsonObject): JsonObject {
  const { type } = schema;
  if (typeof type === 'string') {
    const values = schema['enum'];
    return {
      ...schema,
      type: [type, 'null'],
      ...(Array.isArray(values) ? { enum: [...(values as Json[]), null] } : {}), // a list inside JSON is a list of JSON
    };
  }
  if (Array.isArray(type)) return { ...schema, type: [...(type as string[]), 'null'] }; // of scalars.ts: names of types
  const { description, default: usual, deprecated, ...rest } = schema;
  if (Object.keys(rest).length === 0) return schema;
  return {
    anyOf: [rest, { type: 'null' }],
    ...(description === undefined ? {} : { description }),
    ...(usual === undefined ? {} : { default: usual }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** Makes JSON Schemas of input types; the named ones are collected, so that recursion ends at a reference. */
export class InputSchemas {
  readonly types = new Map<string, JsonSchema>();
  readonly #schema: Schema;
  readonly #waiting: TypeDefinition[] = [];

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** Schema of an argument or of a field of an input type. */
  ofInput(input: InputDefinition): JsonObject {
    const isNullable = input.type.kind !== 'non-null';
    const own = { ...this.ofType(nullableType(input.type)), ...words(input) };
    return isNullable ? withNull(own) : own;
  }

  /** Schema of a value that is not null. */
  ofType(type: TypeReference): JsonObject {
    if (type.kind === 'non-null') return this.ofType(type.of);
    if (type.kind === 'list') {
      const items = this.ofType(type.of);
      return { type: 'array', items: type.of.kind === 'non-null' ? items : withNull(items) };
    }
    const definition = this.#schema.type(type.name);
    if (definition === undefined || definition.kind === 'scalar') return scalarOf(type.name, definition);
    this.#add(definition);
    return { $ref: `#/$defs/${type.name}` };
  }

  #add(definition: TypeDefinition): void {
    const { name } = definition;
    if (this.types.has(name)) return;
    // Before its members are looked at: they may lead back to it.
    this.types.set(name, true);
    this.#waiting.push(definition);
    if (this.#waiting.length > 1) return;
    // One after the other, because types may lead to each other deeper than a stack is.
    for (const next of this.#waiting)
      this.types.set(next.name, next.kind === 'enum' ? enumSchema(next) : this.#objectSchema(next));
    this.#waiting.length = 0;
  }

  #objectSchema({ description, inputs, oneOf }: TypeDefinition): JsonObject {
    const usable = [...inputs.values()].filter(({ name }) => isLegalKey(name));
    const required = usable.filter((input) => isRequired(input)).map(({ name }) => name);
    return {
      type: 'object',
      ...(description === undefined ? {} : { description }),
      properties: Object.fromEntries(usable.map((input) => [input.name, this.ofInput(input)])),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
      ...(oneOf ? { minProperties: 1, maxProperties: 1 } : {}),
    };
  }
}

/** True for what every call must give. */
export const isRequired = ({ type, default: value }: InputDefinition): boolean =>
  type.kind === 'non-null' && value === undefined;

function words({ description, default: value, deprecated }: InputDefinition): JsonObject {
  return {
    ...(description === undefined ? {} : { description: cutText(description, INPUT_TEXT) }),
    ...(value === undefined ? {} : { default: literalJson(value) }),
    ...(deprecated === undefined ? {} : { deprecated: true }),
  };
}

function scalarOf(name: string, definition: TypeDefinition | undefined): JsonObject {
  const schema = scalarSchema(name);
  const isPlain = schema['type'] === undefined && definition !== undefined;
  return isPlain ? { description: cutText(`${name}. ${definition.description ?? ''}`.trim(), 160) } : schema;
}

/** Values with what each means, where that is said shortly. */
function enumSchema({ values, description }: TypeDefinition): JsonObject {
  const told = values.length <= MOST_ENUM_WORDS ? values.flatMap(valueWords) : [];
  const text = [description, ...told].filter((part) => part !== undefined).join('\n');
  return {
    type: 'string',
    enum: values.map(({ name }) => name),
    ...(text === '' ? {} : { description: text }),
  };
}

function valueWords({ name, description }: EnumValue): string[] {
  return description === undefined ? [] : [`${name}: ${cutText(description, 80)}`];
}
