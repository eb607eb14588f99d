import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import type { ReadResult } from '@counterpart/scaffolds/readers/reader';
import { parseDescription } from '@counterpart/scaffolds/readers/openapi/source/parse';
import { loadSource, type SourceText } from '@counterpart/scaffolds/readers/source';
import { ServerId, type Operation } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { faultsOf } from './tools/good-tool.ts';

const folder = fileURLToPath(new URL('../../../shared/specs/openapi/', import.meta.url));
const hasDescriptions = existsSync(folder);
const missing = hasDescriptions ? '' : ' (skipped: ../shared/specs is absent)';
const id = ServerId.parse('gauntlet');

interface Row {
  readonly file: string;
  readonly source: SourceText;
  readonly result: ReadResult;
  readonly faults: ReadonlyMap<string, string[]>;
  readonly declared: number;
  readonly readMs: number;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']);

/** Operations as the source's own text has them, counted without the reader. */
function countOperations(source: SourceText): number {
  const { root } = parseDescription(source);
  const { paths } = root;
  const items: unknown[] = Object.values(paths ?? {});
  return items
    .flatMap((item) => (typeof item === 'object' && item !== null ? Object.keys(item) : []))
    .filter((key) => METHODS.has(key)).length;
}

async function run(file: string): Promise<Row> {
  const source = await loadSource(folder + file);
  const start = performance.now();
  const result = await readOpenApi(source, { id });
  const readMs = performance.now() - start;
  const { blueprint } = result;
  const faults = new Map(
    blueprint.operations.map((operation) => [operation.name, faultsOf(blueprint, operation)]),
  );
  return { file, source, result, faults, declared: countOperations(source), readMs };
}

const goodOf = ({ result, faults }: Row): Operation[] =>
  result.blueprint.operations.filter(({ name }) => faults.get(name)?.length === 0);

const lostOf = ({ result }: Row) =>
  result.blueprint.omitted.filter(({ severity }) => severity === 'operation');

describe.skipIf(!hasDescriptions)(`real descriptions${missing}`, () => {
  const rows: Row[] = [];

  beforeAll(async () => {
    for (const file of readdirSync(folder).sort()) rows.push(await run(file));
    const line = (cells: readonly (string | number)[]): string =>
      cells.map((cell) => String(cell).padEnd(24)).join('');
    console.log(
      [
        line(['description', 'operations', 'good', 'left out', 'read (ms)']),
        ...rows.map((row) =>
          line([row.file, row.declared, goodOf(row).length, lostOf(row).length, Math.round(row.readMs)]),
        ),
      ].join('\n'),
    );
  }, 120_000);

  test('every operation becomes a tool or is listed with its reason and place', () => {
    const unbalanced = rows.filter((row) => {
      const lost = lostOf(row);
      const explained = lost.every(
        ({ reason, source }) =>
          reason.length > 10 && source.pointer.startsWith('#/paths/') && (source.line ?? 0) > 0,
      );
      return (
        row.declared !== row.result.total ||
        row.result.blueprint.operations.length + lost.length !== row.declared ||
        !explained
      );
    });
    expect(unbalanced.map(({ file }) => file)).toEqual([]);
    expect(rows.length).toBeGreaterThan(15);
  });

  test('at least 99 of 100 operations become good tools', () => {
    verifies('A13');
    const total = rows.reduce((sum, row) => sum + row.declared, 0);
    const good = rows.reduce((sum, row) => sum + goodOf(row).length, 0);
    console.log(`good: ${good} of ${total} (${((100 * good) / total).toFixed(2)} %)`);
    const faulty = rows.flatMap(({ file, faults }) =>
      [...faults]
        .filter(([, found]) => found.length > 0)
        .map(([name, found]) => `${file} ${name}: ${found[0] ?? ''}`),
    );
    expect(faulty).toEqual([]);
    expect(good / total).toBeGreaterThanOrEqual(0.99);
  });

  test('every blueprint is valid and its tool names are unique', () => {
    const invalid = rows.filter(({ result: { blueprint } }) => {
      const names = new Set(blueprint.operations.map(({ name }) => name));
      return (
        !Blueprint.safeParse(blueprint).success ||
        names.size !== blueprint.operations.length ||
        [...names].some((name) => name.length > 40)
      );
    });
    expect(invalid.map(({ file }) => file)).toEqual([]);
  });

  test('the only operations left out are those that switch to another protocol', () => {
    const lost = rows.flatMap((row) =>
      lostOf(row).map(({ code, subject }) => `${row.file} ${code} ${subject}`),
    );
    // Sockets that are opened with GET are tools that listen; this one takes a connection over.
    expect(lost).toEqual(['docker-v2.yaml websocket POST /session']);
  });

  test('the same service described in 2.0 and in 3.1 gives the same tools', () => {
    const twins = ['sendgrid-v2.json', 'sendgrid3.json'].map(
      (file) => rows.find((row) => row.file === file)?.result.blueprint,
    );
    const [old, modern] = twins.map(
      (blueprint) =>
        new Map(
          (blueprint?.operations ?? []).map((operation) => [
            `${operation.http.method} ${operation.http.path}`,
            shapeOf(operation),
          ]),
        ),
    );
    expect(old?.size).toBe(334);
    const differing = [...(old ?? [])].filter(
      ([key, shape]) => JSON.stringify(modern?.get(key)) !== JSON.stringify(shape),
    );
    expect(differing).toEqual([]);
  });

  test('names do not change when the rest of the description is not selected', async () => {
    const stripe = rows.find(({ file }) => file === 'stripe.json');
    if (stripe === undefined) throw new Error('stripe.json is part of the descriptions');
    const chosen = await readOpenApi(stripe.source, { id, include: ['/v1/customers'] });
    const all = new Set(stripe.result.blueprint.operations.map(({ name }) => name));
    expect(chosen.blueprint.operations.length).toBeGreaterThan(10);
    expect(chosen.blueprint.operations.filter(({ name }) => !all.has(name))).toEqual([]);
    expect(chosen.total).toBe(417);
  });
});

/** What must be equal between twins: how a call is made, not how it is described. */
function shapeOf({ http }: Operation) {
  return {
    parameters: http.parameters.map(({ key, name, in: place }) => [place, name, key].join(' ')).sort(),
    body: http.body?.contents.map(({ kind }) => kind) ?? [],
  };
}
