import { createMirror, type Mirror } from '@counterpart/scaffolds/mirror/mirror';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { strayOf, watchState } from '@counterpart/scaffolds/mirror/state/observed-effects';
import {
  effectOf,
  type Blueprint,
  type JsonObject,
  type JsonSchema,
  type Operation,
} from '@counterpart/schemas';
import { toToolDefinition } from '@counterpart/kit';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { mutantsOf } from './mutants.ts';
import { BASE, requestOf } from './requests.ts';

/** How true a mirror is to its description, judged by a validator of its own. */
export interface Contract {
  /** Answers of success with a JSON body and a schema for it. */
  readonly bodies: number;
  readonly invalid: readonly string[];
  /** Requests that break their schema in one place. */
  readonly mutants: number;
  /** Those that were answered as if nothing were wrong. */
  readonly taken: readonly string[];
  /** Operations whose call changed what the mirror keeps. */
  readonly changing: number;
  /** Those whose annotations say otherwise than what their call was seen to do. */
  readonly strays: readonly string[];
}

/** Mutants sent of one operation, spread evenly over all that there are. */
const MAX_MUTANTS = 24;

/** Asks every operation for an answer, and again with requests that are wrong in one place. */
export async function judgeContract(
  blueprint: Blueprint,
  operations: readonly Operation[],
): Promise<Contract> {
  const mirror = createMirror(blueprint);
  const judge = createJudge(blueprint);
  const invalid: string[] = [];
  const taken: string[] = [];
  const strays: string[] = [];
  const watch = watchState(mirror.state);
  let bodies = 0;
  let mutants = 0;
  let changing = 0;
  for (const operation of operations) {
    const input = inputOf(blueprint, operation);
    if (input === undefined) continue;
    mirror.state.reset();
    watch.take();
    const answered = await ask(mirror, blueprint, operation, input);
    if (answered === undefined) continue;
    const changes = watch.take();
    if (changes.length > 0) changing += 1;
    const stray = strayOf(effectOf(toToolDefinition(blueprint, operation)), changes);
    if (stray !== undefined) strays.push(`${operation.name}: ${stray}`);
    const schema = schemaOf(operation, answered);
    if (schema !== undefined) {
      bodies += 1;
      const why = judge(schema, answered.body);
      if (why !== undefined) invalid.push(`${operation.name}: ${why}`);
    }
    for (const mutant of wrongInputs(operation, input, judge)) {
      mirror.state.reset();
      const wrong = await ask(mirror, blueprint, operation, mutant.input);
      // Where two operations share a route, what is wrong for one may be right for the other.
      if (wrong === undefined || (wrong.operation !== null && wrong.operation !== operation.name)) continue;
      mutants += 1;
      if (wrong.status < 400) taken.push(`${operation.name} ${mutant.what}`);
    }
  }
  return { bodies, invalid, mutants, taken, changing, strays };
}

/** What a mirror said. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
  /** The one that answered. */
  readonly operation: string | null;
}

/** Arguments of every kind; undefined when no valid ones can be made. */
export function inputOf(blueprint: Blueprint, operation: Operation): JsonObject | undefined {
  try {
    return sampleInput(blueprint, operation, { optional: true });
  } catch {
    return undefined; // no valid input can be made: nothing to ask
  }
}

/** Sends an operation's request; undefined for one that cannot be sent at all. */
export async function ask(
  mirror: Mirror,
  blueprint: Blueprint,
  operation: Operation,
  input: JsonObject,
): Promise<Answered | undefined> {
  const request = requestOf(blueprint, operation, input);
  if (request === undefined) return undefined;
  const { body: sent, ...bare } = request.init;
  // No client of the platform gives a GET a body, though some descriptions declare one.
  const init = sent === undefined || /^(?:GET|HEAD)$/.test(bare.method) ? bare : request.init;
  const response = await mirror.fetch(new Request(BASE + request.path, init));
  const text = await response.text();
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const isJson = /[/+]json$/.test(type) && text !== '';
  const body: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, type, body, operation: response.headers.get('x-mirror-operation') };
}

function schemaOf({ http }: Operation, { status, type, body }: Answered): JsonSchema | undefined {
  if (status >= 300 || body === undefined) return undefined;
  const declared =
    http.responses.find((one) => one.status === String(status)) ??
    http.responses.find((one) => one.status === `${String(status)[0]}XX`) ??
    http.responses.find((one) => one.status === 'default');
  return declared?.contents.find(({ mediaType }) => (mediaType.split(';')[0] ?? '').toLowerCase() === type)
    ?.schema;
}

/** Says what is wrong with a value; undefined: nothing, or the schema cannot be compiled. */
export type Judge = (schema: JsonSchema, value: unknown) => string | undefined;

/** ajv 2020-12 over the types of a blueprint, compiled here and not by the mirror. */
export function createJudge({ types }: Blueprint): Judge {
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false });
  ajvFormats.default(ajv);
  ajv.addSchema({ $id: 'types', $defs: types });
  const compiled = new Map<JsonSchema, ValidateFunction | undefined>();
  const compile = (schema: JsonSchema): ValidateFunction | undefined => {
    try {
      return ajv.compile(absolute(schema));
    } catch {
      return undefined;
    }
  };
  return (schema, value) => {
    if (!compiled.has(schema)) compiled.set(schema, compile(schema));
    const validate = compiled.get(schema);
    return validate === undefined || validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
}

/** References to the types of the blueprint, as they are found from outside it. */
const absolute = (schema: JsonSchema): JsonObject =>
  JSON.parse(
    JSON.stringify({ allOf: [schema] }, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string' ? value.replace(/^#\//, 'types#/') : value,
    ),
  ) as JsonObject; // what was a schema is one still

interface WrongInput {
  readonly what: string;
  readonly input: JsonObject;
}

/** Inputs whose JSON body its schema forbids, or that lack a parameter or give it a value of no such type. */
function wrongInputs(operation: Operation, input: JsonObject, judge: Judge): readonly WrongInput[] {
  const content = operation.http.body?.contents[0];
  const { body } = input;
  const inBody =
    content?.kind === 'json' && body !== undefined
      ? mutantsOf(body)
          .filter(({ value }) => judge(content.schema, value) !== undefined)
          .map(({ what, value }) => ({ what: `body${what}`, input: { ...input, body: value } }))
      : [];
  return [...wrongParameters(operation, input, judge), ...spread(inBody)];
}

function wrongParameters(operation: Operation, input: JsonObject, judge: Judge): readonly WrongInput[] {
  const properties = (operation.input as JsonObject)['properties'] as Readonly<Record<string, JsonSchema>>;
  return operation.http.parameters.flatMap(({ key, required, in: place, default: preset }): WrongInput[] => {
    const { [key]: _gone, ...rest } = input;
    const isOpen = place !== 'path' && preset === undefined;
    const missing = required && isOpen && key in input ? [{ what: `${key}: gone`, input: rest }] : [];
    const schema = properties[key];
    const value = input[key];
    // As text on the wire, only what no reading of the text satisfies is wrong.
    const wrong = ['__wrong__', '1e15', '-1e15'].filter(
      (text) =>
        schema !== undefined &&
        [text, Number(text), [text], [Number(text)], { [text]: '' }].every(
          (reading) => judge(schema, reading) !== undefined,
        ),
    );
    const isScalar = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
    return [
      ...missing,
      ...(isScalar
        ? wrong.map((text) => ({ what: `${key}: ${text}`, input: { ...input, [key]: text } }))
        : []),
    ];
  });
}

function spread<T>(all: readonly T[]): readonly T[] {
  const step = Math.max(1, all.length / MAX_MUTANTS);
  return Array.from({ length: Math.min(all.length, MAX_MUTANTS) }, (_, index) =>
    all.slice(Math.floor(index * step), Math.floor(index * step) + 1),
  ).flat();
}
