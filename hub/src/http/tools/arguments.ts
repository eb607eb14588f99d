import {
  hubError,
  type CounterpartError,
  type Json,
  type JsonObject,
  type ToolDefinition,
} from '@counterpart/schemas';
import { createSchemaBook, type SchemaBook } from '@counterpart/scaffolds/mirror/schema/schema-book';
import { isArray, isObject, parseJson, toSchemaMap } from '@counterpart/scaffolds/mirror/schema/json-value';
import type { JsonMembers, ToolRoute } from '../../kernel/ports.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import { jsonObject } from './json.ts';

/** One place where arguments do not fit (RFC 9457, 3: an extension as in its own example). */
export interface Misfit {
  /** JSON pointer into the body, as a fragment. */
  readonly pointer: string;
  readonly detail: string;
}

/** Arguments that fit, or why they do not. */
export type ReadArguments =
  | { readonly kind: 'arguments'; readonly members: JsonMembers }
  | { readonly kind: 'refused'; readonly error: CounterpartError; readonly errors: readonly Misfit[] };

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const MOST_TOLD = 3;

/** A body as it came, and the path it came to. */
export interface GivenBody {
  readonly text: string;
  readonly type: string | undefined;
  readonly path: string;
}

/** Reads a body as the arguments of a tool; without a body there are none. Never throws. */
export function readArguments({ text, type, path }: GivenBody, route: ToolRoute): ReadArguments {
  const { definition, hubName } = route;
  const body = text.trim();
  if (body !== '' && !JSON_TYPE.test(type ?? ''))
    return refused(hubError('MEDIA_TYPE_UNSUPPORTED', { path, type: shown(type) }));
  const parsed = parseJson(body === '' ? '{}' : body);
  if (parsed.kind === 'malformed')
    return refused(
      hubError('INPUT_INVALID', { subject: path, detail: `the body is not JSON: ${parsed.detail}` }),
    );
  const { value } = parsed;
  if (!isObject(value)) return misfits(hubName, [{ pointer: '#', detail: 'must be an object' }]);
  const errors = misfitsOf(definition, value);
  // As it came: a number of more digits than a double holds is another one afterwards.
  return errors.length === 0
    ? { kind: 'arguments', members: membersOf(parseExact(body === '' ? '{}' : body)) }
    : misfits(hubName, errors);
}

const shown = (type: string | undefined): string =>
  type === undefined ? 'a body of no type' : type.slice(0, 80);

const refused = (error: CounterpartError, errors: readonly Misfit[] = []): ReadArguments => ({
  kind: 'refused',
  error,
  errors,
});

function misfits(tool: string, errors: readonly Misfit[]): ReadArguments {
  const told = errors.slice(0, MOST_TOLD).map(({ pointer, detail }) => `${pointer} ${detail}`);
  const more = errors.length > MOST_TOLD ? ` (${errors.length - MOST_TOLD} more)` : '';
  return refused(hubError('ARGUMENTS_INVALID', { tool, detail: told.join('; ') + more }), errors);
}

interface Checked {
  readonly book: SchemaBook;
  readonly schema: JsonObject;
}

/** Compiled when a tool is first called by REST, kept as long as its definition is. */
const checks = new WeakMap<ToolDefinition, Checked>();

function checkOf(definition: ToolDefinition): Checked {
  const known = checks.get(definition);
  if (known) return known;
  const schema = jsonObject(asGiven(jsonObject(definition.inputSchema), 0));
  const check = { schema, book: createSchemaBook(toSchemaMap(schema['$defs'])) };
  checks.set(definition, check);
  return check;
}

/** Deeper than any schema that is checked. */
const DEEPEST = 64;

/**
 * What a caller may give: a member with a default may be left out, even where generators list it as required because the tool
 * itself, after filling defaults in, always has it.
 */
function asGiven(node: Json, depth: number): Json {
  if (depth > DEEPEST) return node;
  if (isArray(node)) return node.map((item) => asGiven(item, depth + 1));
  if (!isObject(node)) return node;
  const given = Object.fromEntries(
    Object.entries(node).map(([name, member]) => [name, asGiven(member, depth + 1)]),
  );
  const { properties, required } = given;
  if (!isObject(properties) || !isArray(required)) return given;
  const hasDefault = (name: Json): boolean => {
    const member = typeof name === 'string' ? properties[name] : undefined;
    return isObject(member) && member['default'] !== undefined;
  };
  return { ...given, required: required.filter((name) => !hasDefault(name)) };
}

/** `format` is an annotation in JSON Schema 2020-12; whether a value has it is for the server to say. */
const BY_FORMAT = /^format /;

function misfitsOf(definition: ToolDefinition, value: Json): Misfit[] {
  const { book, schema } = checkOf(definition);
  return book
    .breaches(schema, value)
    .filter(({ expected }) => !BY_FORMAT.test(expected))
    .map(({ path, message }) => ({ pointer: `#${path}`, detail: message }));
}
