import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a peer is told about the server behind it, and where it shall listen. */
export interface PeerSetting {
  /** The server's id, where a peer gives its servers names. */
  readonly id: string;
  /** The server's program and its arguments. */
  readonly server: readonly [command: string, ...args: string[]];
  /** A folder of the peer's own, for its configuration and its state. */
  readonly folder: string;
  readonly port: number;
}

/** Another program that the registry has. */
interface Pinned {
  readonly name: string;
  /** Package and version, as npm installs it. */
  readonly pinned: { readonly package: string; readonly version: string };
  /** Program inside the package's folder. */
  readonly program: string;
}

/** A hub or bridge that clients reach over HTTP, and how it is run with a server behind it. */
export interface Peer extends Pinned {
  /** How clients reach it: Streamable HTTP of 2025-11-25, or HTTP with a stream of events as in 2024-11-05. */
  readonly client: 'streamable' | 'events';
  /** The name that a server's tool has there. */
  readonly toolName: (id: string, tool: string) => string;
  /** The program listens on every address unless it is told otherwise from outside. */
  readonly confine: boolean;
  args(setting: PeerSetting): readonly string[];
}

/** A hub that clients launch and speak to over its standard input and output. */
export interface LinePeer extends Pinned {
  args(setting: Omit<PeerSetting, 'port'>): readonly string[];
  /** The tool by which tools of the servers behind it are called, and the JSON text of its arguments. */
  readonly caller: string;
  readonly argsText: (id: string, tool: string, args: string) => string;
}

/** A file of `mcpServers` in the peer's folder, as many of them read it. */
function serversFile({ id, server: [command, ...args], folder }: Omit<PeerSetting, 'port'>): string {
  const file = join(folder, 'mcp.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { [id]: { command, args } } }));
  return file;
}

/** The peers that `bench:peers` installs. What cannot be installed from the registry is not compared. */
export const PEERS: readonly Peer[] = [
  {
    name: 'mcp-hub',
    pinned: { package: 'mcp-hub', version: '4.2.1' },
    client: 'events',
    toolName: (id, tool) => `${id}__${tool}`,
    program: 'dist/cli.js',
    confine: true,
    args: (setting) => ['--port', String(setting.port), '--config', serversFile(setting)],
  },
  {
    name: 'mcp-proxy',
    pinned: { package: 'mcp-proxy', version: '6.7.19' },
    client: 'streamable',
    toolName: (_, tool) => tool,
    program: 'dist/bin/mcp-proxy.mjs',
    confine: false,
    args: ({ server, port }) => [
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--server',
      'stream',
      '--',
      ...server,
    ],
  },
  {
    name: 'supergateway',
    pinned: { package: 'supergateway', version: '4.0.0' },
    client: 'streamable',
    toolName: (_, tool) => tool,
    program: 'dist/index.js',
    confine: true,
    args: ({ server, port }) => [
      '--stdio',
      server.join(' '),
      '--outputTransport',
      'streamableHttp',
      '--stateful',
      '--port',
      String(port),
      '--logLevel',
      'none',
    ],
  },
];

/** Those that clients launch; compared by `bench:report` alone. */
export const LINE_PEERS: readonly LinePeer[] = [
  {
    name: 'mcp-hub-mcp',
    pinned: { package: 'mcp-hub-mcp', version: '1.3.1' },
    program: 'dist/index.js',
    args: (setting) => ['--config-path', serversFile(setting)],
    caller: 'call-tool',
    argsText: (id, tool, args) => `{"serverName":"${id}","toolName":"${tool}","toolArgs":${args}}`,
  },
];

/** A peer that is installed below a folder of `bench:peers`. */
export type Installed<P extends Pinned> = P & { readonly version: string; readonly entry: string };
export type InstalledPeer = Installed<Peer>;

/** Those of these peers that are installed in this folder, with the version found there. */
export function installedOf<P extends Pinned>(
  peers: readonly P[],
  folder: string | undefined,
): Installed<P>[] {
  if (folder === undefined) return [];
  return peers.flatMap((peer) => {
    const home = join(folder, peer.name, 'node_modules', peer.pinned.package);
    const entry = join(home, peer.program);
    if (!existsSync(entry)) return [];
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    return [{ ...peer, version, entry }];
  });
}
