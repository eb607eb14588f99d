import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { LaneConnection, type LaneRules } from './lane-connection.ts';

export interface Lane {
  /** Connections without a request end now, all others with their answer. */
  close(): void;
  /** Ends what stands idle; to be called again until all are gone. */
  endIdle(): void;
  /** Ends all connections at once. */
  cut(): void;
}

const LOOK_S = 5;

/**
 * Serves plain requests of an HTTP server on their connections, beside node:http: for a call that takes microseconds, the
 * objects that node:http makes of each request and answer are most of the work (decision 0096). Whatever is not plain goes to
 * node:http with its connection.
 */
export function openLane(server: Server, route: LaneRules['route']): Lane {
  const connections = new Set<LaneConnection>();
  const giveAway = wholeParser(server);
  let closing = false;
  let date = { second: 0, text: '' };
  const rules: LaneRules = {
    route,
    giveAway,
    left: (connection) => connections.delete(connection),
    get closing() {
      return closing;
    },
    get date() {
      const second = Math.floor(Date.now() / 1_000);
      if (second !== date.second) date = { second, text: new Date(second * 1_000).toUTCString() };
      return date.text;
    },
  };
  server.on('connection', (socket: Socket) => void connections.add(new LaneConnection(socket, rules)));
  const look = setInterval(() => {
    for (const connection of connections) connection.grow(LOOK_S);
  }, LOOK_S * 1_000).unref();
  server.once('close', () => clearInterval(look));
  const endIdle = () => {
    for (const connection of connections) connection.endIfIdle();
  };
  return {
    close() {
      closing = true;
      endIdle();
    },
    endIdle,
    cut() {
      for (const { socket } of connections) socket.destroy();
    },
  };
}

/** What node:http does with a new connection, which is done no more unless it is asked for. */
function wholeParser(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  return (socket) => {
    for (const listener of listeners) Reflect.apply(listener, server, [socket]);
  };
}
