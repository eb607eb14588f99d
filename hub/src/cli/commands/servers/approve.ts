import { hubError, type PendingTool, type Proposal } from '@counterpart/schemas';
import { z } from 'zod';
import { madeVisible } from '../../../approvals/visible.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { findServer } from '../../names.ts';
import { renderProposal } from '../../output/definition-diff.ts';
import { count, duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

const Input = z.object({
  server: z.string().optional(),
  tools: z.array(z.string()).default([]),
  yes: z.boolean().default(false),
  diff: z.boolean().default(false),
  reject: z.boolean().default(false),
});
type Input = z.infer<typeof Input>;

export const approve = defineCommand({
  name: 'approve',
  group: 'servers',
  summary: 'Look at tools that changed, and let them be offered again',
  description:
    'A tool whose definition is not the one that was approved is left out of all lists and answers no call; so is a prompt (prompt:<name>), and changed instructions are told to nobody (instructions:). Without a server, lists all of them; with one, shows what changed and asks. Characters that nobody sees are written out.',
  arguments: [
    ['[server]', 'A server’s name'],
    ['[tools...]', 'Only these tools of it; default: all that await approval'],
  ],
  options: [
    ['-y, --yes', 'Approve without a question'],
    ['--diff', 'Only show what changed'],
    ['--reject', 'Keep these tools out until they change again; also takes out ones that are offered'],
  ],
  examples: [
    ['hub approve', 'everything that awaits approval'],
    ['hub approve weather', 'what changed, and a question'],
    ['hub approve weather get_forecast --reject', 'keeps one tool out'],
  ],
  input: Input,
  run: (context, input) =>
    withHub(context, (hub) =>
      input.server === undefined ? listPending(context, hub) : decide(context, hub, input.server, input),
    ),
});

async function listPending(context: Context, hub: HubApi): Promise<void> {
  const { paint, io } = context;
  const pending = await hub.pendingTools();
  context.result({ pending }, () =>
    pending.length === 0
      ? 'Nothing awaits approval.'
      : [
          renderTable(
            ['SERVER', 'TOOL', 'WHAT', 'SINCE'].map(paint.faint),
            pending.map((tool) => [
              paint.strong(tool.server),
              madeVisible(tool.tool),
              standing(tool),
              `${duration(Date.now() - Date.parse(tool.seenAt))} ago`,
            ]),
            io.width,
          ),
          '`hub approve <server>` shows what changed and asks; `hub review` shows it on a page.',
        ].join('\n'),
  );
}

const standing = ({ state, change }: PendingTool): string => (state === 'rejected' ? state : change);

async function decide(context: Context, hub: HubApi, name: string, input: Input): Promise<void> {
  const { id, prefix } = await findServer(hub, name);
  const tools = input.tools.map((tool) => ownName(tool, prefix));
  if (input.reject) return reject(context, hub, { id, tools });
  const proposals = chosen(await hub.proposals(id), { id, tools });
  if (proposals.length === 0 || input.diff) return show(context, id, proposals);
  if (!context.json) write(context, proposals);
  const what = `${count(proposals.length, 'tool')} of ${id}`;
  if (!input.yes && !(await context.confirm(`Approve ${what} as shown?`)))
    throw hubError('USAGE', {
      detail: 'nothing was approved: nobody agreed. --yes agrees, --diff only shows',
      command: 'hub approve',
    });
  const named = proposals.map(({ tool, hash }) => ({ tool, hash }));
  await hub.decide(id, { decision: 'approve', tools: named, via: 'cli' });
  context.result(
    { server: id, approved: named },
    () =>
      `${context.paint.good('✓')} Approved ${what}; ${named.length > 1 ? 'they are' : 'it is'} offered again.`,
  );
}

/** A name as the hub gives it, or as the server has it. */
const ownName = (tool: string, prefix: string): string =>
  prefix !== '' && tool.startsWith(`${prefix}__`) ? tool.slice(prefix.length + 2) : tool;

interface Chosen {
  readonly id: string;
  /** The server's own names; none: all that await approval. */
  readonly tools: readonly string[];
}

/** Tools that were rejected are meant only where they are named. */
function chosen(proposals: readonly Proposal[], { id, tools }: Chosen): Proposal[] {
  const unknown = tools.find((tool) => !proposals.some((proposal) => proposal.tool === tool));
  if (unknown !== undefined)
    throw hubError('INPUT_INVALID', {
      subject: unknown,
      detail: `no tool of ${id} awaits approval under this name; \`hub approve\` lists those that do`,
    });
  return proposals.filter(({ tool, state }) =>
    tools.length === 0 ? state === 'awaiting' : tools.includes(tool),
  );
}

function show(context: Context, server: string, proposals: readonly Proposal[]): void {
  if (context.json) return context.result({ server, proposals }, () => '');
  if (proposals.length === 0) return context.result({}, () => `Nothing of ${server} awaits approval.`);
  write(context, proposals);
}

/** As it is, not as a message of the hub: what stands in backticks was written by others. */
function write(context: Context, proposals: readonly Proposal[]): void {
  const render = (proposal: Proposal): string => renderProposal(proposal, context.paint);
  context.quote(proposals, () => proposals.map(render).join('\n\n'));
}

async function reject(context: Context, hub: HubApi, { id, tools }: Chosen): Promise<void> {
  if (tools.length === 0)
    throw hubError('USAGE', { detail: '--reject needs the names of tools', command: 'hub approve' });
  await hub.decide(id, { decision: 'reject', tools: tools.map((tool) => ({ tool })), via: 'cli' });
  context.result(
    { server: id, rejected: tools },
    () => `${context.paint.good('✓')} Rejected ${tools.join(', ')} of ${id}; out until it changes again.`,
  );
}
