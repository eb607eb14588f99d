import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Service {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A service on the loopback interface that answers with `handle`. */
export async function startService(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Service> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers every request with what it held, credentials included: the worst a service can do to a secret. */
export function echo(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url: request.url, method: request.method, headers: request.headers }));
}

export interface HangingService extends Service {
  /** Resolves when a request has come in. */
  readonly arrived: Promise<void>;
  /** Resolves when a connection that made a request is gone. */
  readonly dropped: Promise<void>;
}

/** A service that takes requests and never answers. */
export async function startHangingService(): Promise<HangingService> {
  let onArrived = (): void => undefined;
  let onDropped = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (onArrived = resolve));
  const dropped = new Promise<void>((resolve) => (onDropped = resolve));
  const service = await startService((request) => {
    request.socket.once('close', () => onDropped());
    onArrived();
  });
  return { ...service, arrived, dropped };
}
