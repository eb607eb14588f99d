import { resolve } from 'node:path';
import { CounterpartError, hubError, type Manifest, type ServerOverride } from '@counterpart/schemas';
import type { BesideProgram, Candidate } from '../../builds/room.ts';
import type { BoxedProcess } from '../../kernel/ports.ts';
import type { DesiredServer } from '../desired.ts';
import { memberSecrets } from '../member-secrets.ts';
import { wallIn } from '../walls/built.ts';
import { withinPermissions } from '../permissions/within.ts';
import { environmentOf } from './built.ts';
import type { ProgramOptions } from './lookup.ts';

/** A candidate's failures disable nothing: the server that serves is another one. */
const CIRCUIT = { failures: 5, pauseMs: 10_000, disableAfter: 0 };

/** A candidate's manifest without everything that the version in use is not given. Pure. */
export function withoutMore(candidate: Manifest, inUse: Manifest): Manifest {
  const known = <T extends { readonly name: string }>(slots: readonly T[], before: readonly T[]): T[] =>
    slots.filter(({ name }) => before.some((slot) => slot.name === name));
  const { net, files } = candidate.permissions;
  return {
    ...candidate,
    secrets: known(candidate.secrets, inUse.secrets),
    config: known(candidate.config, inUse.config),
    hooks: known(candidate.hooks ?? [], inUse.hooks ?? []),
    permissions: {
      ...candidate.permissions,
      net: net.filter((host) => inUse.permissions.net.includes(host)),
      files: files.filter((file) => inUse.permissions.files.includes(file)),
    },
  };
}

const limited = (override: ServerOverride | undefined): ServerOverride => ({
  ...override,
  network: { ...override?.network, circuit: CIRCUIT },
});

const speaking = (box: BoxedProcess, release: () => Promise<void>): BesideProgram => ({
  stdin: box.stdin,
  stdout: box.stdout,
  stderr: box.stderr,
  ended: box.ended.then(({ outcome }) => `it ended: ${outcome}`),
  kill: () => void box.stop(),
  release,
});

/**
 * Starts a candidate beside the version in use: inside walls whatever the configuration says, with the settings, files and
 * hosts of that version and the credentials that the broker adds, and no more. Answers in words what keeps it from that.
 */
export async function openBeside(
  { server, directory, manifest, onlyReads }: Candidate,
  { origin }: DesiredServer,
  options: ProgramOptions,
): Promise<BesideProgram | string> {
  if (origin.kind !== 'built') throw hubError('INTERNAL', { detail: `${server} was not built here` });
  const lookup = { ...options, given: await memberSecrets(options.vault, server, origin) };
  const allowed = withinPermissions(withoutMore(manifest, origin.found.manifest), origin.override);
  const walled = await wallIn(options.walls, {
    manifest: allowed,
    override: limited(origin.override),
    directory,
    packageDir: directory,
    entry: resolve(directory, manifest.entry),
    env: environmentOf(origin, allowed, lookup).env,
    mirrorUrl: options.mirrorUrl(server),
    folders: [],
    onlyReads,
  });
  try {
    return speaking(await walled.openBox({}), () => walled.release());
  } catch (cause) {
    await walled.release();
    if (cause instanceof CounterpartError) return cause.message;
    throw cause;
  }
}
