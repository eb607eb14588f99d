import { TEMPLATES } from '@counterpart/scaffolds/templates/names';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';

export const create = defineCommand({
  name: 'create',
  group: 'builds',
  summary: 'Begin a server that you write by hand',
  description:
    'Writes a small server with a tool and its test into the servers folder: plain (a tool that needs no service), api (asks an HTTP service, with its address and token from the settings), data (keeps rows in a database), socket (speaks to a service over TCP). It works at once; a running hub serves it. What has a description needs none of this: `hub build` makes all of its tools.',
  arguments: [['<name>', 'Name of the server, such as my-notes']],
  options: [
    ['-t, --template <kind>', 'What it begins as (default: plain)', { choices: TEMPLATES }],
    ['--title <text>', 'Its name for people (default: made from the name)'],
    ['--category <slug>', 'Category in the catalog'],
  ],
  examples: [
    ['hub create my-notes --template data', 'writes servers/my-notes, which keeps notes'],
    ['hub test my-notes', 'after an edit: brings its manifest up to date and runs its tests'],
    ['hub pack my-notes', 'what npm and MCP clients install'],
  ],
  input: z.object({
    name: z.string(),
    template: z.enum(TEMPLATES).default('plain'),
    title: z.string().trim().min(1).optional(),
    category: z.string().optional(),
  }),
  async run(context, input) {
    const { createPackage } = await import('../../../builder/packages/create.ts');
    const { serversDir } = context.home;
    const { signal, paint } = context;
    const created = await context.working(`writing ${input.name}`, () =>
      createPackage({ ...input, serversDir, signal }),
    );
    const { id, directory, tools, needs } = created;
    context.result(created, () =>
      [
        `${paint.good('✓')} ${paint.strong(id)} is in ${directory}`,
        ...created.files.map((file) => `  ${file.startsWith('src/') ? file : paint.faint(file)}`),
        '',
        ...(needs.length > 0 ? [`It wants ${needs.join(', ')} in the environment of the hub.`, ''] : []),
        paint.strong('What next'),
        `  \`hub call ${id}__${tools[0] ?? '<tool>'} --help\`, with or without a running hub`,
        `  \`hub test ${id}\` after an edit; \`hub pack ${id}\` to hand it on`,
      ].join('\n'),
    );
  },
});
