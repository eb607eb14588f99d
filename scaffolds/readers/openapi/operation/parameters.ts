import type { Json, JsonObject, JsonSchema, ParameterBinding, ParameterStyle } from '@counterpart/schemas';
import { inDigits } from '@counterpart/schemas/exact-json';
import { isCredential } from '../document/access/auth.ts';
import type { OperationContext } from '../document/context.ts';
import { isLegalKey, plainKey, shortHash } from './keys.ts';
import {
  isArray,
  isObject,
  listMember,
  member,
  objectMember,
  pointerTo,
  textMember,
} from '../source/json-tree.ts';
import { MAX_SCHEMA_EXAMPLE_CHARS, PARAMETER_DESCRIPTION_BUDGET } from '../source/limits.ts';
import { isQuiet } from '../schema/keywords.ts';
import { Unusable } from '../document/omissions.ts';
import { followThrough, resolveObject, type Located } from '../document/references.ts';
import { upgradeParameter } from '../source/swagger2.ts';
import { shortDescription } from '../text/text.ts';

type Place = ParameterBinding['in'];

/** A parameter as the tool has it: how it travels and what its value may be. */
export interface ReadParameter {
  readonly binding: ParameterBinding;
  readonly schema: JsonSchema;
  /** The caller must give it: it is required and no default stands in. */
  readonly asked: boolean;
  readonly pointer: string;
}

const STYLES: Readonly<Record<Place, readonly ParameterStyle[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
  querystring: ['content'],
};

/**
 * Parameters of the path item and the operation with references followed; the operation's own come in place of equal ones. One
 * that cannot be read is left out: what the path needs is asked for all the same, and of anything else the service can tell.
 */
export function collectParameters(
  pathItem: Located<JsonObject>,
  operation: Located<JsonObject>,
  context: OperationContext,
): Located<JsonObject>[] {
  const found = new Map<string, Located<JsonObject>>();
  for (const holder of [pathItem, operation]) {
    for (const [index, value] of listMember(holder.value, 'parameters').entries()) {
      const at = { value, pointer: pointerTo(holder.pointer, 'parameters', index) };
      const resolved = readable(at, context);
      if (resolved === undefined) continue;
      const key = `${textMember(resolved.value, 'in') ?? ''} ${textMember(resolved.value, 'name') ?? resolved.pointer}`;
      // Two `body` parameters cannot both be sent; the operation's own wins.
      found.set(key.startsWith('body ') ? 'body' : key, resolved);
    }
  }
  return [...found.values()];
}

/** The object of a parameter; undefined, and said so, where nothing can be read. Throws Unusable for one that must be given. */
function readable(at: Located, context: OperationContext): Located<JsonObject> | undefined {
  try {
    return resolveObject(context.root, at);
  } catch (error) {
    if (!(error instanceof Unusable) || member(at.value, 'required') === true) throw error;
    const { code, pointer } = error;
    const reason = `${error.message}; calls are made without it, whether it is required is not known`;
    context.lose({ code, severity: 'part', part: 'a parameter', pointer, reason });
    return undefined;
  }
}

/**
 * One parameter, not yet with its final key. Undefined when it is not the caller's to give (credentials, content
 * negotiation). Throws Unusable when the operation cannot be called without it.
 */
export function readParameter(
  given: Located<JsonObject>,
  context: OperationContext,
): ReadParameter | undefined {
  const name = textMember(given.value, 'name');
  const place = placeOf(given.value);
  const isRequired = member(given.value, 'required') === true || place === 'path';
  try {
    if (name === undefined || name === '' || place === undefined) {
      throw new Unusable(
        'parameter-unusable',
        given.pointer,
        'is a parameter without a name or with an unknown place',
      );
    }
    if (place === 'header' && /^(?:accept|content-type|authorization)$/i.test(name)) return undefined;
    if (isCredential(context.schemes, place, name)) {
      context.note(`The ${place} parameter ${name} is filled from the credentials.`);
      return undefined;
    }
    return usableParameter({ name, place, isRequired, given }, context);
  } catch (error) {
    if (!(error instanceof Unusable) || isRequired) throw error;
    const part = `parameter ${name ?? '?'}`;
    context.lose({ code: error.code, severity: 'part', part, pointer: error.pointer, reason: error.message });
    return undefined;
  }
}

interface Named {
  readonly name: string;
  readonly place: Place;
  readonly isRequired: boolean;
  readonly given: Located<JsonObject>;
}

function usableParameter(
  { name, place, isRequired, given }: Named,
  context: OperationContext,
): ReadParameter {
  const isOld = context.dialect === '2.0' || isWrittenOld(given.value);
  const parameter = isOld ? upgradeParameter(given) : given.value;
  const { pointer } = given;
  const content = contentOf(parameter);
  const schemaAt = content ? content.at.map(String) : isOld ? [] : ['schema'];
  const raw = content ? content.schema : (member(parameter, 'schema') ?? {});
  const at = { value: raw, pointer: pointerTo(pointer, ...schemaAt) };
  const meant = meantSchema(at, context);
  const draft = context.types.schema(raw, at.pointer, 'request');
  const renames = context.types.renamesOf(draft);
  const constant = constantOf(meant, { name, place, isRequired });
  const binding: ParameterBinding = {
    key: name,
    name,
    in: place,
    ...styleOf(parameter, place, content?.mediaType),
    required: isRequired,
    ...(member(parameter, 'allowReserved') === true ? { allowReserved: true } : {}),
    ...(member(parameter, 'allowEmptyValue') === true ? { allowEmptyValue: true } : {}),
    ...(content ? { contentType: content.mediaType } : {}),
    ...(constant === undefined ? {} : { default: inDigits(constant) }),
    ...(member(parameter, 'deprecated') === true ? { deprecated: true } : {}),
    ...(renames.size > 0 ? { renames: Object.fromEntries(renames) } : {}),
  };
  return {
    binding,
    schema: described(draft.schema, parameter, isEncoded(binding)),
    asked: isRequired && constant === undefined,
    pointer,
  };
}

/** What a parameter's schema says in the end: a value that stands in is as good behind a reference. Anything where that leads nowhere. */
function meantSchema(schema: Located, context: OperationContext): JsonSchema {
  const reference = textMember(schema.value, '$ref');
  try {
    const end = reference === undefined ? schema : followThrough(context.root, reference, schema.pointer);
    return context.types.schema(end.value, end.pointer, 'request').schema;
  } catch (error) {
    if (error instanceof Unusable) return true;
    throw error;
  }
}

/** A type without a schema around it, as Swagger 2.0 has it and many write it under a later version. */
const isWrittenOld = (parameter: JsonObject): boolean =>
  textMember(parameter, 'type') !== undefined &&
  member(parameter, 'schema') === undefined &&
  member(parameter, 'content') === undefined;

function placeOf(parameter: JsonObject): Place | undefined {
  const place = textMember(parameter, 'in')
    ?.toLowerCase()
    .replace(/^headers$/, 'header');
  return place === 'path' ||
    place === 'query' ||
    place === 'header' ||
    place === 'cookie' ||
    place === 'querystring'
    ? place
    : undefined;
}

function contentOf(parameter: JsonObject): { mediaType: string; schema: Json; at: string[] } | undefined {
  const [entry] = Object.entries(objectMember(parameter, 'content'));
  if (entry === undefined) return undefined;
  const [mediaType, value] = entry;
  return { mediaType, schema: member(value, 'schema') ?? {}, at: ['content', mediaType, 'schema'] };
}

function styleOf(
  parameter: JsonObject,
  place: Place,
  contentType: string | undefined,
): Pick<ParameterBinding, 'style' | 'explode'> {
  if (contentType !== undefined || place === 'querystring') return { style: 'content', explode: false };
  const allowed = STYLES[place];
  const style = allowed.find((one) => one === textMember(parameter, 'style')) ?? allowed[0] ?? 'form';
  const explode = member(parameter, 'explode');
  const byDefault = style === 'form' || style === 'cookie' || style === 'deepObject';
  return { style, explode: style === 'deepObject' || (typeof explode === 'boolean' ? explode : byDefault) };
}

/** What can be sent when the caller says nothing: the only value there is, or the default of a required parameter. */
function constantOf(schema: JsonSchema, { name, place, isRequired }: Omit<Named, 'given'>): Json | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isRequired && !(place === 'header' && /version/i.test(name))) return undefined;
  const { enum: values, const: constant, default: fallback } = schema;
  if (fallback !== undefined && fallback !== null) return fallback;
  if (constant !== undefined) return constant;
  return isArray(values) && values.length === 1 ? values[0] : undefined;
}

/** What stands in a URL is encoded for the caller, whatever its description asks of those who write the URL themselves. */
const isEncoded = ({ in: place, allowReserved }: ParameterBinding): boolean =>
  (place === 'path' || place === 'query') && allowReserved !== true;

function described(schema: JsonSchema, parameter: JsonObject, isEncodedHere: boolean): JsonSchema {
  const base = schema === true ? {} : schema;
  if (base === false) return base;
  const description = shortDescription(textMember(parameter, 'description'), PARAMETER_DESCRIPTION_BUDGET);
  const { description: own, ...rest } = base;
  const { examples: given } = rest;
  const example = given === undefined ? exampleOf(parameter) : undefined;
  const examples = isArray(given) ? given : example === undefined ? [] : [example];
  const text = description ?? own;
  const hint =
    isEncodedHere && typeof text === 'string' && /\b(?:url|percent)[- ]?encod/i.test(text)
      ? '\nGive it as it is: it is encoded on its way.'
      : '';
  return {
    ...(text === undefined ? {} : { description: typeof text === 'string' ? text + hint : text }),
    ...rest,
    ...(examples.length === 0 ? {} : { examples: isEncodedHere ? examples.map(decoded) : examples }),
    ...(member(parameter, 'deprecated') === true ? { deprecated: true } : {}),
  };
}

/** An example as it would be given: `a%2Fb` would be encoded once more. */
function decoded(example: Json): Json {
  if (typeof example !== 'string' || !/%[\dA-F]{2}/i.test(example)) return example;
  try {
    return decodeURIComponent(example);
  } catch {
    return example;
  }
}

function exampleOf(parameter: JsonObject): Json | undefined {
  const [first] = Object.values(objectMember(parameter, 'examples'));
  const example =
    member(parameter, 'example') ??
    member(parameter, 'x-example') ??
    (isObject(first) ? member(first, 'value') : undefined);
  if (
    example === undefined ||
    example === null ||
    !isQuiet(example) ||
    JSON.stringify(example).length > MAX_SCHEMA_EXAMPLE_CHARS
  )
    return undefined;
  return inDigits(example);
}

const PRECEDENCE: readonly Place[] = ['path', 'query', 'header', 'cookie', 'querystring'];

/**
 * Gives each parameter a key of its own that every client accepts: the name where it is legal and free, else one close to it.
 * A name in several places keeps its key in the path first, then the query; `body` is the body's.
 */
export function withKeys(parameters: readonly ReadParameter[]): ReadParameter[] {
  const sorted = parameters.toSorted((a, b) => rank(a) - rank(b));
  const taken = new Set(['body']);
  const keys = new Map<ReadParameter, string>();
  for (const parameter of sorted) {
    const { name, in: place } = parameter.binding;
    const plain = isLegalKey(name) && name !== '__proto__' ? name : plainKey(name);
    const key = [
      plain,
      `${plain.slice(0, 50)}_${place}`,
      `${plain.slice(0, 50)}_${shortHash(`${place} ${name}`, 6)}`,
    ].find((one) => !taken.has(one));
    if (key === undefined) continue;
    taken.add(key);
    keys.set(parameter, key);
  }
  return parameters.flatMap((parameter) => {
    const key = keys.get(parameter);
    return key === undefined ? [] : [keyed(parameter, key)];
  });
}

/** Legal names are given their keys first, so that no renamed one takes what is theirs. */
const rank = ({ binding }: ReadParameter): number =>
  PRECEDENCE.indexOf(binding.in) + (isLegalKey(binding.name) ? 0 : 10);

function keyed(parameter: ReadParameter, key: string): ReadParameter {
  const { binding, schema } = parameter;
  if (key === binding.key) return parameter;
  const sent = `Sent as ${binding.in === 'query' ? '' : `${binding.in} `}\`${binding.name}\`.`;
  const base = typeof schema === 'boolean' ? {} : schema;
  const { description } = base;
  const text = typeof description === 'string' ? `${description} (${sent})` : sent;
  return { ...parameter, binding: { ...binding, key }, schema: { ...base, description: text } };
}
