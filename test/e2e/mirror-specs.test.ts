import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildRequest } from '../../scaffolds/kit/src/interpret/request.ts';
import { createMirror, type Mirror } from '@counterpart/scaffolds/mirror/mirror';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import {
  ServerId,
  type Blueprint,
  type JsonObject,
  type JsonSchema,
  type Operation,
} from '@counterpart/schemas';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../../../shared/specs/openapi/', import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).sort() : [];
/** Operations asked per description: enough to meet every construct, few enough for two cores. */
const SAMPLED = 150;
const BASE = 'http://mirror.test';

async function read(file: string): Promise<Blueprint> {
  const id = ServerId.parse(file.replace(/\W.*/, '').toLowerCase());
  const { blueprint } = await readOpenApi(await loadSource(`${folder}${file}`), { id, baseUrl: BASE });
  return blueprint;
}

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
  return /TIMEOUT|MAX_/.test(name) ? undefined : 'secret';
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
  for (const operation of spread(blueprint.operations)) {
    const response = await mirror.fetch(request(blueprint, operation, sampleInput(blueprint, operation)));
    const text = await response.text();
    tally.asked += 1;
    // A redirect is the declared success of downloads.
    if (response.status < 400) tally.answered += 1;
    else tally.faults.push(`${operation.name}: ${response.status} ${text.slice(0, 300)}`);
    const schema = response.status < 300 ? declaredSchema(operation, response) : undefined;
    if (schema === undefined) continue;
    tally.declared += 1;
    const validate = oracle(schema);
    if (validate(JSON.parse(text))) tally.valid += 1;
    else tally.faults.push(`${operation.name}: ${JSON.stringify(validate.errors?.[0])}`);
  }
  return tally;
}

describe.skipIf(files.length === 0)('mirrors of real descriptions (skipped without ../shared/specs)', () => {
  test.each(files)(
    '%s: valid requests succeed and bodies are true to their schema',
    { timeout: 180_000 },
    async (file) => {
      const blueprint = await read(file);
      const start = performance.now();
      const mirror = createMirror(blueprint);
      const startMs = performance.now() - start;
      const { asked, answered, declared, valid, faults } = await askAll(blueprint, mirror);
      expect(startMs).toBeLessThan(2_000);
      expect(faults).toEqual([]);
      expect({ answered, valid }).toEqual({ answered: asked, valid: declared });
    },
  );

  test('mutated requests are refused with the place that is wrong', { timeout: 120_000 }, async () => {
    const refusals: string[] = [];
    let mutated = 0;
    for (const file of [
      'petstore.yaml',
      'museum.yaml',
      'notion.json',
      'box.json',
      'stripe.json',
      'twilio-2010.json',
    ]) {
      const blueprint = await read(file);
      const mirror = createMirror(blueprint);
      for (const operation of spread(blueprint.operations)) {
        const input = sampleInput(blueprint, operation);
        for (const { name, where, broken } of mutations(blueprint, operation, input)) {
          mutated += 1;
          const response = await mirror.fetch(broken);
          const problem = await response.text();
          const isPrecise =
            [400, 422].includes(response.status) &&
            problem.includes(`"in":"${where}"`) &&
            problem.includes(name);
          if (!isPrecise)
            refusals.push(`${file} ${operation.name} without ${where} ${name}: ${response.status}`);
        }
      }
    }
    expect(mutated).toBeGreaterThan(200);
    expect(refusals).toEqual([]);
  });
});

interface Mutation {
  readonly name: string;
  readonly where: 'query' | 'header' | 'path' | 'body';
  readonly broken: Request;
}

const isNumeric = (schema: unknown): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  'type' in schema &&
  (schema.type === 'integer' || schema.type === 'number');

/** Requests with a required parameter or body left out, or a text where a number belongs. */
function mutations(blueprint: Blueprint, operation: Operation, input: JsonObject): readonly Mutation[] {
  const properties = typeof operation.input === 'object' ? operation.input['properties'] : undefined;
  const schemas: JsonObject =
    typeof properties === 'object' && properties !== null && !Array.isArray(properties)
      ? { ...properties }
      : {};
  const found: Mutation[] = [];
  for (const { key, name, in: where, required, default: constant } of operation.http.parameters) {
    if (where === 'cookie' || where === 'querystring') continue;
    if (required && where !== 'path' && constant === undefined) {
      const { [key]: _left, ...rest } = input;
      found.push({ name, where, broken: request(blueprint, operation, rest) });
    }
    if (isNumeric(schemas[key]))
      found.push({ name, where, broken: request(blueprint, operation, { ...input, [key]: 'wrong' }) });
  }
  const { body: _body, ...bodiless } = input;
  const needsBody =
    operation.http.body?.required === true && !['GET', 'HEAD'].includes(operation.http.method);
  return needsBody
    ? [...found, { name: 'is required', where: 'body', broken: request(blueprint, operation, bodiless) }]
    : found;
}
