import { request, type IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { HttpFailure } from '../../http/failures/http-failure.ts';
import { brokerFailureIn } from '../../http/broker.ts';

const OK = 200;

interface Opened {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
  readonly head: Buffer;
}

function connected(socketPath: string, host: string, timeoutMs: number): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'CONNECT', path: host, agent: false, timeout: timeoutMs });
    asked.once('error', reject);
    asked.once('timeout', () =>
      asked.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })),
    );
    asked.once('connect', ({ statusCode, headers }, socket, head) => {
      socket.setTimeout(0);
      resolve({ status: statusCode, headers, socket, head });
    });
    asked.end();
  });
}

async function* bytesOf({ head, socket }: Opened): AsyncGenerator<Uint8Array> {
  yield head;
  for await (const chunk of socket) if (chunk instanceof Uint8Array) yield chunk;
}

/**
 * A connection to `host` (with its port) through the broker, for a protocol that the broker does not speak. Rejects with
 * its refusal, or with an error of code DATABASE_LOST where the host does not answer.
 */
export async function tunnelTo(socketPath: string, host: string, timeoutMs: number): Promise<Socket> {
  const opened = await connected(socketPath, host, timeoutMs);
  const { status, headers, socket, head } = opened;
  if (status === OK) {
    if (head.length > 0) socket.unshift(head);
    return socket;
  }
  const failure = await brokerFailureIn({ headers, body: bytesOf(opened) });
  socket.destroy();
  if (failure !== undefined && !(failure instanceof HttpFailure)) throw failure;
  const words = failure?.message ?? `the broker answered with status ${String(status)}`;
  throw Object.assign(new Error(words), { code: 'DATABASE_LOST' });
}

/** The socket for a driver that wants to connect it by itself: it is told that this is done. */
export function alreadyConnected(socket: Socket): Socket {
  socket.connect = () => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  return socket;
}
