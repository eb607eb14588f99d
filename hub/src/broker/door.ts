import { chmod, type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { HTTP2_SUFFIX } from '@counterpart/kit/broker';
import { hubError } from '@counterpart/schemas';
import type { BrokerDoor, BrokeredServer } from '../kernel/ports.ts';
import { nodeHttp, nodeHttps } from '../kernel/protocol/node-http.ts';
import type { Resolve } from './hosts/guarded-lookup.ts';
import { Handover } from './credentials/handover.ts';
import type { Recorder } from './recording/recorder.ts';
import { Gate, type GateOptions } from './limits/gate.ts';
import { createStreamListener } from './relay/http2.ts';
import { refuseStream } from './relay/refusal.ts';
import { relay, type RelayOptions } from './relay/relay.ts';
import { tunnel } from './relay/tunnel.ts';
import { upgrade } from './relay/upgrade.ts';

const SOCKET_NAME = 'broker.sock';

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
  const agents = { http: new nodeHttp.Agent(agent), https: new (nodeHttps().Agent)(agent) };
  const relaying = { server, agents, resolve, gate, recorder };
  const handover = new Handover();
  const listener = nodeHttp.createServer(
    {
      maxHeaderSize: MOST_REQUEST_HEAD_BYTES,
      headersTimeout: HEAD_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      requireHostHeader: false,
    },
    (request, response) => {
      if (!handover.answers(request, response)) void relay(relaying, request, response);
    },
  );
  listener.maxConnections = MOST_CONNECTIONS;
  const sockets = takeSockets(listener, relaying);
  const streams = createStreamListener(relaying);
  streams.maxConnections = MOST_CONNECTIONS;
  streams.on('connection', (socket: Duplex) => keepUntilClosed(sockets, socket));
  await mkdir(folder);
  await chmod(folder, 0o755); // Whatever the mask is.
  const held = await listen([listener, streams], folder);
  return {
    folder,
    socketName: SOCKET_NAME,
    hand: (secrets) => handover.put(secrets),
    problem: () => gate.problem,
    uses: () => gate.uses,
    async close() {
      const closed = [listener, streams].map(
        (one) => new Promise<void>((resolve_) => void one.close(() => resolve_())),
      );
      listener.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      agents.http.destroy();
      agents.https.destroy();
      await Promise.all(closed);
      await held?.close();
      gate.tell();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What is inside of a tunnel cannot be judged, and no credential be added to it. */
const NO_TUNNEL = 'CONNECT would open a tunnel, which nobody can look into';

const isOpenTo = ({ tunnels = [] }: BrokeredServer, host: string): boolean =>
  tunnels === 'all' || tunnels.includes(host);

function keepUntilClosed(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => sockets.delete(socket));
}

/** Connections that are no longer those of HTTP: tunnels, and WebSockets. */
function takeSockets(listener: HttpServer, relaying: RelayOptions): Set<Duplex> {
  const sockets = new Set<Duplex>();
  const { server } = relaying;
  listener.on('connect', (request, socket, head) => {
    keepUntilClosed(sockets, socket);
    if (isOpenTo(server, request.url ?? '')) void tunnel(relaying, request, { socket, head });
    else
      refuseStream(socket, hubError('BROKER_REQUEST_INVALID', { server: server.id, detail: NO_TUNNEL }), '');
  });
  listener.on('upgrade', (request, socket, head) => {
    keepUntilClosed(sockets, socket);
    if (head.length > 0) socket.unshift(head);
    void upgrade(relaying, request, socket);
  });
  return sockets;
}

/**
 * Listens in a folder however long its path is: the name of a Unix socket has room for about a hundred bytes, and on
 * Linux an open folder has a short name of its own. It stays open until the socket is gone, which is removed by that name.
 */
async function listen(
  [plain, streams]: readonly [Server, Server],
  folder: string,
): Promise<FileHandle | undefined> {
  const held = process.platform === 'linux' ? await open(folder, 'r') : undefined;
  const place = held === undefined ? folder : `/proc/self/fd/${held.fd}`;
  try {
    for (const [listener, name] of [
      [plain, SOCKET_NAME],
      [streams, `${SOCKET_NAME}${HTTP2_SUFFIX}`],
    ] as const) {
      await new Promise<void>((resolve, reject) => {
        listener.once('error', reject);
        listener.listen(join(place, name), resolve);
      });
      // Who gets as far as here is this user or inside the walls, where a server is another one.
      await chmod(join(folder, name), 0o666);
    }
    return held;
  } catch (error) {
    await held?.close();
    throw error;
  }
}
