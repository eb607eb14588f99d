import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Blueprint, hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/format.ts';
import { mcpSource } from '../../mcp-source.ts';
import { readServersFolder } from '../../server-folder.ts';

const Input = z.object({
  verb: z.literal('start', 'the only verb is start'),
  source: z.string(),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  seed: z.coerce.number().int().default(1),
});

export const mirror = defineCommand({
  name: 'mirror',
  group: 'builds',
  summary: 'Serve a simulation of a service, made from its description',
  description:
    'Answers every operation with data that fits its schema and refuses requests that breach the contract, on a port of its own until Ctrl-C. Equal seeds give equal answers.',
  arguments: [
    ['<verb>', 'start'],
    ['<source>', 'A built server’s name, or a description’s file or URL'],
  ],
  options: [
    ['-p, --port <number>', 'Port to listen on (default: a free one)'],
    ['--seed <number>', 'What the made-up data depends on (default: 1)'],
  ],
  examples: [
    ['hub mirror start weather', 'the service of a built server'],
    ['hub mirror start openapi.yaml --port 4010', 'straight from a description'],
  ],
  input: Input,
  async run(context, { source, port, seed }) {
    const { paint, json, signal } = context;
    const blueprint = await context.working(`reading ${source}`, () => readBlueprint(context, source));
    const log = (line: string) => (json ? undefined : context.note(paint.faint(line)));
    const { startMirror } = await import('@counterpart/scaffolds/mirror/serve');
    const running = await startMirror(blueprint, {
      port,
      seed,
      log: ({ method, path, status, problems }) =>
        log(`${status} ${method} ${path}${problems.length > 0 ? `  ${problems.join('; ')}` : ''}`),
    });
    try {
      context.result(
        { id: blueprint.id, url: running.url, operations: blueprint.operations.length, seed },
        () =>
          [
            `${paint.good('●')} The mirror of ${paint.strong(blueprint.title)} answers at ${paint.code(running.url)}   ${paint.faint('Ctrl-C ends it')}`,
            `  ${count(blueprint.operations.length, 'operation')}, seed ${seed}`,
          ].join('\n'),
      );
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      await running.close();
    }
  },
});

async function readBlueprint(context: Context, source: string): Promise<Blueprint> {
  const server = readServersFolder(context).servers.get(source);
  if (!server) {
    const { compileSource } = await import('../../../builder/compile-source.ts');
    const { blueprint } = await compileSource({
      from: source,
      source: await mcpSource(context, source),
      serversDir: context.home.serversDir,
      signal: context.signal,
    });
    return blueprint;
  }
  const file = join(server.directory, server.manifest.blueprint?.path ?? 'blueprint.json');
  if (!existsSync(file)) throw hubError('BLUEPRINT_INVALID', { file, detail: 'the file is missing' });
  const parsed = Blueprint.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw hubError('BLUEPRINT_INVALID', { file, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}
