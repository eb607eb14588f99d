import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Era } from '../../hub/src/kernel/ports.ts';
import { fixtureProgram } from './fixture-server.ts';
import type { Subject } from './subject.ts';

/** Another program that stands between client and server, how it is installed and started. */
export interface Peer {
  readonly name: string;
  readonly package: string;
  /** Its program inside the installed package. */
  readonly entry: string;
  /** Arguments and environment, for one server at a port; `folder` is its own. */
  launch(at: { readonly port: number; readonly folder: string; readonly era: Era }): {
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

/** Some listen on every address and cannot be told otherwise. */
const LOOPBACK = fileURLToPath(new URL('../bench/loopback.ts', import.meta.url));

const serverOf = (era: Era) => {
  const { command, args } = fixtureProgram(era);
  return { command, args };
};
const idOf = (era: Era): string => `${era}-stdio-full`;

function writeConfig(folder: string, era: Era, file = 'mcp.json', more: object = {}): string {
  const path = join(folder, file);
  writeFileSync(path, JSON.stringify({ mcpServers: { [idOf(era)]: serverOf(era) }, ...more }));
  return path;
}

export const PEERS: readonly Peer[] = [
  {
    name: 'mcp-hub',
    package: 'mcp-hub',
    entry: 'dist/cli.js',
    launch: ({ port, folder, era }) => ({
      args: ['--port', String(port), '--config', writeConfig(folder, era)],
    }),
  },
  {
    name: '1mcp',
    package: '@1mcp/agent',
    entry: 'build/index.js',
    launch: ({ port, folder, era }) => {
      writeConfig(folder, era);
      return {
        args: [
          'serve',
          '--config-dir',
          folder,
          '--port',
          String(port),
          '--host',
          '127.0.0.1',
          '--log-level',
          'error',
        ],
      };
    },
  },
  {
    name: 'mcphub',
    package: '@samanhappy/mcphub',
    entry: 'dist/index.js',
    launch: ({ port, folder, era }) => {
      writeConfig(folder, era, 'mcp_settings.json', { users: [] });
      return { args: [], env: { PORT: String(port) } };
    },
  },
  {
    name: 'mcp-proxy',
    package: 'mcp-proxy',
    entry: 'dist/bin/mcp-proxy.mjs',
    launch: ({ port, era }) => {
      const { command, args } = serverOf(era);
      return {
        args: ['--host', '127.0.0.1', '--port', String(port), '--server', 'stream', '--', command, ...args],
      };
    },
  },
  {
    name: 'supergateway',
    package: 'supergateway',
    entry: 'dist/index.js',
    launch: ({ port, era }) => {
      const { command, args } = serverOf(era);
      const line = [command, ...args].join(' ');
      return {
        args: [
          '--stdio',
          line,
          '--outputTransport',
          'streamableHttp',
          '--stateful',
          '--port',
          String(port),
          '--logLevel',
          'none',
        ],
      };
    },
  },
];

/** Where a peer is installed below the folder of PEERS_NPM: in a folder of its own or beside the others. */
export function installedAt(root: string, peer: Peer): string | undefined {
  const places = [
    join(root, peer.name, 'node_modules', peer.package),
    join(root, 'node_modules', peer.package),
  ];
  return places.find((place) => existsSync(join(place, peer.entry)));
}

export const versionAt = (place: string): string =>
  (JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as { version: string }).version; // of npm's own making

/** A peer in front of a server of each era; clients reach it over HTTP only. */
export async function startPeer(peer: Peer, place: string): Promise<Subject> {
  const root = mkdtempSync(join(tmpdir(), 'fidelity-peer-'));
  const children: ChildProcess[] = [];
  const urls = new Map<Era, string>();
  for (const era of ['modern', 'legacy'] as const) {
    const folder = join(root, era);
    mkdirSync(folder);
    const port = await freePort();
    const { args, env = {} } = peer.launch({ port, folder, era });
    const home = { HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
    children.push(
      spawn(process.execPath, ['--import', LOOPBACK, join(place, peer.entry), ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', ...home, ...env },
        stdio: 'ignore',
      }),
    );
    const url = `http://127.0.0.1:${port}/mcp`;
    if (await answers(url)) urls.set(era, url);
  }
  return {
    name: peer.name,
    hub: true,
    door({ server, transport, upstream }, kind) {
      if (transport === 'stdio') return 'it is started for clients over HTTP';
      if (upstream === 'http') return 'it is started with servers over stdio';
      if (kind === 'all' || kind === 'bare' || kind === 'fragile') return 'it is started with one server';
      const url = urls.get(server);
      return url === undefined ? 'it does not start with a server of this era' : { kind: 'http', url };
    },
    async close() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
        await ended;
        clearTimeout(timer);
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Whether anything answers at an address within twenty seconds; other programs tell nobody when they are ready. */
async function answers(url: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status > 0 && status !== 503) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
