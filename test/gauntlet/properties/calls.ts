import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { createState } from '@counterpart/scaffolds/mirror/state/store';
import type {
  Blueprint,
  Json,
  JsonObject,
  JsonSchema,
  Operation,
  ParameterBinding,
} from '@counterpart/schemas';
import * as fc from 'fast-check';
import { createJudge, type Judge } from '../mirror/contract.ts';
import { mutantsOf } from '../mirror/mutants.ts';
import { arbitraryOf } from './arbitrary.ts';

/** What generated calls of one description came to. */
export interface Properties {
  /** Operations that calls could be generated for. */
  readonly operations: number;
  /** Requests that fit the description, and those that do not. */
  readonly valid: number;
  readonly wrong: number;
  /** What was found, each in its smallest form. */
  readonly broken: readonly string[];
}

export interface PropertyOptions {
  /** Valid calls of each operation, each followed by a wrong one where one can be made. */
  readonly runs: number;
  readonly seed?: number;
}

/** Values tried before an operation is given up as one no values can be generated for. */
const TRIES = 12;

/**
 * Calls a served mirror as a client that knows nothing of it but the description: requests generated from its schemas,
 * judged by ajv, written down here and sent by fetch. Valid ones must be answered as declared, others refused.
 */
export async function judgeProperties(
  blueprint: Blueprint,
  operations: readonly Operation[],
  options: PropertyOptions,
): Promise<Properties> {
  const state = createState();
  const mirror = await startMirror(withoutCredentials(blueprint), { state });
  const counts = { valid: 0, wrong: 0 };
  const broken: string[] = [];
  let called = 0;
  try {
    const judge = createJudge(blueprint);
    for (const operation of operations) {
      const inputs = inputsOf(operation, blueprint, judge);
      if (inputs === undefined) continue;
      called += 1;
      const property = fc.asyncProperty(inputs, fc.nat(), async (input, nth) => {
        counts.valid += 1;
        state.reset();
        expectTaken(await send(mirror.url, operation, input), operation, judge);
        const wrong = wrongOf(operation, input, judge);
        const [one] = wrong.slice(nth % Math.max(1, wrong.length));
        if (one === undefined) return;
        const answered = await send(mirror.url, operation, one.input);
        // Where two operations share a route, what is wrong for one may be right for the other.
        if (answered.operation !== null && answered.operation !== operation.name) return;
        counts.wrong += 1;
        const { status } = answered;
        if (status < 400) throw new Error(`${one.what} was answered ${status}`);
      });
      const found = await fc.check(property, {
        numRuns: options.runs,
        seed: options.seed ?? 1,
        endOnFailure: false,
      });
      if (found.failed)
        broken.push(
          `${operation.name}: ${reasonOf(found.errorInstance)} ${fc.stringify(found.counterexample)}`,
        );
    }
  } finally {
    await mirror.close();
  }
  return { operations: called, ...counts, broken };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const withoutCredentials = (blueprint: Blueprint): Blueprint => ({
  ...blueprint,
  auth: { schemes: {}, default: [] },
  operations: blueprint.operations.map(({ auth: _none, ...operation }) => operation),
});

/** Text that is one segment of a path and one value of a query however it is read. */
const PLAIN = /^[A-Za-z][A-Za-z0-9]{0,9}$/;

const isScalar = (value: Json | undefined): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Parameters whose values are written here: plain ones of paths, queries and headers. */
const isWritten = ({ in: place, style, content }: ParameterBinding & { content?: unknown }): boolean =>
  content === undefined &&
  ((place === 'path' && style === 'simple') || (place === 'query' && style === 'form') || place === 'header');

function propertiesOf({ input }: Operation): Readonly<Record<string, JsonSchema>> {
  const { properties } = input as JsonObject; // an operation's input is an object schema
  return (properties ?? {}) as Record<string, JsonSchema>;
}

/** True when a request takes no more than plain parameters and a JSON body. */
function isCallable({ http: { parameters, body }, stream }: Operation): boolean {
  const isPlain = parameters.every((one) => isWritten(one) || !one.required);
  const isJson = body?.required !== true || body.contents[0]?.kind === 'json';
  return isPlain && isJson && stream === undefined;
}

/** Values of one parameter: any text is plain, except where a query or the schema asks for more. */
function valuesOf({ in: place }: ParameterBinding, schema: JsonSchema, { types }: Blueprint, judge: Judge) {
  const takesPlain = judge(schema, 'plain') === undefined;
  return arbitraryOf(schema, types).map((value) => {
    const isFree = typeof value === 'string' && takesPlain && (place !== 'query' || value === '');
    return isFree ? 'plain' : value;
  });
}

/** Valid inputs; undefined for an operation that is not called, or no values are found for. */
function inputsOf(
  operation: Operation,
  blueprint: Blueprint,
  judge: Judge,
): fc.Arbitrary<JsonObject> | undefined {
  if (!isCallable(operation)) return undefined;
  const { parameters, body, method } = operation.http;
  const content = body?.contents[0];
  const schemas = propertiesOf(operation);
  const written = parameters.filter(isWritten);
  const members = written.map((one): [string, fc.Arbitrary<Json>] => [
    one.key,
    valuesOf(one, schemas[one.key] ?? true, blueprint, judge),
  ]);
  const hasBody = content?.kind === 'json' && method !== 'GET' && method !== 'HEAD';
  if (hasBody) members.push(['body', arbitraryOf(content.schema, blueprint.types)]);
  const required = [
    ...written.filter((one) => one.required).map(({ key }) => key),
    ...(hasBody && body?.required === true ? ['body'] : []),
  ];
  const fits = (input: JsonObject): boolean =>
    Object.entries(input).every(([key, value]) => {
      if (key === 'body') return content !== undefined && judge(content.schema, value) === undefined;
      return isScalar(value) && fitsPlace(value) && judge(schemas[key] ?? true, value) === undefined;
    });
  const all = fc.record(Object.fromEntries(members), { requiredKeys: required, noNullPrototype: true });
  try {
    const share = fc.sample(all, { numRuns: TRIES, seed: 1 }).filter(fits).length / TRIES;
    return share >= 0.25 ? all.filter(fits) : undefined;
  } catch {
    return undefined; // a pattern of another dialect: no values can be generated
  }
}

const fitsPlace = (value: string | number | boolean): boolean =>
  typeof value !== 'string' ||
  (/^[\x21-\x7e]+$/.test(value) && (PLAIN.test(value) || !/[/%\\,;.]/.test(value)));

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
  /** The one that answered; null where the mirror does not say. */
  readonly operation: string | null;
}

/** Where a request goes, with its plain parameters written into path, query and headers. */
function addressOf(
  { http }: Operation,
  input: JsonObject,
): { readonly target: string; readonly headers: Headers } {
  let path = http.path;
  const query = new URLSearchParams();
  const headers = new Headers();
  for (const { key, name, in: place } of http.parameters) {
    const value = input[key];
    if (!isScalar(value)) continue;
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (place === 'query') query.append(name, String(value));
    else headers.set(name, String(value));
  }
  const joint = path.includes('?') ? '&' : '?';
  return { target: query.size > 0 ? `${path}${joint}${query.toString()}` : path, headers };
}

/** Writes a request down and sends it. */
async function send(base: string, operation: Operation, input: JsonObject): Promise<Answer> {
  const { method, body } = operation.http;
  const { target, headers } = addressOf(operation, input);
  const sent = 'body' in input ? { body: JSON.stringify(input['body']) } : {};
  if ('body' in input) headers.set('content-type', body?.contents[0]?.mediaType ?? 'application/json');
  const response = await fetch(base + target, { method, headers, redirect: 'manual', ...sent });
  const text = await response.text();
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const parsed: unknown = /[/+]json$/.test(type) && text !== '' ? JSON.parse(text) : undefined;
  return {
    status: response.status,
    type,
    body: parsed,
    operation: response.headers.get('x-mirror-operation'),
  };
}

/** A valid request is answered as declared, and what is answered is true to its schema. */
function expectTaken({ status, type, body }: Answer, { http }: Operation, judge: Judge): void {
  const isDeclared = http.responses.some((one) => one.status === String(status));
  if (status >= 500 || (status >= 400 && !isDeclared) || status === 400 || status === 422)
    throw new Error(`a valid request was answered ${status}: ${JSON.stringify(body)?.slice(0, 300)}`);
  const declared = http.responses.find((one) => one.status === String(status));
  const content = declared?.contents.find(({ mediaType }) => mediaType.split(';')[0] === type);
  const why = content?.schema === undefined || body === undefined ? undefined : judge(content.schema, body);
  if (why !== undefined) throw new Error(`the answer ${status} is not true to its schema: ${why}`);
}

/** Requests that differ from a valid one in one place, where no reading of the description allows the difference. */
function wrongOf(
  operation: Operation,
  input: JsonObject,
  judge: Judge,
): readonly { readonly what: string; readonly input: JsonObject }[] {
  const schema = operation.http.body?.contents[0]?.schema;
  const { body } = input;
  const bodies =
    schema === undefined || body === undefined
      ? []
      : mutantsOf(body).filter(({ value }) => judge(schema, value) !== undefined);
  const schemas = propertiesOf(operation);
  const parameters = operation.http.parameters.filter(
    ({ key, in: place }) => key in input && place !== 'path',
  );
  return [
    ...bodies.map(({ what, value }) => ({ what: `body${what}`, input: { ...input, body: value } })),
    ...parameters
      .filter(({ key }) =>
        ['__wrong__', ['__wrong__'], { __wrong__: '' }].every(
          (one) => judge(schemas[key] ?? true, one) !== undefined,
        ),
      )
      .map(({ key }) => ({ what: `${key}: __wrong__`, input: { ...input, [key]: '__wrong__' } })),
  ];
}
