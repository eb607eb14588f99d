import type { Socket } from 'node:net';
import { nodeHttp } from './node-http.ts';

/** What the hub calls a connection of newline-delimited JSON-RPC. */
const PROTOCOL = 'mcp-lines';

/**
 * Opens a connection on which the hub speaks as on standard input and output. Undefined when the endpoint does not offer
 * that; rejects when nothing answers there.
 */
export function openLines(url: URL, token: string | undefined): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const outgoing = nodeHttp.request(url, {
      agent: false,
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

const ANSWER_FIRST = /^\{"jsonrpc":"2\.0","id":(\d{1,15}|"[^"\\]*"),"(?:result|error)":/;
/** The payload comes first: an unescaped quote after a comma opens a member's name, so what ends the line is the top level's. */
const PAYLOAD_FIRST = /^\{(?:"jsonrpc":"2\.0",)?"(?:result|error)":/;
const ID_LAST = /,"id":(\d{1,15}|"[^"\\]*")(?:,"jsonrpc":"2\.0")?\}$/;
const WINDOW = 128;

/** Id of the request that a line answers; undefined when it is no answer. Long answers are not read whole. */
export function answeredId(line: Buffer): string | number | undefined {
  const head = line.toString('latin1', 0, WINDOW);
  const found =
    ANSWER_FIRST.exec(head)?.[1] ??
    (PAYLOAD_FIRST.test(head) ? ID_LAST.exec(line.subarray(-WINDOW).toString('latin1'))?.[1] : undefined);
  if (found !== undefined) return idOf(JSON.parse(found));
  try {
    const message: unknown = JSON.parse(line.toString());
    const isAnswer =
      typeof message === 'object' && message !== null && 'id' in message && !('method' in message);
    return isAnswer ? idOf(message.id) : undefined;
  } catch {
    return undefined;
  }
}

const idOf = (value: unknown): string | number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;
