import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

/** What the bundling thread is started with; absolute paths. */
export interface BundleOrder {
  readonly dir: string;
  readonly outDir: string;
  /** The kit's `src`. */
  readonly kitSource: string;
  /** The program to bundle and the name of what becomes of it; default: a server's `src/server.ts`. */
  readonly entry?: { readonly name: string; readonly file: string };
}

/** Bundles in a thread, which ends when `signal` is aborted. Rejects with what is wrong, in words. */
export async function runBundler(order: BundleOrder, signal?: AbortSignal): Promise<void> {
  const file = fileURLToPath(new URL('./bundle-worker.ts', import.meta.url));
  // Nothing of the caller's: flags of its command line are not meant for it, its standard output may be a protocol's.
  const worker = new Worker(file, { workerData: order, stdout: true, execArgv: [] });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', () => resolve());
    });
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
