import type { JsonSchema, Operation } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import { isArray, isObject } from '../schema/json-value.ts';
import type { Group, Member } from './group.ts';
import { membersOf, richestShape } from './members.ts';
import type { RequestValue, Resource } from './resource.ts';
import { plain, singular } from './words.ts';

interface Candidate extends RequestValue {
  readonly required: boolean;
}

function bodyMembers(operation: Operation, typing: Typing): readonly Candidate[] {
  const schema: JsonSchema = operation.http.body?.contents[0]?.schema ?? true;
  const told = richestShape(schema, typing)?.keywords['required'];
  const required = isArray(told) ? told : [];
  return Object.entries(membersOf(schema, typing))
    .filter(([, member]) => isScalar(member, typing))
    .map(([name]) => ({ in: 'body', name, required: required.includes(name) }));
}

function isScalar(schema: JsonSchema, typing: Typing): boolean {
  const keywords =
    isObject(schema) && '$ref' in schema ? (richestShape(schema, typing)?.keywords ?? {}) : schema;
  return (
    !isObject(keywords) ||
    (keywords['type'] !== 'object' && keywords['type'] !== 'array' && !('properties' in keywords))
  );
}

function candidatesOf(operation: Operation, typing: Typing): readonly Candidate[] {
  const inQuery = operation.http.parameters
    .filter((binding) => binding.in === 'query')
    .map(({ name, required }): Candidate => ({ in: 'query', name, required }));
  return [...inQuery, ...bodyMembers(operation, typing)];
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
  { operation, role, bodySteps }: Member,
  group: Group,
  { resource, typing }: { readonly resource: Resource; readonly typing: Typing },
): RequestValue | undefined {
  const nouns = [resource.noun, ...wrapperNames(group)].map((name) => singular(plain(name)));
  const field = resource.idSteps?.at(-1);
  const isNew = role === 'create' && field !== undefined;
  const wanted = isNew ? [plain(field)] : wantedNames(nouns, field);
  const candidates = candidatesOf(operation, typing);
  const found = wanted
    .flatMap((name) => candidates.filter((candidate) => plain(candidate.name) === name))
    // What is made may bring its name along; only an identifier that it has to bring decides who it is.
    .find(({ required }) => role !== 'create' || required);
  if (found) return { in: found.in, name: found.name };
  // `UpdateTopic` is given the whole topic, its name with it.
  const [wrapper, ...others] = bodySteps;
  const isWhole = role === 'update' && typeof wrapper === 'string' && others.length === 0;
  return isWhole && resource.idSteps ? { in: 'body', name: wrapper, inside: resource.idSteps } : undefined;
}
