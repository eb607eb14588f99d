import { errorCatalogue } from '@counterpart/schemas';
import { z } from 'zod';
import type { ServerProblem } from '../../../builder/verify/validate.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { findServerFolder, readServersFolder } from '../../server-folder.ts';

interface Checked {
  readonly server: string;
  readonly directory: string;
  readonly problems: readonly ServerProblem[];
}

const INVALID_EXIT = errorCatalogue.MANIFEST_INVALID.exit;

export const validate = defineCommand({
  name: 'validate',
  group: 'builds',
  summary: 'Check one server package against the rules',
  description: 'Checks manifest, tools, blueprint and sources of one package. Nothing of it is run.',
  arguments: [['<server>', 'A server’s name, or its folder']],
  examples: [
    ['hub validate weather', 'by name'],
    ['hub validate ./servers/weather', 'by folder'],
  ],
  input: z.object({ server: z.string() }),
  async run(context, { server }) {
    const { validateServer } = await import('../../../builder/verify/validate.ts');
    const directory = findServerFolder(context, server);
    return show(context, [{ server, directory, problems: await validateServer(directory, context.home) }]);
  },
});

export const lintTree = defineCommand({
  name: 'lint-tree',
  group: 'builds',
  summary: 'Check every package of the servers folder',
  examples: [['hub lint-tree', 'exits 4 if any package breaks a rule']],
  input: z.object({}),
  async run(context) {
    const { validateServer } = await import('../../../builder/verify/validate.ts');
    const { servers, problems } = readServersFolder(context);
    const broken = [...problems].map(([folder, error]) => ({
      server: folder,
      directory: folder,
      problems: [{ file: 'manifest.json', problem: error.message }],
    }));
    const checked: Checked[] = [...broken];
    for (const { id, directory } of servers.values())
      checked.push({ server: id, directory, problems: await validateServer(directory, context.home) });
    return show(context, checked);
  },
});

function show(context: Context, checked: readonly Checked[]): number {
  const { paint } = context;
  const bad = checked.filter(({ problems }) => problems.length > 0);
  context.result({ valid: bad.length === 0, servers: checked }, () =>
    [
      ...checked.map(({ server, problems }) =>
        [
          `${problems.length === 0 ? paint.good('✓') : paint.bad('✗')} ${paint.strong(server)}`,
          ...problems.map(
            ({ file, problem }) => `    ${paint.code(file)}: ${problem.replaceAll('\n', '\n    ')}`,
          ),
        ].join('\n'),
      ),
      bad.length === 0
        ? `${count(checked.length, 'server')} checked, all sound.`
        : `${count(bad.length, 'server')} of ${checked.length} broken. Build them again, or correct what is named.`,
    ].join('\n'),
  );
  return bad.length === 0 ? 0 : INVALID_EXIT;
}
