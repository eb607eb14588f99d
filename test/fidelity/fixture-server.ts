import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Era } from '../../hub/src/kernel/ports.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/fidelity/server.mjs', import.meta.url));

/** How a fixture server is launched on standard input and output. */
export const fixtureProgram = (era: Era, shape = 'full') => ({
  command: process.execPath,
  args: [FIXTURE, era, 'stdio', shape],
});

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A fixture server over HTTP on a free port. */
export async function startHttpServer(era: Era, shape = 'full'): Promise<RunningServer> {
  const child = spawn(process.execPath, [FIXTURE, era, 'http', shape], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await firstLine(child);
  return {
    url,
    async close() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.stdin?.end();
      await ended;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.trim());
    });
    child.once('exit', (code) => reject(new Error(`the fixture server ended with ${code}`)));
  });
}
