import { existsSync } from 'node:fs';
import { CounterpartError, type HubConfig } from '@counterpart/schemas';
import { CLIENT_IDS, clientFacts, userFile, type ClientId } from '../../interop/clients.ts';
import { connectedNames } from '../../interop/connect-plan.ts';
import { findSandboxes } from '../../sandbox/sandbox.ts';
import { clientPlace } from '../input/client-place.ts';
import type { Context } from '../context.ts';
import { readServersFolder } from '../server-folder.ts';
import { hubSettings } from '../settings.ts';
import { ownPorts } from '../running/own-ports.ts';
import { note, ok, problem, type Finding } from './finding.ts';

/** What a sandbox can be made of, and which clients are here. */
export async function checkMachine(context: Context): Promise<Finding[]> {
  return [await checkSandbox(context), ...CLIENT_IDS.flatMap((id) => checkClient(context, id))];
}

/** Each engine is asked to run something: a program on the path says little. */
async function checkSandbox(context: Context): Promise<Finding> {
  const { config } = hubSettings(context.home);
  const looked = await findSandboxes(config.defaults.sandbox);
  const usable = looked.flatMap(({ found }) => (typeof found === 'string' ? [] : found.description));
  if (usable.length > 0) return ok('sandbox', usable.join(', '));
  const reasons = looked.flatMap(({ found }) => (typeof found === 'string' ? found : []));
  const reason = reasons.join('; ');
  const walled = walledServers(context, config);
  if (walled.length === 0) return note('sandbox', `${reason}: code that nobody approved is not run here`);
  return problem(
    'sandbox',
    `${reason}: ${walled.join(', ')} cannot start, being set to run inside walls`,
    'Install bubblewrap (`apt install bubblewrap`) or start a Docker engine.',
  );
}

/** Ids of the servers that are to run inside walls. */
function walledServers(context: Context, { defaults, mcpServers, overrides }: HubConfig): string[] {
  const built = [...readServersFolder(context).servers.keys()].filter(
    (id) => (overrides[id]?.walls ?? defaults.walls) === 'sandbox',
  );
  const others = Object.entries(mcpServers).filter(
    ([, server]) => 'walls' in server && server.walls === 'sandbox',
  );
  return [...built, ...others.map(([id]) => id)];
}

function checkClient(context: Context, id: ClientId): Finding[] {
  const { title } = clientFacts(id);
  const check = `client ${id}`;
  const file = userFile(id, clientPlace(context.io));
  if (!existsSync(file)) return [];
  try {
    return connectedNames(file, ownPorts(context.home)).length > 0
      ? [ok(check, `${title} knows the hub (${file})`)]
      : [note(check, `${title} does not know the hub; \`hub connect ${id}\` tells it`)];
  } catch (error) {
    if (!(error instanceof CounterpartError)) throw error;
    return [problem(check, error.message, `Mend the file in ${title} itself; the hub does not touch it.`)];
  }
}
