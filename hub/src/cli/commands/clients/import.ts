import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CounterpartError, hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { readDocument } from '../../../interop/client-file.ts';
import { withBackup } from '../../../interop/backups.ts';
import { CLIENT_IDS, installedClients, isClientId } from '../../../interop/clients.ts';
import {
  clientSource,
  planImport,
  type ImportItem,
  type ImportPlan,
  type ImportSource,
} from '../../../interop/import-plan.ts';
import { maskSecret } from '../../../interop/hide-secrets.ts';
import { readSecrets, saveSecrets, secretsFile } from '../../../interop/secrets-file.ts';
import { writeWhole } from '../../../kernel/files/write-whole.ts';
import { clientPlace } from '../../input/client-place.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { didYouMean } from '../../../kernel/nearest.ts';
import { renderDiff } from '../../output/text/diff.ts';
import { count } from '../../output/text/format.ts';
import { ownPorts } from '../../running/own-ports.ts';
import { renderTable } from '../../output/text/table.ts';

const Input = z.object({
  source: z.string().optional(),
  dryRun: z.boolean().default(false),
  all: z.boolean().default(false),
  only: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .optional(),
  replace: z.boolean().default(false),
});
type Input = z.infer<typeof Input>;

export const importServers = defineCommand({
  name: 'import',
  group: 'clients',
  summary: 'Take over the servers that your clients have',
  description:
    'Reads the servers of all clients found here, of one of them, or of a file as they and others have it (JSON, TOML, YAML), and adds them to hub.config.json. The clients’ files are left as they are. Values that look like secrets are not copied into hub.config.json: they go to secrets.env in the data folder (readable by you only) and are referenced as ${env:NAME}.',
  arguments: [['[source]', `${CLIENT_IDS.join(', ')}, or a file (default: every client found)`]],
  options: [
    ['--dry-run', 'Show what would be added and write nothing'],
    ['--all', 'Do not ask'],
    ['--only <names>', 'Only these, separated by commas; does not ask'],
    ['--replace', 'Replace servers of the same name that differ'],
  ],
  examples: [
    ['hub import --dry-run', 'what all clients have'],
    ['hub import cursor --only github,linear', 'two servers of one client'],
    ['hub import ./mcp.json --all', 'everything in a file'],
    ['hub import ./.vscode/mcp.json', 'the servers of a project'],
  ],
  input: Input,
  async run(context, input) {
    const plan = makePlan(context, input);
    const adding = plan.items.filter(({ outcome }) => outcome === 'add' || outcome === 'replace');
    const agreed = !input.dryRun && adding.length > 0 && (await agree(context, input, plan, adding.length));
    if (agreed) await write(context, plan);
    const items = plan.items.map(({ secrets, ...item }) => ({ ...item, secrets: Object.keys(secrets) }));
    context.result({ file: context.home.configFile, written: agreed, items }, () =>
      render(context, plan, agreed, input),
    );
  },
});

function makePlan(context: Context, { source, only, replace }: Input): ImportPlan {
  const { home, io } = context;
  const sources = findSources(context, source);
  const plan = planImport({
    sources,
    configFile: home.configFile,
    secrets: readSecrets(home.dataDir),
    homeDir: clientPlace(io).home,
    only,
    replace,
    ownPorts: ownPorts(home),
  });
  const names = plan.items.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const all = planImport({
      sources,
      configFile: home.configFile,
      secrets: {},
      homeDir: clientPlace(io).home,
      replace,
      ownPorts: [],
    }).items;
    const suggestion = didYouMean(
      unknown,
      all.map(({ name }) => name),
    );
    throw hubError('CLIENT_SERVER_UNKNOWN', {
      server: unknown,
      file: sources.map(({ file }) => file).join(', '),
      suggestion,
    });
  }
  return plan;
}

function findSources(context: Context, given: string | undefined): ImportSource[] {
  const place = clientPlace(context.io);
  if (given !== undefined && isClientId(given)) return [clientSource(given, place)];
  if (given !== undefined) {
    const file = resolve(context.io.cwd, given);
    if (existsSync(file)) return [{ title: given, file }];
    throw hubError('CLIENT_NOT_FOUND', { client: `${given}${didYouMean(given, CLIENT_IDS)}`, file });
  }
  const found = installedClients(place);
  if (found.length === 0)
    throw hubError('CLIENT_NOT_FOUND', {
      client: 'any client that the hub knows',
      file: place.home,
    });
  return found.map((id) => clientSource(id, place)).filter((source) => isReadable(context, source));
}

/** Of all clients, one whose file is broken does not keep the servers of the others from coming. */
function isReadable(context: Context, { file }: ImportSource): boolean {
  try {
    readDocument(file);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof CounterpartError)) throw thrown;
    context.note(`${thrown.message}. Its servers are left out.`);
    return false;
  }
}

async function agree(context: Context, input: Input, plan: ImportPlan, adding: number): Promise<boolean> {
  if (input.all || input.only) return true;
  if (!context.io.interactive || context.json)
    throw hubError('USAGE', {
      detail: `Nothing was written: --all adds the ${count(adding, 'server')}, --only <names> some, --dry-run shows them.`,
      command: 'hub import',
    });
  context.note(preview(context, plan));
  return context.confirm(`Add ${count(adding, 'server')}?`);
}

async function write(context: Context, plan: ImportPlan): Promise<void> {
  const { home } = context;
  const files = [home.configFile, secretsFile(home.dataDir)];
  await withBackup(home, `import ${plan.items.map(({ id }) => id).join(', ')}`, files, () => {
    // Secrets first: a hub that watches the configuration looks them up as soon as it changes.
    if (Object.keys(plan.secrets).length > 0) saveSecrets(home.dataDir, plan.secrets);
    writeWhole(home.configFile, plan.after);
  });
}

const OUTCOMES: Readonly<Record<ImportItem['outcome'], string>> = {
  add: 'add',
  replace: 'replace',
  same: 'already there',
  taken: 'name taken (--replace)',
  itself: 'skipped',
  unusable: 'cannot be used',
};

function preview({ paint, io, home }: Context, plan: ImportPlan): string {
  const rows = plan.items.map((item) => [
    item.outcome === 'add' || item.outcome === 'replace' ? paint.good('+') : paint.faint('·'),
    item.name,
    OUTCOMES[item.outcome],
    item.notes.join('; '),
  ]);
  const secrets = Object.entries(plan.secrets).map(([name, value]) => `  ${name} = ${maskSecret(value)}`);
  return [
    renderTable(['', paint.faint('SERVER'), paint.faint('OUTCOME'), paint.faint('NOTE')], rows, io.width),
    '',
    renderDiff(home.configFile, plan.before, plan.after, paint),
    ...(secrets.length === 0
      ? []
      : ['', `Secrets, kept in ${secretsFile(home.dataDir)} and not in hub.config.json:`, ...secrets]),
  ].join('\n');
}

function render(context: Context, plan: ImportPlan, written: boolean, input: Input): string {
  const { paint } = context;
  if (plan.items.length === 0)
    return 'No servers found there: none stand under mcpServers, servers, mcp_servers, context_servers, mcp or extensions.';
  const shown = preview(context, plan);
  if (input.dryRun) return `${shown}\n\nNothing was written (--dry-run).`;
  if (plan.before === plan.after) return `${shown}\n\nNothing to add.`;
  if (!written) return 'Nothing was written.';
  return `${shown}\n\n${paint.good('✓')} Written. A running hub has noticed; \`hub list\` shows them, \`hub undo\` takes it back.`;
}
