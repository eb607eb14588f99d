import { basename, dirname, resolve } from 'node:path';
import { bundleServer } from '@counterpart/scaffolds/server/bundle/bundle';
import { hubError } from '@counterpart/schemas';
import { acceptPresent } from '../versions/install.ts';
import { readManifest } from '../versions/keep.ts';
import type { KeptVersion } from '../versions/kept.ts';
import type { VersionsAt } from '../versions/places.ts';
import { validateServer } from './verify/validate.ts';

export interface AcceptOrder {
  readonly id: string;
  readonly dir: string;
  /** Principal in words. */
  readonly by: string;
  /** Asked once the package is known to be sound. */
  readonly agree: (question: string) => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Approves a package as it lies in the servers folder; undefined when nobody agreed. Rejects with MANIFEST_INVALID for one that
 * breaks a rule, and INPUT_INVALID for one that cannot be kept.
 */
export async function acceptPackage(order: AcceptOrder, at: VersionsAt): Promise<KeptVersion | undefined> {
  const { id, dir, by, agree, signal } = order;
  if (basename(dir) !== id || resolve(dirname(dir)) !== resolve(at.serversDir)) {
    const detail = `it lies in ${dir}; versions are kept of packages that lie in ${at.serversDir} under their name`;
    throw hubError('INPUT_INVALID', { subject: id, detail });
  }
  const manifest = await readManifest(dir);
  if (manifest.entry === manifest.source) {
    const detail = 'it runs from its sources, which may lead anywhere; what is signed is one bundled file';
    throw hubError('INPUT_INVALID', { subject: id, detail });
  }
  const [first, ...others] = await validateServer(dir, at);
  if (first) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more: \`hub validate ${id}\`)`;
    throw hubError('MANIFEST_INVALID', { file: `${dir}/${first.file}`, detail: first.problem + more });
  }
  // What lies there may come from elsewhere, its stamp too: what was looked at are the sources.
  await bundleServer(dir, signal === undefined ? {} : { signal });
  if (!(await agree(`Approve ${id} ${manifest.version} as it lies in ${dir}?`))) return undefined;
  const author = { kind: 'person' as const };
  return acceptPresent({ id, facts: { author, approval: { by, at: new Date().toISOString() } } }, at);
}
