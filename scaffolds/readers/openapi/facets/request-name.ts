import { check } from '@counterpart/kit/schema';
import type { Json, JsonObject, Operation, ParameterBinding } from '@counterpart/schemas';
import { isArray, isObject, member, objectMember } from '../source/json-tree.ts';
import { squeezed } from './shape.ts';

type Made = NonNullable<ParameterBinding['made']>;

/** Headers that name the request itself: whoever sends it makes them up, and a model's would name several the same. */
const NAMES =
  /^(?:x?(?:ms)?(?:client|fapi|http)?(?:request|correlation|interaction|trace)(?:id|uuid|guid)|xb3traceid)$/;

const SAMPLES: Readonly<Record<Made, string>> = {
  uuid: '5b2b7c0e-93d4-4d0c-a6f1-1f8e2d3c4b5a',
  hex: '5b2b7c0e93d44d0ca6f11f8e2d3c4b5a',
  traceparent: '00-5b2b7c0e93d44d0ca6f11f8e2d3c4b5a-a6f11f8e2d3c4b5a-00',
};

function kindsOf(name: string): readonly Made[] {
  const plain = squeezed(name);
  if (plain === 'traceparent') return ['traceparent'];
  if (!NAMES.test(plain)) return [];
  return plain === 'xb3traceid' ? ['hex'] : ['uuid', 'hex'];
}

/** What a header that must be sent is made of for each request; undefined for what is the caller's to give. */
function madeOf(binding: ParameterBinding, input: JsonObject, $defs: JsonObject): Made | undefined {
  const { in: place, name, key, required } = binding;
  if (!required || place !== 'header' || binding.default !== undefined) return undefined;
  const schema = member(objectMember(input, 'properties'), key) ?? true;
  const format = member(schema, 'format');
  if (format !== undefined && format !== 'uuid' && format !== 'guid') return undefined;
  return kindsOf(name).find((kind) => check({ allOf: [schema], $defs }, SAMPLES[kind]).length === 0);
}

const without = (members: JsonObject, keys: ReadonlySet<Json>): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([key]) => !keys.has(key)));

/** The input with nobody asked for these keys. */
export function notAsked(input: JsonObject, keys: ReadonlySet<Json>): JsonObject {
  const { required, ...rest } = input;
  const asked = isArray(required) ? required.filter((name) => !keys.has(name)) : [];
  return asked.length === 0 ? rest : { ...input, required: asked };
}

/** The operation with headers that name the request made by who sends it instead of asked for; `types` of the blueprint. */
export function withRequestNames(operation: Operation, types: JsonObject): Operation {
  const { input, http, examples, notes = [] } = operation;
  if (!isObject(input)) return operation;
  const parameters = http.parameters.map((binding) => {
    const made = madeOf(binding, input, types);
    return made === undefined ? binding : { ...binding, made };
  });
  const named = parameters.filter(({ made }) => made !== undefined);
  if (named.length === 0) return operation;
  const keys = new Set<Json>(named.map(({ key }) => key));
  const asked = notAsked(input, keys);
  return {
    ...operation,
    input: { ...asked, properties: without(objectMember(asked, 'properties'), keys) },
    http: { ...http, parameters },
    ...(examples === undefined
      ? {}
      : { examples: examples.map((one) => ({ ...one, input: without(one.input, keys) })) }),
    notes: [...notes, ...named.map(({ name }) => `The header ${name} is made anew for each request.`)],
  };
}
