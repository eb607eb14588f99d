import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../../openapi/source/json-tree.ts';
import { jsonOf, type Content, type Part } from '../entries/content.ts';
import { Samples } from '../infer/samples.ts';
import { scalarSchema } from '../infer/scalars.ts';
import { MAX_EXAMPLE_CHARS } from '../limits.ts';
import type { Vault } from '../secrets/vault.ts';

const MAX_EXAMPLES = 3;

/** The `content` of a request or an answer, merged over all bodies that were recorded of it. */
export function contentsOf(contents: readonly Content[], vault: Vault): JsonObject {
  const byType = Map.groupBy(contents, ({ mediaType }) => mediaType);
  return Object.fromEntries(
    [...byType].map(([mediaType, list]): [string, Json] => [mediaType, mediaOf(list, vault)]),
  );
}

function mediaOf(contents: readonly Content[], vault: Vault): JsonObject {
  const values = contents.flatMap((content) => {
    const value = jsonOf(content);
    return value === undefined ? [] : [vault.json(value)];
  });
  if (values.length > 0) return { schema: schemaOf(values), ...examplesOf(values) };
  const parts = contents.flatMap((content) =>
    content.kind === 'form' || content.kind === 'multipart' ? [vault.parts(content.parts)] : [],
  );
  if (parts.length > 0) return { schema: formSchema(parts) };
  return contents.some(({ kind }) => kind === 'text') ? { schema: { type: 'string' } } : {};
}

function schemaOf(values: readonly Json[]): JsonObject {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return samples.schema();
}

function examplesOf(values: readonly Json[]): JsonObject {
  const shown = new Map<string, Json>();
  for (const value of values) {
    const short = shortened(value);
    const text = JSON.stringify(short);
    if (text.length <= MAX_EXAMPLE_CHARS) shown.set(text, short);
    if (shown.size >= MAX_EXAMPLES) break;
  }
  if (shown.size === 0) return {};
  const examples = [...shown.values()].map((value, index): [string, Json] => [
    index === 0 ? 'recorded' : `recorded-${index + 1}`,
    { value },
  ]);
  return { examples: Object.fromEntries(examples) };
}

/** The value with lists cut until it is short enough to be an example. */
function shortened(value: Json): Json {
  for (const items of [50, 10, 3, 1]) {
    const cut = withItems(value, items);
    if (JSON.stringify(cut).length <= MAX_EXAMPLE_CHARS) return cut;
  }
  return value;
}

function withItems(value: Json, items: number): Json {
  if (isArray(value)) return value.slice(0, items).map((item) => withItems(item, items));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withItems(one, items)]));
}

function formSchema(forms: readonly (readonly Part[])[]): JsonObject {
  const fields = Map.groupBy(forms.flat(), ({ name }) => name);
  const required = [...fields.keys()].filter((name) =>
    forms.every((form) => form.some((part) => part.name === name)),
  );
  const properties = [...fields].map(([name, parts]): [string, JsonObject] => {
    const isFile = parts.some(({ value }) => value === undefined);
    const one: JsonObject = isFile
      ? { type: 'string', format: 'binary' }
      : scalarSchema(
          name,
          parts.flatMap(({ value }) => value ?? []),
        );
    const isList = forms.some((form) => form.filter((part) => part.name === name).length > 1);
    return [name, isList ? { type: 'array', items: one } : one];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && forms.length > 1 ? { required } : {}),
  };
}
