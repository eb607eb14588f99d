import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { endpointPath, isOnePart, NOT_BOTH, PartOptions } from '../../endpoint.ts';
import type { Context } from '../../context.ts';
import { launchHub } from '../../launch.ts';
import { findSettledHub, readToken } from '../../running-hub.ts';
import { silentHub } from '../../with-hub.ts';

const SETTLE_MS = 30_000;

export const stdio = defineCommand({
  name: 'stdio',
  group: 'hub',
  summary: 'Speak MCP over stdin and stdout, for clients that only launch commands',
  description:
    'A thin shim between a client that launches commands (such as Claude Desktop) and the running hub. Starts the hub in the background if none runs. Standard output carries MCP and nothing else.',
  options: [
    ['--server <name>', 'Only this server’s tools (default: all)'],
    ['--profile <name>', 'What this profile of hub.config.json offers'],
  ],
  examples: [
    ['hub stdio', 'all servers'],
    ['hub stdio --server weather', 'one server'],
    ['hub stdio --profile search', 'one profile'],
  ],
  input: z.object(PartOptions).refine(isOnePart, NOT_BOTH),
  async run(context, part) {
    const path = endpointPath(part);
    const endpoint = async () => (await ensureHub(context)) + path;
    await context.io.runShim({
      url: await endpoint(),
      token: readToken(context.home),
      input: context.io.stdin,
      output: context.io.stdout,
      signal: context.signal,
      onLost: endpoint,
    });
  },
});

/** The address of the hub, started if need be. Several shims may begin at once: whoever comes second uses the first one's hub. */
async function ensureHub(context: Context): Promise<string> {
  const presence = await findSettledHub(context.home, SETTLE_MS, context.signal);
  if (presence.kind === 'running') return presence.record.url;
  if (presence.kind === 'silent') throw silentHub(presence);
  try {
    return (await launchHub(context.home, { signal: context.signal })).url;
  } catch (error) {
    const other = await findSettledHub(context.home, SETTLE_MS, context.signal);
    if (other.kind === 'running') return other.record.url;
    throw error;
  }
}
