import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { hubError, type CommandServer } from '@counterpart/schemas';
import type { Origin } from '../desired.ts';
import { commandEnvironment, definedVariables, guestEnvironment, textMembers } from '../environment.ts';
import { assertWallsFor, wallInGuest } from '../walls/guest.ts';
import { resolveArgument, resolveMembers, type Lookup, type Program } from './lookup.ts';

const ownSecrets = ({ own, values }: Lookup['given']): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => own.includes(name)));

/** The program of a third-party command. Rejects with what keeps it from being started at all. */
export async function commandProgram(
  id: string,
  origin: Extract<Origin, { kind: 'command' }>,
  options: Lookup,
): Promise<Program> {
  const { entry } = origin;
  const { home, host, given, hubData } = options;
  assertWallsFor(id, entry);
  const isWalled = entry.walls === 'sandbox';
  const named = {
    ...variablesOfFile(id, entry, home),
    ...ownSecrets(given),
    ...resolveMembers(textMembers(entry.env), id, options),
  };
  const environment = isWalled ? guestEnvironment(named, host) : commandEnvironment(named, host);
  const program = {
    command: resolveArgument(entry.command, id, options),
    args: (entry.args ?? []).map((arg) => resolveArgument(arg, id, options)),
    cwd: resolve(home, entry.cwd ?? '.'),
  };
  const guest = { id, entry, ...program, env: environment.env, home, hubData, userHome: homedir() };
  return {
    ...program,
    environment,
    restart: entry.restart ?? 'permanent',
    warm: false,
    walled: isWalled ? await wallInGuest(options.walls, guest) : undefined,
  };
}

function variablesOfFile(id: string, { envFile }: CommandServer, home: string): Record<string, string> {
  if (envFile === undefined) return {};
  const file = resolve(home, envFile);
  if (existsSync(file)) return definedVariables(parseEnv(readFileSync(file, 'utf8')));
  throw hubError('CONFIG_INVALID', {
    file,
    detail: `→ at mcpServers.${id}.envFile: there is no such file`,
  });
}
