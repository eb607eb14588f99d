import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { aborted } from '../../aborted.ts';
import { defineCommand } from '../../command.ts';
import {
  endpointPath,
  isOnePart,
  NOT_BOTH,
  type Part,
  PartOptions,
  selectorOf,
} from '../../running/endpoint.ts';
import type { Context } from '../../context.ts';
import type { RunningHub } from '../../../kernel/files/data-folder.ts';
import { launchHub } from '../../running/launch.ts';
import { findSettledHub, readToken } from '../../running/running-hub.ts';
import { silentHub } from '../../running/with-hub.ts';

const SETTLE_MS = 30_000;

export const stdio = defineCommand({
  name: 'stdio',
  group: 'hub',
  summary: 'Speak MCP over stdin and stdout, for clients that only launch commands',
  description:
    'A thin shim between a client that launches commands (such as Claude Desktop) and the running hub. Starts the hub in the background if none runs. With --alone it is the hub itself for as long as the client stays: one process less on the way of every call, and nothing left in the background. Standard output carries MCP and nothing else. With COUNTERPART_TOKEN set to the token of a person (`hub people`), the client sees what they see.',
  options: [
    ['--server <name>', 'Only this server’s tools (default: all)'],
    ['--profile <name>', 'What this profile of hub.config.json offers'],
    ['--alone', 'Be the hub, until the client leaves; refused while another hub runs for this home'],
  ],
  examples: [
    ['hub stdio', 'all servers'],
    ['hub stdio --server weather', 'one server'],
    ['hub stdio --profile search', 'one profile'],
    ['hub stdio --alone', 'no process in the background'],
  ],
  input: z.object({ ...PartOptions, alone: z.boolean().default(false) }).refine(isOnePart, NOT_BOTH),
  async run(context, { alone, ...part }) {
    if (alone) return serveAlone(context, part);
    const path = endpointPath(part);
    const place = async () => {
      const { url, socket } = await ensureHub(context);
      return { url: url + path, socket };
    };
    await context.io.runShim({
      ...(await place()),
      token: personToken(context) ?? readToken(context.home),
      input: context.io.stdin,
      output: context.io.stdout,
      signal: context.signal,
      onLost: place,
    });
  },
});

/** In whose name a client speaks, where that is not the owner of this machine’s hub. */
const personToken = ({ io }: Context): string | undefined => io.env['COUNTERPART_TOKEN'] || undefined;

/** A hub like any other, which other clients may find and use, too; it ends with this client. */
async function serveAlone(context: Context, part: Part): Promise<void> {
  const { home, io, signal } = context;
  const token = personToken(context);
  // Another command may have the data folder for a moment.
  await findSettledHub(home, SETTLE_MS, signal);
  const { createHub } = await import('../../../hub.ts');
  const hub = await createHub({ home: home.directory, port: 0 });
  try {
    const left = hub.serveStdio(io.stdin, io.stdout, { selector: selectorOf(part), token });
    await Promise.race([left, hub.stopRequested, aborted(signal)]);
  } finally {
    await hub.close();
  }
}

/** The hub, started if need be. Several shims may begin at once: whoever comes second uses the first one's hub. */
async function ensureHub(context: Context): Promise<RunningHub> {
  const presence = await settled(context);
  if (presence.kind === 'running') return presence.record;
  if (presence.kind === 'silent') throw silentHub(presence);
  try {
    await launchHub(context.home, { signal: context.signal });
    return await running(context);
  } catch (error) {
    const other = await settled(context);
    if (other.kind === 'running') return other.record;
    throw error;
  }
}

async function running(context: Context): Promise<RunningHub> {
  const presence = await settled(context);
  if (presence.kind === 'running') return presence.record;
  throw hubError('HUB_NOT_RUNNING', { home: context.home.directory });
}

const settled = ({ home, signal }: Context) => findSettledHub(home, SETTLE_MS, signal);
