import { chmod, type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { hubError } from '@counterpart/schemas';
import type { BrokerDoor, BrokeredServer } from '../kernel/ports.ts';
import type { Resolve } from './hosts/guarded-lookup.ts';
import type { Recorder } from './recording/recorder.ts';
import { Gate, type GateOptions } from './limits/gate.ts';
import { refuseStream } from './relay/refusal.ts';
import { relay } from './relay/relay.ts';
import { tunnel } from './relay/tunnel.ts';

export const SOCKET_NAME = 'broker.sock';

/** Of a request's head; what is larger is answered with 431. */
const MOST_REQUEST_HEAD_BYTES = 32 * 1024;
const HEAD_MS = 10_000;
/** From its first to its last byte, body included. */
const REQUEST_MS = 600_000;
const IDLE_MS = 60_000;
/** Connections of one server at once. */
const MOST_CONNECTIONS = 128;
const MOST_TO_ONE_HOST = 64;

export interface DoorOptions extends GateOptions {
  readonly folder: string;
  readonly resolve: Resolve;
  readonly recorder: Recorder;
}

/** Opens a server's socket in a folder of its own, which must not exist yet. */
export async function openDoor(
  server: BrokeredServer,
  { folder, resolve, recorder, ...options }: DoorOptions,
): Promise<BrokerDoor> {
  const gate = new Gate(server, options);
  const agent = { keepAlive: true, maxSockets: MOST_TO_ONE_HOST };
  const agents = { http: new http.Agent(agent), https: new https.Agent(agent) };
  const listener = http.createServer(
    {
      maxHeaderSize: MOST_REQUEST_HEAD_BYTES,
      headersTimeout: HEAD_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      requireHostHeader: false,
    },
    (request, response) => void relay({ server, agents, resolve, gate, recorder }, request, response),
  );
  listener.maxConnections = MOST_CONNECTIONS;
  const tunnels = new Set<Duplex>();
  listener.on('connect', (request, socket, head) => {
    keepUntilClosed(tunnels, socket);
    if (server.tunnels === true) void tunnel({ server, resolve, gate }, request, { socket, head });
    else
      refuseStream(socket, hubError('BROKER_REQUEST_INVALID', { server: server.id, detail: NO_TUNNEL }), '');
  });
  refuseUpgrades(listener, server.id);
  await mkdir(folder);
  await chmod(folder, 0o755); // Whatever the mask is.
  const held = await listen(listener, folder);
  // Who gets as far as here is this user or inside the walls, where a server is another one.
  await chmod(join(folder, SOCKET_NAME), 0o666);
  return {
    folder,
    socketName: SOCKET_NAME,
    problem: () => gate.problem,
    uses: () => gate.uses,
    async close() {
      const closed = new Promise<void>((resolve_) => void listener.close(() => resolve_()));
      listener.closeAllConnections();
      for (const socket of tunnels) socket.destroy();
      agents.http.destroy();
      agents.https.destroy();
      await closed;
      await held?.close();
      gate.tell();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What is inside of a tunnel cannot be judged, and no credential be added to it. */
const NO_TUNNEL = 'CONNECT would open a tunnel, which nobody can look into';

function keepUntilClosed(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => sockets.delete(socket));
}

function refuseUpgrades(listener: http.Server, server: string): void {
  listener.on('upgrade', (_, socket) => {
    const detail = 'it asks for another protocol than HTTP';
    refuseStream(socket, hubError('BROKER_REQUEST_INVALID', { server, detail }), '');
  });
}

/**
 * Listens in a folder however long its path is: the name of a Unix socket has room for about a hundred bytes, and on
 * Linux an open folder has a short name of its own. It stays open until the socket is gone, which is removed by that name.
 */
async function listen(listener: http.Server, folder: string): Promise<FileHandle | undefined> {
  const held = process.platform === 'linux' ? await open(folder, 'r') : undefined;
  const place = held === undefined ? folder : `/proc/self/fd/${held.fd}`;
  try {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(join(place, SOCKET_NAME), resolve);
    });
    return held;
  } catch (error) {
    await held?.close();
    throw error;
  }
}
