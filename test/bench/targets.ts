import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeHome, startHub } from '../fixtures/hub.ts';
import { LoadClient, type Era } from './load/mcp-load.ts';

/** A client of the benchmark: any number of requests at once; rejects unless the answer is a result. */
export interface Caller {
  /** Text of the answer. */
  request(method: string, name?: string, args?: string): Promise<string>;
  close(): unknown;
}

/** Something that answers MCP over HTTP, in a process of its own. */
export interface Target {
  readonly name: string;
  readonly era: Era;
  readonly url: string;
  readonly pid: number;
  /** Name of the echo tool there. */
  readonly tool: string;
}

export interface Started {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<unknown>;
}

/** The server of the benchmark, a program that speaks stdio. */
export const ECHO = join(import.meta.dirname, 'echo-server.ts');

/** Forwards to the echo server and does nothing else (`floor.ts`). */
export const FLOOR = join(import.meta.dirname, 'floor.ts');

/** The echo server itself over node:http. */
export const startDirect = (): Promise<Started> => startProgram([ECHO, '--http', '0']);

/** The least that a hub on node:http can be, before the echo server. */
export const startFloor = (): Promise<Started> => startProgram([FLOOR, 'http', process.execPath, ECHO]);

/** A program that prints its address. */
async function startProgram(args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `${line.toString().trim()}/mcp`, pid: child.pid ?? 0, stop: () => ended(child) };
}

/** The hub as it is started by hand, with the echo server behind it over stdio. */
export async function startHubWithEcho(): Promise<Started> {
  const command = { command: process.execPath, args: [ECHO] };
  const folder = makeHome({ log: { level: 'info' }, mcpServers: { bench: command } });
  const hub = await startHub(folder.home);
  const url = `${hub.url}/mcp`;
  await untilListed(url, 'bench__echo');
  const stop = async (): Promise<void> => {
    await hub.stop();
    folder.remove();
  };
  return { url, pid: hub.pid, stop };
}

/** Waits until a tool is offered; rejects after twenty seconds. */
export async function untilListed(url: string, tool: string): Promise<void> {
  const client = new LoadClient(url, 'modern');
  try {
    for (const end = performance.now() + 20_000; performance.now() < end;) {
      if ((await client.request('tools/list')).includes(`"${tool}"`)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${tool} was never listed at ${url}`);
  } finally {
    client.close();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill();
  await once(child, 'exit');
}
