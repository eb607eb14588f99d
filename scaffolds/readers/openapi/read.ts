import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Blueprint, JsonObject, JsonSchema, Operation, ServiceServer } from '@counterpart/schemas';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { readRequirements, readSchemes, type Schemes } from './document/auth.ts';
import { fitBudgets } from './operation/budget.ts';
import type { DocumentContext } from './document/context.ts';
import { findOperations } from './document/enumerate.ts';
import { select, type Candidate } from './document/include.ts';
import { member, objectMember, textMember } from './source/json-tree.ts';
import { toolNames } from './text/names.ts';
import { createLosses, type Losses } from './document/omissions.ts';
import { AUTHORIZATION_SCHEME, readOperation } from './operation/operation.ts';
import { parseDescription, type Description } from './source/parse.ts';
import { createTypes } from './schema/types.ts';
import { isAbsolute, readServers } from './document/servers.ts';
import { cutText, plainText } from './text/text.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'openapi@1';

/**
 * Compiles an OpenAPI or Swagger description into a blueprint.
 * Rejects with SOURCE_NOT_A_DESCRIPTION or INCLUDE_UNMATCHED; whatever else is wrong costs only the part it is wrong in
 * and is listed in `omitted`.
 */
export async function readOpenApi(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const description = parseDescription(source);
  const losses = createLosses(description.lineOf);
  const context = createContext(description, source, losses);
  const found = findOperations(description.root, losses);
  const names = toolNames(found);
  const candidates = found.map((one, index): Candidate => ({ found: one, name: names[index] ?? '' }));
  const chosen = select(candidates, options.include ?? [], source.location);
  reportUnselected(candidates.length - chosen.length, losses);
  const operations = await readAll(chosen, context, options.onProgress);
  const { types, final } = context.types.finish();
  const fitted = fitBudgets(
    operations.map((operation) => withFinalTypes(operation, final)),
    types,
  );
  const blueprint = assemble({ description, source, options, context, ...fitted });
  return { blueprint, total: candidates.length };
}

function createContext(
  { root, dialect, notices }: Description,
  source: SourceText,
  losses: Losses,
): DocumentContext {
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
  return { root, dialect, location: source.location, types, schemes, losses };
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

interface Parts {
  readonly description: Description;
  readonly source: SourceText;
  readonly options: ReadOptions;
  readonly context: DocumentContext;
  readonly operations: readonly Operation[];
  readonly types: ReadonlyMap<string, JsonSchema>;
}

/** Without an absolute address a call has nowhere to go until somebody gives one. */
function reportAddress(servers: readonly ServiceServer[], losses: Losses): void {
  if (servers.some(({ url }) => isAbsolute(url))) return;
  const [relative] = servers;
  const found =
    relative === undefined
      ? 'The description names no server'
      : `The description names its server only relative to its own address ("${relative.url === '' ? '/' : relative.url}")`;
  losses.add({
    code: 'operation-invalid',
    severity: 'notice',
    subject: 'servers',
    reason: `${found}; the base URL must be given with --base-url or in the environment.`,
    source: { pointer: '#' },
  });
}

function assemble({ description, source, options, context, operations, types }: Parts): Blueprint {
  const { root, format, dialect } = description;
  const info = objectMember(root, 'info');
  const text = plainText((textMember(info, 'description') ?? '').slice(0, 20_000));
  const servers =
    options.baseUrl === undefined
      ? readServers(root, dialect, source.location)
      : [{ url: options.baseUrl.replace(/\/+$/, '') }];
  reportAddress(servers, context.losses);
  const usesHeader = operations.some(({ auth }) =>
    auth?.some((one) => Object.hasOwn(one, AUTHORIZATION_SCHEME)),
  );
  const implied: Schemes = usesHeader
    ? { [AUTHORIZATION_SCHEME]: { kind: 'api-key', in: 'header', name: 'Authorization' } }
    : {};
  return {
    blueprint: 1,
    id: options.id,
    title: titleOf(info) ?? options.id,
    version: versionOf(info),
    ...(text === '' ? {} : { description: cutText(text, 2_000) }),
    source: {
      kind: 'openapi',
      location: source.location,
      sha256: source.sha256,
      format,
      reader: READER,
      ...(options.include === undefined || options.include.length === 0
        ? {}
        : { include: [...options.include] }),
    },
    servers,
    auth: {
      schemes: { ...implied, ...context.schemes },
      default: readRequirements(member(root, 'security'), context.schemes) ?? [],
    },
    operations: options.baseUrl === undefined ? [...operations] : operations.map(withoutServers),
    types: Object.fromEntries(types),
    omitted: [...context.losses.list],
  };
}

function titleOf(info: JsonObject): string | undefined {
  const title = plainText(textMember(info, 'title') ?? '').replaceAll('\n', ' ');
  return title === '' ? undefined : cutText(title, 200);
}

function versionOf(info: JsonObject): string {
  const version = member(info, 'version');
  return typeof version === 'string' || typeof version === 'number' ? String(version) : '';
}

function withoutServers(operation: Operation): Operation {
  const { servers: _replaced, ...http } = operation.http;
  return { ...operation, http };
}
