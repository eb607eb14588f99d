import { chmod, type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { hubError } from '@counterpart/schemas';
import type { BrokerDoor, BrokeredServer } from '../kernel/ports.ts';
import type { Resolve } from './guarded-lookup.ts';
import { Gate, type GateOptions } from './limits/gate.ts';
import { toRefusal } from './refusal.ts';
import { relay } from './relay.ts';

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
}

/** Opens a server's socket in a folder of its own, which must not exist yet. */
export async function openDoor(
  server: BrokeredServer,
  { folder, resolve, ...options }: DoorOptions,
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
    (request, response) => void relay({ server, agents, resolve, gate }, request, response),
  );
  listener.maxConnections = MOST_CONNECTIONS;
  refuseTunnels(listener, server.id);
  await mkdir(folder, { mode: 0o700 });
  const held = await listen(listener, folder);
  await chmod(join(folder, SOCKET_NAME), 0o600);
  return {
    folder,
    socketName: SOCKET_NAME,
    problem: () => gate.problem,
    async close() {
      const closed = new Promise<void>((resolve_) => void listener.close(() => resolve_()));
      listener.closeAllConnections();
      agents.http.destroy();
      agents.https.destroy();
      await closed;
      await held?.close();
      gate.tell();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What is inside of a tunnel cannot be judged; there is none, and no other protocol on the same connection. */
function refuseTunnels(listener: http.Server, server: string): void {
  const close = (socket: Duplex, detail: string) => {
    const { message, fix } = toRefusal(hubError('BROKER_REQUEST_INVALID', { server, detail }), '');
    const body = JSON.stringify({ message, fix });
    const head = [
      'HTTP/1.1 405 Method Not Allowed',
      'counterpart-refusal: BROKER_REQUEST_INVALID',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.on('error', () => undefined);
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
  listener.on('connect', (_, socket) =>
    close(socket, 'CONNECT would open a tunnel, which nobody can look into'),
  );
  listener.on('upgrade', (_, socket) => close(socket, 'it asks for another protocol than HTTP'));
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
