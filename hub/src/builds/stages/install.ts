import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { hubError, type ApprovalSheet, type VersionAuthor } from '@counterpart/schemas';
import { installVersion } from '../../versions/install.ts';
import type { KeptDecision } from '../keep/build-folder.ts';
import type { LoopRun } from '../room.ts';
import { hashCandidate } from './sheet.ts';

/**
 * Keeps, signs and puts in use the approved package, and nothing else: throws BUILD_CHANGED when it is another one by now.
 * The version before stays in use until then.
 */
export async function installCandidate(
  run: LoopRun,
  sheet: ApprovalSheet,
  { by, at }: KeptDecision,
): Promise<void> {
  const { order, person } = await run.record();
  const folder = await mkdtemp(join(run.folder.path, '.install-'));
  const copy = join(folder, sheet.server);
  try {
    await cp(run.folder.candidate, copy, { recursive: true });
    // Of the copy: what is installed is what was hashed, whatever happens to the candidate meanwhile.
    const hash = await hashCandidate(copy);
    if (hash !== sheet.hash)
      throw hubError('BUILD_CHANGED', { build: run.id, detail: `${hash} instead of ${sheet.hash}` });
    run.signal.throwIfAborted();
    const source = {
      location: order.from ?? order.folder ?? order.text.slice(0, 200),
      hash: hashJson(order),
    };
    const reports = { tests: hashJson(run.folder.reports().at(-1) ?? null) };
    const unsafe = sheet.tests.unsafeLocal === true ? { unsafeLocal: true as const } : {};
    const trace = order.trace === undefined ? {} : { trace: order.trace };
    const facts = { author: authorOf(sheet), source, reports, ...unsafe, ...trace, approval: { by, at } };
    if (person !== undefined) await claim(run, sheet.server, person);
    await installVersion({ id: sheet.server, candidateDir: copy, facts }, run.room.versions);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Theirs before it is there: nobody else sees it for a moment. */
async function claim({ room }: LoopRun, server: ApprovalSheet['server'], person: string): Promise<void> {
  room.claims.assertFree(server, person);
  await room.claims.bind(server, person);
}

/** Who wrote it: nobody but the compiler where a description was found. */
function authorOf({ kind, author }: ApprovalSheet): VersionAuthor {
  if (kind === 'description') return { kind: 'compiler' };
  const name = author.model === undefined ? {} : { name: author.model };
  if (author.kind === 'person') return { kind: 'person' };
  const prompts = author.packs.flatMap((pack) => pack.split('+')).map((pack) => pack.split('@'));
  return {
    kind: 'model',
    ...name,
    prompts: Object.fromEntries(prompts.map(([pack = '', version = '']) => [pack, version])),
  };
}
