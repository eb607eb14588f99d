import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CounterpartError, hubError, ServerId } from '@counterpart/schemas';
import { guestData } from '../../fleet/walls/guest.ts';
import type { Vault } from '../../kernel/ports.ts';
import type { Inbox } from '../../inbox/inbox.ts';
import type { Mirrors } from '../../mirrors/mirrors.ts';
import { schemeOf } from '../../oauth/grant.ts';
import type { Grants } from '../../oauth/grants.ts';
import { keptVersions } from '../../versions/kept.ts';
import { serverDir } from '../../versions/places.ts';

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
