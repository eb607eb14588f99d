import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError } from '@counterpart/schemas';
import { runBundler } from './run-bundler.ts';

const PROGRAM = fileURLToPath(new URL('../../mirror/alone/main.ts', import.meta.url));
const kitSource = fileURLToPath(new URL('../../kit/src', import.meta.url));

/** Bundles the program of a mirror that runs alone, with its whole engine, into `mirror.js` of a folder. */
export async function bundleMirror(outDir: string, signal?: AbortSignal): Promise<void> {
  const entry = { name: 'mirror', file: PROGRAM };
  try {
    await runBundler({ dir: dirname(PROGRAM), outDir, kitSource, entry }, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('BUILD_FAILED', { server: outDir, stage: 'bundle', detail }, { cause });
  }
}
