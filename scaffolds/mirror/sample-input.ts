import {
  hubError,
  type Blueprint,
  type Json,
  type JsonObject,
  type JsonSchema,
  type Operation,
} from '@counterpart/schemas';
import { isObject, own, toSchema } from './schema/json-value.ts';
import { createSampler, type Sampler } from './sample/sample.ts';

export interface SampleInputOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Gives optional parameters and members too. Default false. */
  readonly optional?: boolean;
}

const samplers = new WeakMap<Blueprint, Map<number, Sampler>>();

function samplerFor(blueprint: Blueprint, seed: number): Sampler {
  const bySeed = samplers.get(blueprint) ?? new Map<number, Sampler>();
  samplers.set(blueprint, bySeed);
  const sampler = bySeed.get(seed) ?? createSampler(blueprint.types, seed);
  bySeed.set(seed, sampler);
  return sampler;
}

/** Text that means the same in a path, a query and a header, and is no `.` or `..` segment. */
const PLAIN_TEXT: JsonSchema = {
  anyOf: [{ type: 'string', pattern: '^[A-Za-z0-9]' }, { not: { type: 'string' } }],
};

interface Making {
  readonly sampler: Sampler;
  readonly operation: Operation;
  readonly optional: boolean;
}

function sampleProperty(
  name: string,
  schema: Json | undefined,
  { sampler, operation, optional }: Making,
): Json | undefined {
  const binding = operation.http.parameters.find(({ key }) => key === name);
  const hints = {
    name,
    salt: `${operation.name} ${name}`,
    optional: optional ? 'some' : 'none',
    filled: true,
  } as const;
  const declared = toSchema(schema);
  const plain = binding ? sampler.sample({ allOf: [declared, PLAIN_TEXT] }, hints) : undefined;
  return plain ?? sampler.sample(declared, hints);
}

/**
 * An input that `operation.input` accepts and that survives its way through a URL, a header or a form: no empty lists,
 * objects or texts where the schema allows other ones. Throws SAMPLE_IMPOSSIBLE when none can be found.
 */
export function sampleInput(
  blueprint: Blueprint,
  operation: Operation,
  options: SampleInputOptions = {},
): JsonObject {
  const making: Making = {
    sampler: samplerFor(blueprint, options.seed ?? 1),
    operation,
    optional: options.optional ?? false,
  };
  const input = isObject(operation.input) ? operation.input : {};
  const properties = isObject(input['properties']) ? input['properties'] : {};
  const required = Array.isArray(input['required']) ? input['required'] : [];
  const names = Object.keys(properties).filter((name) => making.optional || required.includes(name));
  const members = names.map((name): [string, Json | undefined] => [
    name,
    sampleProperty(name, own(properties, name), making),
  ]);
  const missing = members.find(([name, value]) => value === undefined && required.includes(name));
  if (missing) throw hubError('SAMPLE_IMPOSSIBLE', { subject: `${operation.name}, ${missing[0]}` });
  return Object.fromEntries(
    members.flatMap(([name, value]): [string, Json][] => (value === undefined ? [] : [[name, value]])),
  );
}
