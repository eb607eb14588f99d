import type { Json, JsonObject } from '@counterpart/schemas';
import type { Reading } from '../har/document/parameters.ts';
import { scalarSchema } from '../har/infer/scalars.ts';
import { isCommonHeader } from '../har/secrets/auth.ts';
import type { Vault } from '../har/secrets/vault.ts';
import { isArray, isObject, member, objectMember, textMember } from '../openapi/source/json-tree.ts';
import type { Call } from './call.ts';
import { describedAs } from './saved/collection.ts';
import { queryEntries } from './exchanges.ts';
import { hasHole, type Variables } from './saved/variables.ts';

/** What reading parameters needs. */
export interface Told {
  readonly reading: Reading;
  readonly variables: Variables;
}

/** The parameters with what the collection says of them, and those that are switched off. */
export function parametersOf(group: readonly Call[], given: readonly Json[], told: Told): Json[] {
  const saved = group.flatMap((call) => savedParameters(call, told));
  const about = new Map<string, string>();
  for (const { key, description } of saved)
    if (description !== undefined && !about.has(key)) about.set(key, description);
  const { vault } = told.reading;
  const known = given.filter(isObject);
  const keys = new Set(known.map(keyOf));
  const further = saved.flatMap(({ key, parameter }) => {
    if (parameter === undefined || keys.has(key)) return [];
    keys.add(key);
    return [parameter];
  });
  return [...known, ...further].map((one) => describedParameter(one, about.get(keyOf(one)), vault));
}

const keyOf = (parameter: JsonObject): string =>
  `${textMember(parameter, 'in') ?? ''} ${textMember(parameter, 'name') ?? ''}`;

interface SavedParameter {
  readonly key: string;
  readonly description: string | undefined;
  /** What it would be where no call sends it; absent for what is no parameter of an interface. */
  readonly parameter?: JsonObject;
}

function savedParameters({ saved, address }: Call, told: Told): SavedParameter[] {
  const inPath = address.parameters.map(({ name, description }) => ({ key: `path ${name}`, description }));
  const inQuery = queryEntries(member(saved.request, 'url')).map((entry) =>
    savedParameter(entry, 'query', told),
  );
  const inHeaders = headerEntries(saved.request).map((entry) => savedParameter(entry, 'header', told));
  return [...inPath, ...inQuery, ...inHeaders];
}

function savedParameter(
  entry: JsonObject,
  place: 'query' | 'header',
  { reading, variables }: Told,
): SavedParameter {
  const written = textMember(entry, 'key') ?? '';
  const name = place === 'header' ? written.toLowerCase() : variables.resolve(written);
  const saved = { key: `${place} ${name}`, description: describedAs(entry) };
  const isOwn = place === 'query' || !isCommonHeader(name) || isChoice(name, saved.description);
  if (!isOwn || reading.auth.carries(place, name) || !/^[\w.$[\]-]+$/.test(name)) return saved;
  const schema = scalarSchema(name, [textMember(entry, 'value') ?? '']);
  return { ...saved, parameter: { name, in: place, schema } };
}

/** Headers that any client may send are parameters where the collection says what they are for. */
const isChoice = (name: string, description: string | undefined): boolean =>
  description !== undefined && name === 'accept-language';

const headerEntries = (request: JsonObject): readonly JsonObject[] => {
  const list = member(request, 'header');
  return isArray(list) ? list.filter(isObject) : [];
};

/** What a collection says of a parameter or field; tools that turn descriptions into collections mark `(Required)`. */
export const textAbout = (
  description: string | undefined,
  vault: Vault,
): { readonly text: string; readonly isRequired: boolean } => ({
  text: vault.text((description ?? '').replace(/^\((?:Required|Optional)\)\s*/i, '')),
  isRequired: /^\(Required\)/i.test(description ?? ''),
});

function describedParameter(
  parameter: JsonObject,
  description: string | undefined,
  vault: Vault,
): JsonObject {
  const schema = objectMember(parameter, 'schema');
  const kept = Object.entries(schema).filter(([, value]) => !(typeof value === 'string' && hasHole(value)));
  const { text, isRequired: isMarked } = textAbout(description, vault);
  const isRequired = isMarked || parameter['required'] === true;
  const { required: _required, ...rest } = parameter;
  return {
    ...rest,
    schema: Object.fromEntries(kept),
    ...(isRequired ? { required: true } : {}),
    ...(text === '' ? {} : { description: text }),
  };
}
