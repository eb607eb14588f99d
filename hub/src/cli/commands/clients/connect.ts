import { chmodSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { hubError, type Json } from '@counterpart/schemas';
import { z } from 'zod';
import { withBackup } from '../../../interop/backups.ts';
import { CLIENT_IDS, clientFacts } from '../../../interop/clients.ts';
import {
  connectionEntry,
  connectionFile,
  planConnection,
  type ConnectPlan,
  type Reach,
} from '../../../interop/connect-plan.ts';
import { makeFolder } from '../../../kernel/files/make-folder.ts';
import { realFile, writeWhole } from '../../../kernel/files/write-whole.ts';
import { clientPlace } from '../../input/client-place.ts';
import { defineCommand } from '../../command.ts';
import { endpointPath, isOnePart, NOT_BOTH, PartOptions, type Part } from '../../running/endpoint.ts';
import type { Context } from '../../context.ts';
import { selfCommand } from '../../running/launch.ts';
import { changedLines, renderDiff } from '../../output/text/diff.ts';
import { hubSettings } from '../../settings.ts';
import { isFree } from '../../running/is-free.ts';
import { findHub, type HubPresence } from '../../running/running-hub.ts';
import { personToken } from './person.ts';

const Input = z
  .object({
    client: z.enum(CLIENT_IDS, `it is one of ${CLIENT_IDS.join(', ')}`),
    dryRun: z.boolean().default(false),
    remove: z.boolean().default(false),
    stdio: z.boolean().default(false),
    file: z.string().optional(),
    project: z.union([z.string(), z.literal(true)]).optional(),
    person: z.boolean().default(false),
    ...PartOptions,
  })
  .refine(({ person, project }) => !person || project === undefined, {
    message: 'a token has no place in a file of a project, which others read',
    path: ['person'],
  })
  .refine(isOnePart, NOT_BOTH);
type Input = z.infer<typeof Input>;

export const connect = defineCommand({
  name: 'connect',
  group: 'clients',
  summary: 'Tell a client where the hub is',
  description:
    'Adds the hub to the client’s own configuration and touches nothing else in it: comments, order and unknown settings stay. Clients that take a URL get one; Claude Desktop gets a command that starts the hub by itself. A copy of the file is kept: `hub undo` takes it back.',
  arguments: [['<client>', CLIENT_IDS.join(', ')]],
  options: [
    ['--dry-run', 'Show the change and write nothing'],
    ['--remove', 'Take the hub out again'],
    ['--project [dir]', 'Write the project’s file instead of the user’s (default: this folder)'],
    ['--file <path>', 'Write this file'],
    ['--stdio', 'Let the client launch the hub instead of giving it a URL'],
    [
      '--person',
      'Let the client be known as a person (`hub people`), by their token: from COUNTERPART_TOKEN, else typed unseen',
    ],
    ['--server <name>', 'Connect one server only'],
    ['--profile <name>', 'Connect one profile of hub.config.json only'],
  ],
  examples: [
    ['hub connect cursor', 'for this user'],
    ['hub connect vscode --project', 'for the project in this folder'],
    ['hub connect claude-desktop --dry-run', 'shows what would be written'],
    ['COUNTERPART_TOKEN=… hub connect cursor --person', 'as the person whose token it is'],
    ['hub connect cursor --remove', 'takes it out again'],
  ],
  input: Input,
  async run(context, input) {
    const facts = clientFacts(input.client);
    const plan = await makePlan(context, input);
    const changes = plan.before !== plan.after;
    if (changes && !input.dryRun) await write(context, plan, input);
    const { file, outcome, before, after } = plan;
    const change = changedLines(before, after);
    context.result({ client: input.client, file, outcome, written: changes && !input.dryRun, change }, () =>
      render(context, plan, { dryRun: input.dryRun, title: facts.title, afterwards: facts.afterwards }),
    );
  },
});

const OWNER_ONLY = 0o600;

function entryName({ server, profile }: Part): string {
  const part = server ?? profile;
  return part === undefined ? 'counterpart' : `counterpart-${part}`;
}

async function makePlan(context: Context, input: Input): Promise<ConnectPlan> {
  const { cwd } = context.io;
  const project =
    input.project === undefined ? undefined : resolve(cwd, input.project === true ? '.' : input.project);
  const file = input.file === undefined ? undefined : resolve(cwd, input.file);
  return planConnection({
    client: input.client,
    file: realFile(connectionFile(input.client, clientPlace(context.io), { file, project })),
    create: file !== undefined || project !== undefined,
    name: entryName(input),
    remove: input.remove,
    entry: await makeEntry(context, input),
  });
}

async function makeEntry(context: Context, input: Input): Promise<Json> {
  const presence = await findHub(context.home);
  const url = presence.kind === 'running' ? presence.record.url : undefined;
  const isPerson = input.person && !input.remove;
  const token = isPerson ? await personToken(context, url) : undefined;
  return connectionEntry(
    input.client,
    chooseReach(context, input, { url: url ?? (await futureUrl(context, presence)), token }),
    { name: entryName(input), token },
  );
}

/** Where this hub will listen; undefined where another program, such as the hub of another home, does so now. */
async function futureUrl({ home }: Context, presence: HubPresence): Promise<string | undefined> {
  const { url, config } = hubSettings(home);
  const isGone = presence.kind === 'none' || presence.kind === 'stale';
  return url === undefined || (isGone && !(await isFree(config.listen))) ? undefined : url;
}

/** A URL where one can be had and needs no secret of the owner; else the shim, which finds address and token by itself. */
function chooseReach(
  context: Context,
  { client, stdio, ...part }: Input,
  running: { readonly url: string | undefined; readonly token: string | undefined },
): Reach {
  const settings = hubSettings(context.home);
  const { server, profile } = part;
  if (profile !== undefined && !Object.hasOwn(settings.config.profiles, profile))
    throw hubError('PROFILE_UNKNOWN', { profile });
  const { url } = running;
  const isOpen = running.token !== undefined || !settings.mcpNeedsToken;
  const wantsUrl = clientFacts(client).takesUrl && !stdio && isOpen;
  if (wantsUrl && url !== undefined)
    return {
      kind: 'url',
      url: url + endpointPath(part),
    };
  const { command, script } = selfCommand();
  const only = [
    ...(server === undefined ? [] : ['--server', server]),
    ...(profile === undefined ? [] : ['--profile', profile]),
  ];
  return { kind: 'command', command, args: [script, 'stdio', '--home', context.home.directory, ...only] };
}

async function write(
  context: Context,
  { file, after }: ConnectPlan,
  { client, remove, person }: Input,
): Promise<void> {
  await withBackup(context.home, `connect ${client}${remove ? ' --remove' : ''}`, [file], () => {
    makeFolder(dirname(file));
    writeWhole(file, after, OWNER_ONLY);
    // A file that was there keeps its mode, and had no token in it.
    if (person) chmodSync(file, OWNER_ONLY);
  });
}

const DONE: Readonly<Record<ConnectPlan['outcome'], string>> = {
  added: 'now knows the hub',
  replaced: 'now knows the hub (its old entry was replaced)',
  removed: 'no longer knows the hub',
  same: 'already knows the hub; nothing was changed',
  absent: 'does not know the hub; nothing was changed',
};

function render(
  { paint }: Context,
  plan: ConnectPlan,
  more: { readonly dryRun: boolean; readonly title: string; readonly afterwards: string },
): string {
  const diff = renderDiff(plan.file, plan.before, plan.after, paint);
  if (diff === '') return `${paint.good('=')} ${more.title} ${DONE[plan.outcome]}: ${plan.file}`;
  if (more.dryRun) return `${diff}\n\nNothing was written (--dry-run).`;
  return `${diff}\n\n${paint.good('✓')} ${more.title} ${DONE[plan.outcome]}. ${more.afterwards}\n  \`hub undo\` takes it back.`;
}
