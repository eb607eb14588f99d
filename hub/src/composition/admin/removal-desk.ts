import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CounterpartError, hubError, type ServerEntry, ServerId } from '@counterpart/schemas';
import { z } from 'zod';
import type { ConfigStore } from '../../config/store.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { guestData } from '../../fleet/walls/guest.ts';
import type { Clock } from '../../kernel/clock.ts';
import { makeFolder } from '../../kernel/files/make-folder.ts';
import type { Vault } from '../../kernel/ports.ts';
import type { Inbox } from '../../inbox/inbox.ts';
import type { Mirrors } from '../../mirrors/mirrors.ts';
import { schemeOf } from '../../oauth/grant.ts';
import type { Grants } from '../../oauth/grants.ts';
import { readNeeds, removalProblem } from '../../versions/dependencies.ts';
import { keptVersions } from '../../versions/kept.ts';
import { serverDir, type VersionsAt } from '../../versions/places.ts';

interface Desk {
  readonly dataDir: string;
  readonly vault: Vault;
  readonly grants: Grants;
  readonly mirrors: Mirrors;
  readonly inbox: Inbox;
}

/**
 * Removes for good what is left of a server that was taken out: versions and history, secrets and sign-ins, the data of its
 * mirror, copies that were put aside. What it removed, in words; killed in between, it can be called again.
 */
export async function purge(id: string, desk: Desk): Promise<string[]> {
  if (!ServerId.safeParse(id).success) throw hubError('SERVER_UNKNOWN', { server: id, suggestion: '' });
  return [
    ...(await purgeSecrets(id, desk)),
    ...(await purgeMirror(id, desk)),
    ...(await purgeVersions(id, desk)),
    ...((folder) => (folder === undefined ? [] : [`what was posted to its hooks (${folder})`]))(
      await desk.inbox.purge(id),
    ),
    ...(await purgeFolder(join(desk.dataDir, 'compiled', id), 'its compiled code')),
    ...(await purgeFolder(guestData(desk.dataDir, id), 'the data it kept')),
    ...(await purgeAside(id, desk)),
  ];
}

async function purgeSecrets(id: string, { vault, grants }: Desk): Promise<string[]> {
  const own = (await vault.list()).filter(({ server }) => server === id);
  for (const { server, name } of own) {
    const scheme = schemeOf(name);
    // A sign-in is ended with the service, too.
    if (scheme === undefined) await vault.delete({ server, name });
    else await grants.remove(server, scheme);
  }
  return own.map(({ name }) => {
    const scheme = schemeOf(name);
    return scheme === undefined ? `the secret ${name}` : `the sign-in ${scheme}`;
  });
}

async function purgeMirror(id: string, { mirrors, dataDir }: Desk): Promise<string[]> {
  try {
    const { directory } = await mirrors.remove(id);
    return [`its mirror with ${directory}`];
  } catch (cause) {
    if (!(cause instanceof CounterpartError) || cause.code === 'DATA_UNWRITABLE') throw cause;
    return purgeFolder(join(dataDir, 'mirrors', id), 'the data of its mirror');
  }
}

async function purgeVersions(id: string, desk: Desk): Promise<string[]> {
  const { length } = keptVersions(desk, id);
  return purgeFolder(
    serverDir(desk, id),
    `${length} ${length === 1 ? 'version' : 'versions'} and the history`,
  );
}

/** Copies are named by the time they were put aside. */
async function purgeAside(id: string, { dataDir }: Desk): Promise<string[]> {
  const folder = join(dataDir, 'removed');
  const isCopy = (name: string): boolean =>
    name.startsWith(`${id}-`) && /^\d{4}-\d{2}-\d{2}T/.test(name.slice(id.length + 1));
  const copies = existsSync(folder) ? readdirSync(folder).filter(isCopy) : [];
  for (const name of copies) await rm(join(folder, name), { recursive: true, force: true });
  return copies.map((name) => join(folder, name));
}

async function purgeFolder(folder: string, words: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  await rm(folder, { recursive: true, force: true });
  return [`${words} (${folder})`];
}

interface Removing {
  readonly dataDir: string;
  readonly versions: VersionsAt;
  readonly clock: Clock;
  readonly config: ConfigStore;
  readonly fleet: Fleet;
}

/** A removed server is put aside, never deleted: a folder under the data folder, or its configuration in a file there. */
export async function remove(id: string, options: Removing): Promise<{ undo: string }> {
  const found = placeOf(id, options);
  const needed = removalProblem(id, await readNeeds(options.versions));
  if (needed) throw needed;
  const aside = join(options.dataDir, 'removed');
  makeFolder(aside, 0o700);
  const stamp = new Date(options.clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const place = join(aside, `${id}-${stamp}${'directory' in found ? '' : '.json'}`);
  if ('directory' in found) {
    renameSync(found.directory, place);
    await options.fleet.reconcile();
    return {
      undo: `Move ${place} back to ${join(basename(dirname(found.directory)), basename(found.directory))} to have it again.`,
    };
  }
  writeFileSync(place, JSON.stringify({ mcpServers: { [id]: found.entry } }, undefined, 2), { mode: 0o600 });
  await options.config.update((json) => {
    delete memberOf(json, 'mcpServers')[id];
    delete memberOf(json, 'servers')[id];
  });
  await options.config.load();
  await options.fleet.reconcile();
  return { undo: `Run \`hub import ${place}\` to have it again.` };
}

/** Where a server is: its folder, or its entry in the configuration. Throws as `fleet.get`. */
function placeOf(
  id: string,
  { fleet, config, versions }: Removing,
): { readonly directory: string } | { readonly entry: ServerEntry } {
  // What cannot be served as it stands has no member, and is there all the same.
  const isBroken = !fleet.members.has(id) && fleet.problems.has(id) && basename(id) === id;
  const directory = join(versions.serversDir, id);
  if (isBroken && existsSync(directory)) return { directory };
  const entry = config.current().mcpServers[id];
  if (isBroken && entry !== undefined) return { entry };
  const { origin } = fleet.get(id).desired;
  return origin.kind === 'built' ? { directory: origin.found.directory } : { entry: origin.entry };
}

/** The object at `key`, made where there is none. */
export function memberOf(json: Record<string, unknown>, key: string): Record<string, unknown> {
  const known = z.record(z.string(), z.unknown()).safeParse(json[key]);
  const member = known.success ? known.data : {};
  json[key] = member;
  return member;
}
