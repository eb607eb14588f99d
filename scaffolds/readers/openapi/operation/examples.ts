import type { Json, JsonObject, Operation } from '@counterpart/schemas';
import { inDigits } from '@counterpart/schemas/exact-json';
import type { ReadBody } from './body.ts';
import { isArray, isObject, member, objectMember, textMember } from '../source/json-tree.ts';
import { MAX_EXAMPLE_CHARS, MAX_EXAMPLES } from '../source/limits.ts';
import type { ReadParameter } from './parameters.ts';
import { localPointer, lookUp } from '../document/references.ts';

type Examples = NonNullable<Operation['examples']>;

/** The values a media type gives as examples, as they stand in the description; the longest are passed over. */
export function mediaExamples(media: Json, root: JsonObject): { name?: string; value: Json }[] {
  const single = member(media, 'example');
  const named = Object.entries(objectMember(media, 'examples')).map(([name, one]) => ({
    name,
    value: exampleValue(one, root),
  }));
  return [...(single === undefined ? [] : [{ value: single }]), ...named]
    .flatMap(({ value, ...rest }) => (value === undefined ? [] : [{ ...rest, value }]))
    .filter(({ value }) => JSON.stringify(value).length <= MAX_EXAMPLE_CHARS)
    .slice(0, MAX_EXAMPLES);
}

function exampleValue(example: Json, root: JsonObject): Json | undefined {
  const reference = textMember(example, '$ref');
  const pointer = reference === undefined ? undefined : localPointer(root, reference);
  const value = reference === undefined ? example : pointer === undefined ? undefined : lookUp(root, pointer);
  return member(value, 'value') ?? member(value, 'dataValue');
}

interface Inputs {
  readonly parameters: readonly ReadParameter[];
  readonly body: ReadBody | undefined;
  /** The request body in OpenAPI 3 form. */
  readonly source: JsonObject | undefined;
}

/**
 * Whole inputs made of the description's own examples: one for each example of a JSON body, with the examples of the
 * parameters that must be given. None when one of those has no example, or when keys of the body are renamed.
 */
export function examplesOf({ parameters, body, source }: Inputs, root: JsonObject): Examples {
  const [content] = body?.binding.contents ?? [];
  if (source === undefined || content?.kind !== 'json' || body?.binding.renames !== undefined) return [];
  const given = parameters
    .filter(({ asked }) => asked)
    .map((parameter) => [parameter.binding.key, firstExample(parameter)] as const);
  if (given.some(([, value]) => value === undefined)) return [];
  const input = Object.fromEntries(
    given.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
  const media = member(objectMember(source, 'content'), content.mediaType);
  return media === undefined
    ? []
    : mediaExamples(media, root).map(({ name, value }) => ({
        ...(name === undefined ? {} : { name }),
        input: { ...input, body: inDigits(value) },
      }));
}

function firstExample({ schema }: ReadParameter): Json | undefined {
  if (!isObject(schema)) return undefined;
  const { examples, default: fallback, enum: values } = schema;
  return (
    (isArray(examples) ? examples[0] : undefined) ?? fallback ?? (isArray(values) ? values[0] : undefined)
  );
}
