import {
  namedType,
  nullableType,
  type Schema,
  type Selection,
  type TypeDefinition,
  type TypeReference,
} from '@counterpart/kit/graphql';
import type { JsonObject, JsonSchema } from '@counterpart/schemas';
import { cutText } from '../../openapi/text/text.ts';
import { withNull } from './input-schema.ts';
import { isUpload, scalarSchema } from './scalars.ts';

const OUTPUT_TEXT = 120;
/** Longer lists of values say little and cost much. */
const MOST_VALUES = 30;

/** Schema of what a selection answers. */
export class OutputSchemas {
  readonly #schema: Schema;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** Schema of a value of this type with these fields selected. */
  ofType(type: TypeReference, selections: readonly Selection[]): JsonObject {
    if (type.kind !== 'non-null') return withNull(this.#present(type, selections));
    return this.#present(nullableType(type), selections);
  }

  #present(type: TypeReference, selections: readonly Selection[]): JsonObject {
    if (type.kind === 'list') return { type: 'array', items: this.ofType(type.of, selections) };
    const name = namedType(type);
    const definition = this.#schema.type(name);
    if (definition === undefined || definition.kind === 'scalar')
      return isUpload(name) ? {} : scalarSchema(name);
    if (definition.kind === 'enum') {
      const values = definition.values.map((value) => value.name);
      return { type: 'string', ...(values.length <= MOST_VALUES ? { enum: values } : {}) };
    }
    return this.#object(definition, selections);
  }

  #object(definition: TypeDefinition, selections: readonly Selection[]): JsonObject {
    const properties = new Map<string, JsonSchema>();
    const always: string[] = [];
    for (const selection of selections) {
      if (selection.kind === 'inline') {
        const on = this.#schema.type(selection.on ?? definition.name);
        const inner = on && this.#object(on, selection.selections)['properties'];
        for (const [key, schema] of Object.entries(inner ?? {})) properties.set(key, schema as JsonSchema); // made just now
      } else if (selection.kind === 'field') {
        const key = selection.alias ?? selection.name;
        properties.set(key, this.#field(definition, selection.name, selection.selections ?? []));
        always.push(key);
      }
    }
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(always.length === 0 ? {} : { required: always }),
    };
  }

  #field(parent: TypeDefinition, name: string, selections: readonly Selection[]): JsonObject {
    const field = this.#schema.field(parent, name);
    if (field === undefined) return {};
    const schema = this.ofType(field.type, selections);
    const text = field.description;
    return text === undefined ? schema : { ...schema, description: cutText(text, OUTPUT_TEXT) };
  }
}
