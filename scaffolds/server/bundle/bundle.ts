import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError } from '@counterpart/schemas';
import { hashFiles, listFiles } from '../source-files.ts';
import { runBundler } from './run-bundler.ts';
import { hashJson } from '../content-hash.ts';

export interface Bundle {
  /** Absolute path of `dist/server.js`. */
  readonly file: string;
  readonly bytes: number;
}

const kitSource = fileURLToPath(new URL('../../kit/src', import.meta.url));
const schemasSource = fileURLToPath(new URL('../../../schemas/src', import.meta.url));

/** Raised when the options below change, so that older bundles count as stale. */
const BUNDLER = 'tsup-3';

/**
 * Bundles `src/server.ts` with everything it imports into the one file `dist/server.js`, and leaves a stamp of what
 * it was made from. Several at once are safe, of the same folder too: each is written aside and renamed into place.
 */
export async function bundleServer(dir: string, options: { signal?: AbortSignal } = {}): Promise<Bundle> {
  const stamp = await stampOf(dir);
  const dist = join(dir, 'dist');
  await removeForgotten(dist);
  const aside = join(dist, `${ASIDE}${randomUUID()}`);
  try {
    options.signal?.throwIfAborted();
    await runTsup(dir, aside, options.signal);
    options.signal?.throwIfAborted();
    await mkdir(dist, { recursive: true });
    // The stamp last: a bundle without one counts as stale, never the reverse.
    await rm(join(dist, STAMP_FILE), { force: true });
    const file = join(dist, 'server.js');
    await rename(join(aside, 'server.js'), file);
    await writeFile(join(aside, STAMP_FILE), `${stamp}\n`);
    await rename(join(aside, STAMP_FILE), join(dist, STAMP_FILE));
    return { file, bytes: (await stat(file)).size };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** True only while the program, its sources, the blueprint and the kit are those the bundle was made from. */
export async function isBundleFresh(dir: string): Promise<boolean> {
  try {
    await stat(join(dir, 'dist', 'server.js'));
    const kept = await readFile(join(dir, 'dist', STAMP_FILE), 'utf8');
    return kept.trim() === (await stampOf(dir));
  } catch {
    return false;
  }
}

const STAMP_FILE = 'stamp';
const ASIDE = '.aside-';

/** No bundle takes this long, so a folder older than this belongs to a process that was killed. */
const FORGOTTEN_MS = 600_000;

async function removeForgotten(dist: string): Promise<void> {
  const names = await readdir(dist).catch((): string[] => []);
  for (const name of names.filter((name) => name.startsWith(ASIDE))) {
    const { mtimeMs } = await stat(join(dist, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > FORGOTTEN_MS) await rm(join(dist, name), { recursive: true, force: true });
  }
}

async function stampOf(dir: string): Promise<string> {
  const [program, kit, schemas] = await Promise.all([
    hashFiles(dir, ['blueprint.json', ...(await listFiles(dir, 'src'))]),
    toolkitHash(kitSource),
    toolkitHash(schemasSource),
  ]);
  return hashJson([BUNDLER, program, kit, schemas]);
}

async function toolkitHash(root: string): Promise<string> {
  const files = await listFiles(root, '.');
  return hashFiles(
    root,
    files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')),
  );
}

async function runTsup(dir: string, outDir: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await runBundler({ dir: resolve(dir), outDir: resolve(outDir), kitSource }, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('BUILD_FAILED', { server: dir, stage: 'bundle', detail }, { cause });
  }
}
