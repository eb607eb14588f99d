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

/** Another hub or bridge that the registry has, and how it is run with a server behind it. */
export interface Peer {
  readonly name: string;
  /** Package and version, as npm installs it. */
  readonly pinned: { readonly package: string; readonly version: string };
  /** How clients reach it: Streamable HTTP of 2025-11-25, or HTTP with a stream of events as in 2024-11-05. */
  readonly client: 'streamable' | 'events';
  /** The name that a server's tool has there. */
  readonly toolName: (id: string, tool: string) => string;
  /** Program inside the package's folder. */
  readonly program: string;
  /** The program listens on every address unless it is told otherwise from outside. */
  readonly confine: boolean;
  args(setting: PeerSetting): readonly string[];
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
    args({ id, server: [command, ...args], folder, port }) {
      const file = join(folder, 'mcp.json');
      writeFileSync(file, JSON.stringify({ mcpServers: { [id]: { command, args } } }));
      return ['--port', String(port), '--config', file];
    },
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

/** A peer that is installed below a folder of `bench:peers`. */
export interface InstalledPeer extends Peer {
  readonly version: string;
  readonly entry: string;
}

/** Those of the peers that are installed in this folder, with the version found there. */
export function installedPeers(folder: string | undefined): InstalledPeer[] {
  if (folder === undefined) return [];
  return PEERS.flatMap((peer) => {
    const home = join(folder, peer.name, 'node_modules', peer.pinned.package);
    const entry = join(home, peer.program);
    if (!existsSync(entry)) return [];
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    return [{ ...peer, version, entry }];
  });
}
