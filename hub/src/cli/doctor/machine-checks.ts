import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CounterpartError } from '@counterpart/schemas';
import { CLIENT_IDS, clientFacts, userFile, type ClientId } from '../../interop/clients.ts';
import { connectedNames } from '../../interop/connect-plan.ts';
import { clientPlace } from '../client-place.ts';
import type { Context } from '../context.ts';
import { ownPorts } from '../own-ports.ts';
import { note, ok, problem, type Finding } from './finding.ts';

/** What a sandbox can be made of, and which clients are here. */
export function checkMachine(context: Context): Finding[] {
  return [
    checkSandbox(context.io.env['PATH'] ?? ''),
    ...CLIENT_IDS.flatMap((id) => checkClient(context, id)),
  ];
}

function checkSandbox(path: string): Finding {
  const found = ['docker', 'podman', 'bwrap'].filter((program) =>
    path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program))),
  );
  return found.length > 0
    ? ok('sandbox', `${found.join(', ')} found`)
    : note('sandbox', 'neither docker nor bubblewrap found; neither is needed yet');
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
