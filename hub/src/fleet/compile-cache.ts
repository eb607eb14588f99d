import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where Node keeps the compiled code of one version of a built server, and of no other server: compiled code is believed
 * when it is read, so servers must not write into each other's. What earlier versions left is removed.
 */
export async function compileCacheOf(
  folder: string,
  { id, contentHash }: { readonly id: string; readonly contentHash: string },
): Promise<string> {
  const own = join(folder, id);
  const version = contentHash.replace(/^sha256-/, '').slice(0, 16);
  const names = await readdir(own).catch((): string[] => []);
  const old = names.filter((name) => name !== version);
  // Only space is lost when this fails.
  await Promise.all(
    old.map((name) => rm(join(own, name), { recursive: true, force: true }).catch(() => undefined)),
  );
  return join(own, version);
}
