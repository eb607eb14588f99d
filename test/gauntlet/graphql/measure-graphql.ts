import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { JsonObject } from '@counterpart/schemas';
import { createTestHome } from '../../e2e/cli-runner.ts';
import { startReferee } from '../../fixtures/graphql/referee.ts';
import { buildDescription, programOf, runServer } from '../built-subject.ts';
import { choose } from '../operation-places.ts';
import { attempt } from '../referee-calls.ts';
import { sampleArguments } from '../sample-arguments.ts';
import { qualityOf } from '../tools/tool-quality.ts';

/** What became of one GraphQL schema. */
export interface GraphqlRow {
  readonly file: string;
  /** Fields of the root types for queries and mutations. */
  readonly fields: number;
  /** Tools of these fields. */
  readonly tools: number;
  readonly validNames: number;
  readonly strict: number;
  /** Of what is listed when nothing is chosen. */
  readonly listBytes: number;
  readonly calls: number;
  readonly accepted: number;
  /** What graphql-js or the tool said of the others. */
  readonly refusals: readonly string[];
}

/**
 * Builds a schema as it is, and again with every query and mutation as a tool; each, or `calls` of them, is called with its
 * required arguments and with all, against graphql-js over the same schema. Rejects when a build does.
 */
export async function measureGraphql(
  file: string,
  { calls }: { readonly calls: number | undefined },
): Promise<GraphqlRow> {
  const home = createTestHome();
  try {
    await using referee = await startReferee(readFileSync(file, 'utf8'));
    const url = new URL(referee.url).origin;
    const plain = await buildDescription(home, file);
    await using shown = await runServer(programOf(plain, url));
    const roots = ['query', 'mutation'].filter((root) =>
      new RegExp(`^type ${root} `, 'im').test(readFileSync(file, 'utf8')),
    );
    const built = await buildDescription(
      home,
      file,
      roots.flatMap((root) => ['--include', root]),
    );
    await using running = await runServer(programOf(built, url));
    const operations = built.blueprint.operations.filter(({ graphql }) => graphql?.kind === 'field');
    const names = new Set<string>(operations.map(({ name }) => name));
    const tools = new Map(running.tools.map((tool) => [tool.name, tool] as const));
    const quality = qualityOf(running.tools.filter(({ name }) => names.has(name)));
    const refusals: string[] = [];
    const chosen = choose(operations, calls);
    const trials = chosen.flatMap(({ name }) => [false, true].map((optional) => ({ name, optional })));
    for (const { name, optional } of trials) {
      const schema = (tools.get(name)?.inputSchema ?? {}) as JsonObject;
      const input = withoutFields(sampleArguments(schema, { salt: name, optional }));
      const before = referee.errors.length;
      const called = input === undefined ? undefined : await attempt(running, name, input);
      if (called?.isError === false && referee.errors.length === before) continue;
      const why = referee.errors.at(before) ?? called?.text ?? 'no valid arguments were found';
      refusals.push(`${name}, ${optional ? 'all' : 'required'} arguments: ${why}`);
    }
    return {
      file: basename(file),
      fields: operations.length,
      tools: quality.tools,
      validNames: quality.validNames,
      strict: quality.strict,
      listBytes: shown.listBytes,
      calls: chosen.length * 2,
      accepted: chosen.length * 2 - refusals.length,
      refusals,
    };
  } finally {
    await home.dispose();
  }
}

/** Names of fields are no part of a tool's own schema: a caller looks them up with `describe_type`. */
function withoutFields(input: JsonObject | undefined): JsonObject | undefined {
  if (input === undefined) return undefined;
  const { fields: _, ...rest } = input;
  return rest;
}
