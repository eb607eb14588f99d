import { bundleServer, isBundleFresh, type Bundle } from '@counterpart/scaffolds/server/bundle/bundle';

/** Bundles a server's program unless the bundle in place is of these very sources; undefined: it was. */
export async function ensureBundle(dir: string, signal?: AbortSignal): Promise<Bundle | undefined> {
  if (await isBundleFresh(dir)) return undefined;
  return bundleServer(dir, signal === undefined ? {} : { signal });
}
