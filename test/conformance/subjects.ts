import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Revision } from './suite.ts';

/** A server that the suite is run against: by itself, and through the hub over each way the hub can reach it. */
export interface Subject {
  readonly name: string;
  /** Revisions that it speaks by itself. Others are not compared: the hub speaks both for any server. */
  readonly revisions: readonly Revision['version'][];
  /** How its own Streamable HTTP endpoint is started: what the suite is run against directly. */
  readonly direct: Program;
  /** Entries of `mcpServers`, by a name for the way; `url` is that of `direct`. */
  readonly routes: (url: string) => Readonly<Record<string, object>>;
}

interface Program {
  readonly args: readonly string[];
  /** Environment variable that takes its port; undefined: it prints its URL. */
  readonly portVariable?: string;
}

const FIXTURES = join(import.meta.dirname, '../fixtures/conformance');
const STDIO = join(FIXTURES, 'everything.ts');
const HTTP = join(FIXTURES, 'everything-http.ts');

const resolve = createRequire(import.meta.url).resolve;
const SDK_EXAMPLE = join(
  dirname(resolve('@modelcontextprotocol/sdk/server/mcp.js')),
  '../../esm/examples/server/simpleStreamableHttp.js',
);
const EVERYTHING = join(
  dirname(resolve('@modelcontextprotocol/server-everything/package.json')),
  'dist/index.js',
);

const node = (...args: string[]) => ({ command: process.execPath, args });
/** Sessions of its own let a server of the older era ask the client it works for. */
const SESSION = { isolation: 'session' };

/** The servers of the differential run. The newer SDK ships no example; the fixture is written on it. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: 'fixture',
    revisions: ['2025-11-25', '2026-07-28'],
    direct: { args: [HTTP] },
    routes: (url) => ({
      stdio: node(STDIO),
      http: { url },
      'legacy-stdio': { ...node(STDIO, 'legacy'), ...SESSION },
    }),
  },
  {
    name: 'fixture-legacy',
    revisions: ['2025-11-25'],
    direct: { args: [HTTP, 'legacy'] },
    routes: (url) => ({ http: { url, ...SESSION } }),
  },
  {
    name: 'server-everything',
    revisions: ['2025-11-25'],
    direct: { args: [EVERYTHING, 'streamableHttp'], portVariable: 'PORT' },
    routes: (url) => ({ stdio: { ...node(EVERYTHING, 'stdio'), ...SESSION }, http: { url, ...SESSION } }),
  },
  {
    name: 'sdk-v1-example',
    revisions: ['2025-11-25'],
    direct: { args: [SDK_EXAMPLE], portVariable: 'MCP_PORT' },
    routes: (url) => ({ http: { url, ...SESSION } }),
  },
];

/** A subject that runs by itself. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the subject's own endpoint on a free port of the loopback interface. */
export async function startSubject({ name, direct }: Subject): Promise<Running> {
  const port = direct.portVariable === undefined ? undefined : await freePort();
  const child = spawn(process.execPath, direct.args, {
    env: { ...process.env, ...(port === undefined ? {} : { [String(direct.portVariable)]: String(port) }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await announced(child, name, port);
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** The URL that it prints, or that of `port` as soon as it says that it listens. */
function announced(child: ChildProcess, name: string, port: number | undefined): Promise<string> {
  let said = '';
  return new Promise((found, reject) => {
    const look = (chunk: Buffer): void => {
      said += chunk.toString();
      if (port !== undefined && said.includes(String(port))) found(`http://127.0.0.1:${port}/mcp`);
      const printed = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(said)?.[0];
      if (port === undefined && printed !== undefined) found(printed);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${said}`)));
  });
}

function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((found) => {
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo; // a TCP server has one
      probe.close(() => found(port));
    });
  });
}
