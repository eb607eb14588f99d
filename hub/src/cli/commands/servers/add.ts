import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { hubError, type ServerEntry, OwnServerId } from '@counterpart/schemas';
import { z } from 'zod';
import { withBackup } from '../../../interop/backups.ts';
import { hideSecrets } from '../../../interop/hide-secrets.ts';
import { readSecrets, saveSecrets, secretsFile } from '../../../interop/secrets-file.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { renderServers } from '../../output/server-table.ts';
import { parsePairs } from '../../input/pairs.ts';
import { withHub } from '../../running/with-hub.ts';

const Input = z.object({
  name: z.string(),
  target: z.array(z.string()).min(1),
  env: z.array(z.string()).default([]),
  header: z.array(z.string()).default([]),
  cwd: z.string().optional(),
  walls: z.boolean().default(false),
  allow: z.array(z.string()).default([]),
  replace: z.boolean().default(false),
});

export const add = defineCommand({
  name: 'add',
  group: 'servers',
  summary: 'Add a third-party server: a command or a URL',
  description:
    'Writes the server into hub.config.json. Values that look like secrets are kept out of it: they go to secrets.env in the data folder and are referenced as ${env:NAME}.',
  arguments: [
    ['<name>', 'Its name here: lower-case letters, digits, dashes'],
    ['<target...>', 'A URL, or a command with its arguments after --'],
  ],
  options: [
    ['-e, --env <NAME=value>', 'Variable for a command; repeat for more', { repeat: true }],
    ['-H, --header <NAME=value>', 'Header for a URL; repeat for more', { repeat: true }],
    ['--cwd <dir>', 'Folder a command runs in'],
    ['--walls', 'Run a command without network, files and secrets of this machine (docs/walls.md)'],
    [
      '--allow <host:port>',
      'With --walls: a host it may reach all the same; repeat for more',
      { repeat: true },
    ],
    ['--replace', 'Replace a server of that name'],
  ],
  examples: [
    ['hub add files -- npx -y @modelcontextprotocol/server-filesystem .', 'a command'],
    [
      'hub add web --walls --allow registry.npmjs.org:443 --allow example.com:443 -- npx -y some-mcp-server',
      'a command inside walls, which reaches two hosts',
    ],
    ['hub add docs https://mcp.example.com/mcp -H "Authorization=Bearer …"', 'a remote server'],
  ],
  input: Input,
  async run(context, input) {
    const { home, paint } = context;
    const id = OwnServerId.safeParse(input.name);
    if (!id.success)
      throw hubError('INPUT_INVALID', {
        subject: 'the name',
        detail: `"${input.name}" must be ${id.error.issues[0]?.message ?? 'legal'}`,
      });
    const here = toEntry({ ...input, cwd: input.cwd ?? folderOf(input.target, context) });
    const { entry, secrets } = hideSecrets(id.data, here, readSecrets(home.dataDir));
    const files = [home.configFile, secretsFile(home.dataDir)];
    const { server, notices } = await withBackup(home, `add ${id.data}`, files, async () => {
      if (Object.keys(secrets).length > 0) saveSecrets(home.dataDir, secrets);
      return withHub(context, async (hub) => {
        const added = await hub.add({ name: id.data, entry, replace: input.replace });
        return { server: added, notices: (await hub.server(added.id)).notices };
      });
    });
    context.result({ server, entry, secrets: Object.keys(secrets), notices }, () =>
      [
        `${paint.good('✓')} Added ${paint.strong(server.id)} to ${home.configFile}`,
        ...Object.keys(secrets).map((name) => `  ${name} is kept in ${secretsFile(home.dataDir)}`),
        '',
        renderServers([server], paint, context.io.width),
        ...(notices.length === 0
          ? []
          : [
              '',
              `${paint.warn('!')} ${count(notices.length, 'place')} in what it tells a model should be read by you first: \`hub inspect ${server.id}\``,
            ]),
        '',
        server.problem === undefined
          ? `Next: \`hub inspect ${server.id}\` shows its tools; \`hub undo\` takes this back.`
          : [
              ...printedBelow(server.problem),
              `${paint.warn('!')} It does not answer yet. Mend the cause, or \`hub undo\` takes this back.`,
            ].join('\n'),
      ].join('\n'),
    );
  },
});

/** What a problem quotes of a program: a table has room for its first sentence alone. */
function printedBelow(problem: string): string[] {
  const [, ...quoted] = problem.split('\n');
  return quoted.length === 0 ? [] : ['What it printed last:', ...quoted, ''];
}

/** Paths that were written relative to the present folder mean it later too. */
function folderOf(target: readonly string[], { io, home }: Context): string | undefined {
  const relative = target.some(
    (word) => !isAbsolute(word) && /[./\\]/.test(word) && existsSync(resolve(io.cwd, word)),
  );
  return relative && io.cwd !== home.directory ? io.cwd : undefined;
}

/** Host and port without a scheme: no program is called so. */
const BARE_ADDRESS = /^(?:[\w-]+\.)*[\w-]+:\d{2,5}(?:\/|$)/;

const misused = (detail: string) => hubError('USAGE', { detail, command: 'hub add' });

function toEntry(input: z.infer<typeof Input>): ServerEntry {
  const [first = ''] = input.target;
  if (input.allow.length > 0 && !input.walls) throw misused('--allow has a meaning with --walls only.');
  if (/^https?:\/\//i.test(first)) return toRemote(first, input);
  if (BARE_ADDRESS.test(first))
    throw misused(`"${first}" looks like an address: write it with http:// or https:// before it.`);
  return toCommand(first, input);
}

function toRemote(url: string, { target, env, header, walls }: z.infer<typeof Input>): ServerEntry {
  if (walls) throw misused('--walls has no meaning for a URL: what runs there runs elsewhere.');
  if (env.length > 0) throw misused('--env has no meaning for a URL.');
  if (target.length > 1) throw misused('A URL stands alone.');
  return {
    type: 'http',
    url,
    ...(header.length > 0 ? { headers: parsePairs(header, '--header', 'add') } : {}),
  };
}

function toCommand(command: string, input: z.infer<typeof Input>): ServerEntry {
  const { target, env, header, cwd, walls, allow } = input;
  if (header.length > 0) throw misused('--header has no meaning for a command.');
  const args = target.slice(1);
  return {
    command,
    ...(args.length > 0 ? { args } : {}),
    ...(env.length > 0 ? { env: parsePairs(env, '--env', 'add') } : {}),
    ...(cwd === undefined ? {} : { cwd }),
    ...(walls ? { walls: 'sandbox' as const, network: { allow } } : {}),
  };
}
