import { existsSync } from 'node:fs';
import { CounterpartError } from '@counterpart/schemas';
import { CLIENT_IDS, clientFacts, userFile, type ClientId } from '../../interop/clients.ts';
import { connectedNames } from '../../interop/connect-plan.ts';
import { findSandboxes } from '../../sandbox/sandbox.ts';
import { clientPlace } from '../input/client-place.ts';
import type { Context } from '../context.ts';
import { ownPorts } from '../running/own-ports.ts';
import { note, ok, problem, type Finding } from './finding.ts';

/** What a sandbox can be made of, and which clients are here. */
export async function checkMachine(context: Context): Promise<Finding[]> {
  return [await checkSandbox(), ...CLIENT_IDS.flatMap((id) => checkClient(context, id))];
}

/** Each engine is asked to run something: a program on the path says little. */
async function checkSandbox(): Promise<Finding> {
  const looked = await findSandboxes();
  const usable = looked.flatMap(({ found }) => (typeof found === 'string' ? [] : found.description));
  if (usable.length > 0) return ok('sandbox', usable.join(', '));
  const reasons = looked.flatMap(({ found }) => (typeof found === 'string' ? found : []));
  return note('sandbox', `${reasons.join('; ')}: code that nobody approved is not run here`);
}

function checkClient(context: Context, id: ClientId): Finding[] {
  const { title } = clientFacts(id);
  const check = `client ${id}`;
  const file = userFile(id, clientPlace(context.io));
  if (!existsSync(file)) return [];
  try {
    return connectedNames(id, file, ownPorts(context.home)).length > 0
      ? [ok(check, `${title} knows the hub (${file})`)]
      : [note(check, `${title} does not know the hub; \`hub connect ${id}\` tells it`)];
  } catch (error) {
    if (!(error instanceof CounterpartError)) throw error;
    return [problem(check, error.message, `Mend the file in ${title} itself; the hub does not touch it.`)];
  }
}
