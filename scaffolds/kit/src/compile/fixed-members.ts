import type { Json, Operation } from '@counterpart/schemas';
import { isList, isMembers, type Members } from '../json-value.ts';

type Called = Pick<Operation, 'input'>;

/** The members of a body that must be sent and can be one value only, as the document of a recorded GraphQL query. */
function fixedOf(body: Json | undefined): ReadonlyMap<string, Json> {
  const required = isMembers(body) ? body['required'] : undefined;
  const properties = isMembers(body) ? body['properties'] : undefined;
  if (!isMembers(body) || !isMembers(properties) || !isList(required)) return new Map();
  const fixed = required.flatMap((name): [string, Json][] => {
    const property =
      typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return typeof name === 'string' && isMembers(property) && 'const' in property
      ? [[name, property['const'] ?? null]]
      : [];
  });
  return new Map(fixed);
}

const bodyIn = (input: Members): Json | undefined =>
  isMembers(input['properties']) ? input['properties']['body'] : undefined;

const without = (required: Json | undefined, isLeftOut: (name: Json) => boolean): Members => {
  const left = isList(required) ? required.filter((name) => !isLeftOut(name)) : [];
  return left.length === 0 ? {} : { required: left };
};

/** The input with nobody asked for what has one value only: a body that is nothing else may be left out. */
export function withoutFixed(input: Members): Members {
  const body = bodyIn(input);
  const fixed = fixedOf(body);
  if (fixed.size === 0 || !isMembers(body) || !isMembers(input['properties'])) return input;
  const { required, ...rest } = body;
  const asked = without(required, (name) => typeof name === 'string' && fixed.has(name));
  const { required: inputs, ...outer } = input;
  return {
    ...outer,
    properties: { ...input['properties'], body: { ...rest, ...asked } },
    ...without(inputs, (name) => name === 'body' && asked['required'] === undefined),
  };
}

/** The arguments with what has one value only, where the caller has left it out. */
export function withFixed({ input }: Called, args: Members): Members {
  if (!isMembers(input)) return args;
  const fixed = fixedOf(bodyIn(input));
  const isAsked = isList(input['required']) && input['required'].includes('body');
  const given = Object.hasOwn(args, 'body') ? args['body'] : isAsked ? {} : undefined;
  return fixed.size === 0 || !isMembers(given)
    ? args
    : { ...args, body: { ...Object.fromEntries(fixed), ...given } };
}
