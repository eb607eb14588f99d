import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Blueprint, Json, JsonSchema, NameLock, Operation } from '@counterpart/schemas';
import { inDoubles } from '@counterpart/schemas/exact-json';
import { keepNames, lockOf, type FreshName } from '../name-lock.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { assemble, titleOf } from './document/assemble.ts';
import { withFacets } from './facets/facets.ts';
import { readSchemes } from './document/access/auth.ts';
import { fitBudgets } from './operation/budget.ts';
import type { DocumentContext } from './document/context.ts';
import { reportSuspicious } from './document/suspicion.ts';
import { findOperations, type Found } from './document/enumerate.ts';
import { select, type Candidate } from './document/include.ts';
import { toolNames } from './text/names.ts';
import { createLosses, type Losses } from './document/omissions.ts';
import { readOperation } from './operation/operation.ts';
import { gather } from './source/bundle.ts';
import { parseDescription, type Description } from './source/parse.ts';
import { createTypes } from './schema/types.ts';

/**
 * Compiles an OpenAPI or Swagger description into a blueprint.
 * Rejects with SOURCE_NOT_A_DESCRIPTION or INCLUDE_UNMATCHED; whatever else is wrong costs only the part it is wrong in
 * and is listed in `omitted`.
 */
export async function readOpenApi(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const description = await gather(parseDescription(source), source);
  const losses = createLosses(description);
  reportSuspicious(description.root, losses);
  const found = findOperations(description.root, losses);
  const { candidates, names } = await nameAll(found, titleOf(description.root), options);
  const chosen = select(candidates, options.include ?? [], source.location);
  reportUnselected(candidates.length - chosen.length, losses);
  const context = createContext({ description, source, losses, chosen });
  const operations = await readAll(chosen, context, options.onProgress);
  const { types, final } = context.types.finish();
  const known = {
    typeOf: (name: string) => types.get(name),
    types: Object.fromEntries(types),
    built: new Set(operations.map(({ name }) => name)),
  };
  const hints = new Map(chosen.map(({ name, found: one }) => [name, one.operation.value]));
  const whole = operations
    .map((operation) => withFinalTypes(operation, final))
    .map((operation) => withFacets(operation, hints.get(operation.name), known));
  const fitted = fitBudgets(whole, types);
  const blueprint = assemble({ description, source, options, context, names, ...fitted });
  return { blueprint: withDoubles(blueprint), total: candidates.length };
}

/** Whole numbers that no double holds are shown by their digits where a caller reads them; elsewhere a blueprint has doubles (0126). */
const withDoubles = (blueprint: Blueprint): Blueprint =>
  inDoubles(blueprint as unknown as Json) as unknown as Blueprint; // only numbers in it change

interface Named {
  readonly candidates: readonly Candidate[];
  readonly names: NameLock;
}

/** Names for all operations of the description, selected or not: those of an earlier build stay as they are. */
async function nameAll(
  found: readonly Found[],
  title: string | undefined,
  { id, namesOf }: ReadOptions,
): Promise<Named> {
  const fresh = toolNames(found);
  const seen = new Map<string, number>();
  const operations = found.map(({ method, path, operationId }, index): FreshName => {
    const place = `${method} ${path}`;
    const count = (seen.get(place) ?? 0) + 1;
    seen.set(place, count);
    // A method may stand twice: by itself and under `additionalOperations`.
    return { key: count === 1 ? place : `${place} ${count}`, operationId, name: fresh[index] ?? '' };
  });
  const names = keepNames(operations, await namesOf?.(title ?? id));
  const candidates = found.map((one, index): Candidate => ({ found: one, name: names[index] ?? '' }));
  return { candidates, names: lockOf(operations, names) };
}

interface Surroundings {
  readonly description: Description;
  readonly source: SourceText;
  readonly losses: Losses;
  readonly chosen: readonly Candidate[];
}

function createContext({ description, source, losses, chosen }: Surroundings): DocumentContext {
  const { root, dialect, notices, show = (pointer) => pointer } = description;
  const tools = new Map(
    chosen.flatMap(({ name, found: { operationId, operation } }) => [
      [operation.pointer, name] as const,
      ...(operationId === undefined ? [] : [[operationId, name] as const]),
    ]),
  );
  const toolAt = (operation: string) => tools.get(operation);
  for (const notice of notices) {
    losses.add({
      code: 'operation-invalid',
      severity: 'notice',
      subject: 'version',
      reason: notice,
      source: { pointer: '#' },
    });
  }
  const types = createTypes({
    root,
    dialect,
    show,
    lose: ({ code, severity, pointer, reason }) =>
      losses.add({
        code,
        severity,
        subject: pointer,
        reason: `The schema ${reason}.`,
        source: { pointer },
      }),
  });
  const schemes = readSchemes(root, dialect, (pointer, reason) =>
    losses.add({
      code: 'operation-invalid',
      severity: 'notice',
      subject: pointer,
      reason: `It ${reason}.`,
      source: { pointer },
    }),
  );
  return { root, dialect, location: source.location, types, schemes, losses, show, toolAt };
}

function reportUnselected(count: number, losses: Losses): void {
  if (count === 0) return;
  const reason = 'They are in the description but were not asked for.';
  losses.add({
    code: 'not-selected',
    severity: 'notice',
    subject: `${count} operations`,
    reason,
    source: { pointer: '#/paths' },
  });
}

/** How often the event loop gets a turn while reading, in milliseconds. */
const TURN_MS = 50;

async function readAll(
  chosen: readonly Candidate[],
  context: DocumentContext,
  onProgress: ReadOptions['onProgress'],
): Promise<Operation[]> {
  const operations: Operation[] = [];
  let turn = performance.now();
  for (const [index, candidate] of chosen.entries()) {
    const operation = readOperation(candidate, context);
    if (operation !== undefined) operations.push(operation);
    onProgress?.({ done: index + 1, total: chosen.length });
    if (performance.now() - turn > TURN_MS) {
      await nextTurn();
      turn = performance.now();
    }
  }
  return operations;
}

function withFinalTypes(operation: Operation, final: (schema: JsonSchema) => JsonSchema): Operation {
  const { http } = operation;
  const responses = http.responses.map((response) => ({
    ...response,
    contents: response.contents.map((content) =>
      content.schema === undefined ? content : { ...content, schema: final(content.schema) },
    ),
    ...(response.headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, schema]) => [name, final(schema)]),
          ),
        }),
  }));
  const body = http.body && {
    ...http.body,
    contents: http.body.contents.map((content) => ({ ...content, schema: final(content.schema) })),
  };
  return {
    ...operation,
    input: final(operation.input),
    ...(operation.output === undefined ? {} : { output: final(operation.output) }),
    http: { ...http, responses, ...(body === undefined ? {} : { body }) },
  };
}
