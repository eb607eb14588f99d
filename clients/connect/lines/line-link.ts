import type { Socket } from 'node:net';
import { nodeHttp } from '../node-http.ts';

/** What the hub calls a connection of newline-delimited JSON-RPC. */
const PROTOCOL = 'mcp-lines';

/** Where a hub is reached. */
export interface HubDoor {
  readonly url: URL;
  /** Path of the socket by which programs of the same user reach it for less. */
  readonly socket?: string | undefined;
}

/**
 * Opens a connection on which the hub speaks as on standard input and output, by its socket where that answers. Undefined when
 * the endpoint does not offer that; rejects when nothing answers there.
 */
export async function openLines(door: HubDoor, token: string | undefined): Promise<Socket | undefined> {
  const { url, socket } = door;
  if (socket === undefined) return upgraded(url, token);
  try {
    return await upgraded(url, token, socket);
  } catch {
    // What a killed hub left behind, or a place that this program cannot reach.
    return upgraded(url, token);
  }
}

function upgraded(url: URL, token: string | undefined, socketPath?: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const outgoing = nodeHttp.request(url, {
      agent: false,
      ...(socketPath === undefined ? {} : { socketPath }),
      headers: { connection: 'upgrade', upgrade: PROTOCOL, ...authorization },
    });
    outgoing.once('upgrade', (_, socket, head) => {
      // Whoever reads it attaches its own; an error in between must not end this program.
      socket.on('error', () => socket.destroy());
      socket.setNoDelay(true);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    outgoing.once('response', (incoming) => {
      incoming.destroy();
      resolve(undefined);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
