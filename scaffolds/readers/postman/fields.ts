import type { Json, JsonObject } from '@counterpart/schemas';
import { examplesOf } from '../har/document/parameters.ts';
import { scalarSchema } from '../har/infer/scalars.ts';
import { isObject, listMember, objectMember, textMember } from '../openapi/source/json-tree.ts';
import type { Call } from './call.ts';
import { textAbout, type Told } from './parameters.ts';
import { describedAs } from './saved/collection.ts';
import { withPlaceholders } from './saved/variables.ts';

const FORMS = {
  urlencoded: 'application/x-www-form-urlencoded',
  formdata: 'multipart/form-data',
} as const;

/** The content of a body with what the collection says of the fields of its forms, and those that are switched off. */
export function withFields(content: JsonObject, group: readonly Call[], told: Told): JsonObject {
  const forms = Object.entries(FORMS).flatMap(([mode, mediaType]) => {
    const fields = group.flatMap(({ saved }) => fieldsOf(objectMember(saved.request, 'body'), mode));
    return fields.length === 0 ? [] : [[mediaType, fields] as const];
  });
  const media = forms.map(([mediaType, fields]): [string, Json] => {
    const known = objectMember(content, mediaType);
    return [mediaType, { ...known, schema: fieldsSchema(objectMember(known, 'schema'), fields, told) }];
  });
  return { ...content, ...Object.fromEntries(media) };
}

const fieldsOf = (body: JsonObject, mode: string): JsonObject[] =>
  textMember(body, 'mode') === mode
    ? listMember(body, mode)
        .filter(isObject)
        .filter((field) => (textMember(field, 'key') ?? '').trim() !== '')
    : [];

function fieldsSchema(schema: JsonObject, fields: readonly JsonObject[], told: Told): JsonObject {
  const properties = new Map(Object.entries(objectMember(schema, 'properties')));
  const required = new Set<string>();
  for (const field of fields) {
    const name = (textMember(field, 'key') ?? '').trim();
    const { text, isRequired } = textAbout(describedAs(field), told.reading.vault);
    if (isRequired) required.add(name);
    properties.set(name, {
      ...(text === '' ? {} : { description: text }),
      ...fieldSchema(name, field, told),
      ...objectMember(Object.fromEntries(properties), name),
    });
  }
  return {
    type: 'object',
    ...schema,
    properties: Object.fromEntries(properties),
    ...(required.size > 0 ? { required: [...required] } : {}),
  };
}

function fieldSchema(name: string, field: JsonObject, { reading, variables }: Told): JsonObject {
  if (textMember(field, 'type') === 'file') return { type: 'string', format: 'binary' };
  const value = withPlaceholders(variables.resolve(textMember(field, 'value') ?? ''));
  const values = value === '' || /^<.*>$/.test(value) ? [] : [value];
  return { ...scalarSchema(name, values), ...examplesOf(name, values, reading.vault) };
}
