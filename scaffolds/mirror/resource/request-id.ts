import type { JsonSchema, Operation } from '@counterpart/schemas';
import { isObject, own, toSchema } from '../schema/json-value.ts';
import type { Group, Member } from './group.ts';
import type { RequestValue, Resource } from './resource.ts';
import { plain, singular } from './words.ts';

interface Candidate extends RequestValue {
  readonly required: boolean;
}

function bodyMembers(operation: Operation): readonly Candidate[] {
  const schema: JsonSchema = operation.http.body?.contents[0]?.schema ?? true;
  const properties = isObject(schema) ? own(schema, 'properties') : undefined;
  const required = isObject(schema) && Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.keys(isObject(properties) ? properties : {})
    .filter((name) => isScalar(toSchema(own(isObject(properties) ? properties : {}, name))))
    .map((name) => ({ in: 'body', name, required: required.includes(name) }));
}

const isScalar = (schema: JsonSchema): boolean =>
  !isObject(schema) ||
  (schema['type'] !== 'object' && schema['type'] !== 'array' && !('properties' in schema));

function candidatesOf(operation: Operation): readonly Candidate[] {
  const inQuery = operation.http.parameters
    .filter((binding) => binding.in === 'query')
    .map(({ name, required }): Candidate => ({ in: 'query', name, required }));
  return [...inQuery, ...bodyMembers(operation)];
}

/** Last step's name of where the thing stands in answers: `conversations.info` answers a `channel` and asks for one. */
const wrapperNames = (group: Group): readonly string[] =>
  group.members.flatMap(({ item }) =>
    typeof item?.steps.at(-1) === 'string' ? [String(item.steps.at(-1))] : [],
  );

function wantedNames(nouns: readonly string[], field: string | undefined): readonly string[] {
  const own = nouns.flatMap((noun) => [`${noun}id`, `${noun}sid`, `${noun}key`, noun]);
  return [...own, ...(field === undefined ? [] : [plain(field)]), 'id', 'sid', 'uuid', 'key', 'ref', 'name'];
}

/** Which value outside the path names the item; undefined when the request has none that could. */
export function requestIdentifier(
  { operation, role }: Member,
  group: Group,
  resource: Resource,
): RequestValue | undefined {
  const nouns = [resource.noun, ...wrapperNames(group)].map((name) => singular(plain(name)));
  const field = resource.idSteps?.at(-1);
  const isNew = role === 'create' && field !== undefined;
  const wanted = isNew ? [plain(field)] : wantedNames(nouns, field);
  const candidates = candidatesOf(operation);
  const found = wanted
    .flatMap((name) => candidates.filter((candidate) => plain(candidate.name) === name))
    // What is made may bring its name along; only an identifier that it has to bring decides who it is.
    .find(({ required }) => role !== 'create' || required);
  return found && { in: found.in, name: found.name };
}
