import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tree } from './tree.ts';

const ENTRY = fileURLToPath(new URL('node_modules/@stoplight/prism-cli/dist/index.js', import.meta.url));

/** Whether `npm run gauntlet:referee` was run. */
export const hasReferee = existsSync(ENTRY);

/** Longest start that is waited for, in milliseconds; what takes longer is read as never. */
const LONGEST_START_MS = 60_000;

/** Prism, answering as the service of a description: an independent reading of what a valid request is. */
export interface Referee extends AsyncDisposable {
  /** Base address, without a slash at its end. */
  readonly url: string;
}

/** Starts Prism on a description; rejects with what it printed when it does not come up. */
export async function startReferee(description: Tree): Promise<Referee> {
  const folder = await mkdtemp(join(tmpdir(), 'referee-'));
  const file = join(folder, 'description.json');
  await writeFile(file, JSON.stringify(description));
  const port = await freePort();
  const child = spawn(process.execPath, [ENTRY, 'mock', '-h', '127.0.0.1', '-p', String(port), file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      const late = setTimeout(() => reject(new Error(`not up in ${LONGEST_START_MS} ms`)), LONGEST_START_MS);
      const hear = (chunk: Buffer): void => {
        printed = (printed + chunk.toString()).slice(-4_000);
        if (!printed.includes('Prism is listening')) return;
        clearTimeout(late);
        resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      void exited.then(() => {
        clearTimeout(late);
        reject(new Error(`the referee ended: ${printed}`));
      });
    });
  } catch (error) {
    await stop();
    throw error;
  }
  // Nobody reads on: its log of a few thousand requests would fill the pipes.
  child.stdout.removeAllListeners('data').resume();
  child.stderr.removeAllListeners('data').resume();
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

/** Prism takes no port 0; between this and its start another program might take the port, and the start fails loudly. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
