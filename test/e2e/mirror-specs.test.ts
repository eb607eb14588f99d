import { buildRequest } from '../../scaffolds/kit/src/interpret/request.ts';
import { isObject } from '@counterpart/scaffolds/mirror/schema/json-value';
import { createMirror, type Mirror } from '@counterpart/scaffolds/mirror/mirror';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { type Blueprint, type JsonObject, type JsonSchema, type Operation } from '@counterpart/schemas';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { shareOf } from './builder-workspace.ts';
import { descriptionFiles, readDescription } from './mirror-descriptions.ts';

/** Operations asked per description: enough to meet every construct, few enough for two cores. */
const SAMPLED = 150;
const BASE = 'http://mirror.test';

/** Evenly spread over the description. */
function spread(operations: readonly Operation[]): readonly Operation[] {
  const step = Math.max(1, operations.length / SAMPLED);
  return operations.filter(
    (_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step) || index === 0,
  );
}

/** Every credential is configured, every address and limit is the default. */
const env = (name: string): string | undefined => {
  if (/(?:BASE_)?URL$/.test(name)) return BASE;
  return /TIMEOUT|MAX_|BROKER/.test(name) ? undefined : 'secret';
};

function request(blueprint: Blueprint, operation: Operation, input: JsonObject): Request {
  const { servers: _own, ...http } = operation.http;
  const built = buildRequest(blueprint, { ...operation, http }, input, env).request;
  const { body } = built;
  const isSent = body !== undefined && !['GET', 'HEAD'].includes(built.method);
  return new Request(built.url, {
    method: built.method,
    headers: { ...built.headers },
    ...(isSent ? { body: typeof body === 'string' ? body : Uint8Array.from(body) } : {}),
  });
}

/** A validator that knows nothing of the mirror's own: every reference is resolved by Ajv itself. */
function createOracle(blueprint: Blueprint): (schema: JsonSchema) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false });
  ajvFormats.default(ajv);
  ajv.addSchema({ $id: 'blueprint:types', $defs: blueprint.types });
  return (schema) => ajv.compile(absolute(schema));
}

/** References of an operation's schema, made to point into the shared types. */
function absolute(schema: JsonSchema): JsonObject {
  const text = JSON.stringify(schema === true ? {} : schema).replaceAll(
    '"$ref":"#/$defs/',
    '"$ref":"blueprint:types#/$defs/',
  );
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : { not: {} };
}

interface Tally {
  asked: number;
  answered: number;
  declared: number;
  valid: number;
  readonly faults: string[];
}

function declaredSchema(operation: Operation, response: Response): JsonSchema | undefined {
  const statuses = [String(response.status), `${String(response.status)[0]}XX`, 'default'];
  const declared = statuses.flatMap((status) =>
    operation.http.responses.filter((one) => one.status === status),
  )[0];
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (!/[/+]json$/.test(type)) return undefined;
  const exact = declared?.contents.find(({ mediaType }) => mediaType.split(';')[0]?.trim() === type);
  return (exact ?? declared?.contents.find(({ mediaType }) => mediaType === '*/*'))?.schema;
}

async function askAll(blueprint: Blueprint, mirror: Mirror): Promise<Tally> {
  const oracle = createOracle(blueprint);
  const tally: Tally = { asked: 0, answered: 0, declared: 0, valid: 0, faults: [] };
  // What does not end is asked by mirror-streams.test.ts.
  const asked = blueprint.operations.filter(({ stream }) => stream === undefined);
  for (const operation of spread(asked)) {
    // Every operation meets the service as it began: what another one removed is there again.
    mirror.state.reset();
    const response = await mirror.fetch(request(blueprint, operation, sampleInput(blueprint, operation)));
    const text = await response.text();
    tally.asked += 1;
    // A redirect is the declared success of downloads.
    if (response.status < 400) tally.answered += 1;
    else tally.faults.push(`${operation.name}: ${response.status} ${text.slice(0, 300)}`);
    // Operations that differ in a fragment share a route: the schema that counts is that of the one that answered.
    const named = response.headers.get('x-mirror-operation');
    const answering = blueprint.operations.find(({ name }) => name === named) ?? operation;
    const schema = response.status < 300 ? declaredSchema(answering, response) : undefined;
    if (schema === undefined) continue;
    tally.declared += 1;
    const validate = oracle(schema);
    if (validate(JSON.parse(text))) tally.valid += 1;
    else tally.faults.push(`${operation.name}: ${JSON.stringify(validate.errors?.[0])}`);
  }
  return tally;
}

describe.skipIf(descriptionFiles.length === 0)(
  'mirrors of real descriptions (skipped without ../shared/specs)',
  () => {
    test.each(shareOf(descriptionFiles, 2, 3))(
      '%s: valid requests succeed and bodies are true to their schema',
      { timeout: 180_000 },
      async (file) => {
        const blueprint = await readDescription(file);
        const mirror = createMirror(blueprint);
        const { asked, answered, declared, valid, faults } = await askAll(blueprint, mirror);
        expect(faults).toEqual([]);
        expect({ answered, valid }).toEqual({ answered: asked, valid: declared });
      },
    );

    test.each(['petstore.yaml', 'notion.json', 'twilio-2010.json'])(
      '%s: mutated requests are refused with the place that is wrong',
      { timeout: 120_000 },
      async (file) => {
        const blueprint = await readDescription(file);
        const mirror = createMirror(blueprint);
        // What one operation of a shared route refuses, another may take.
        const alone = blueprint.operations.filter(
          ({ http }) => blueprint.operations.filter((other) => sameRoute(other.http, http)).length === 1,
        );
        const all = spread(alone).flatMap((operation) =>
          mutations(blueprint, operation, sampleInput(blueprint, operation)),
        );
        const accepted: string[] = [];
        for (const mutation of all) if (!(await isRefused(mirror, mutation))) accepted.push(mutation.label);
        expect(all.length).toBeGreaterThan(0);
        expect(accepted).toEqual([]);
      },
    );
  },
);

/** Refused for the very thing that was broken. */
async function isRefused(mirror: Mirror, { name, where, broken }: Mutation): Promise<boolean> {
  const response = await mirror.fetch(broken);
  const problem = await response.text();
  const isNamed = problem.includes(`"in":"${where}"`) && problem.includes(JSON.stringify(name));
  return [400, 422].includes(response.status) && isNamed;
}

const sameRoute = (a: Operation['http'], b: Operation['http']): boolean =>
  a.method === b.method && a.path === b.path;

interface Mutation {
  readonly label: string;
  readonly name: string;
  readonly where: 'query' | 'header' | 'path' | 'body';
  readonly broken: Request;
}

const isNumeric = (schema: unknown): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  'type' in schema &&
  (schema.type === 'integer' || schema.type === 'number');

function inputSchemas(operation: Operation): JsonObject {
  const properties = typeof operation.input === 'object' ? operation.input['properties'] : undefined;
  return isObject(properties) ? properties : {};
}

/** Requests with a required parameter or body left out, or a text where a number belongs. */
function mutations(blueprint: Blueprint, operation: Operation, input: JsonObject): readonly Mutation[] {
  const schemas = inputSchemas(operation);
  const found: Mutation[] = [];
  const add = (name: string, where: Mutation['where'], broken: JsonObject): void => {
    found.push({
      label: `${operation.name} ${where} ${name}`,
      name,
      where,
      broken: request(blueprint, operation, broken),
    });
  };
  for (const { key, name, in: where, required, default: constant } of operation.http.parameters) {
    if (where === 'cookie' || where === 'querystring') continue;
    const { [key]: _left, ...rest } = input;
    if (required && where !== 'path' && constant === undefined) add(name, where, rest);
    if (isNumeric(schemas[key])) add(name, where, { ...input, [key]: 'wrong' });
  }
  const { body: _body, ...bodiless } = input;
  const needsBody =
    operation.http.body?.required === true && !['GET', 'HEAD'].includes(operation.http.method);
  if (needsBody) add('is required', 'body', bodiless);
  return found;
}
