import { createServer } from 'node:http';
import { hubError, type Blueprint } from '@counterpart/schemas';
import { getRequestListener } from '@hono/node-server';
import { attachGrpc } from './grpc/attach.ts';
import { createMirror, type MirrorOptions } from './mirror.ts';
import { attachSockets } from './stream/attach.ts';

export interface ServeOptions extends MirrorOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
}

export interface RunningMirror {
  /** Base address without a trailing slash, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Stops listening and drops open connections; resolves when the port is free. */
  close(): Promise<void>;
}

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return hubError('PORT_TAKEN', { host, port }, { cause: error });
  return hubError(
    'INTERNAL',
    { detail: `the mirror cannot listen on ${host}:${port}: ${error.message}` },
    { cause: error },
  );
}

/** Serves the mirror of a blueprint on a socket of its own; rejects with PORT_TAKEN. */
export async function startMirror(blueprint: Blueprint, options: ServeOptions = {}): Promise<RunningMirror> {
  const { host = '127.0.0.1', port = 0 } = options;
  const mirror = createMirror(blueprint, options);
  const listener = getRequestListener(mirror.fetch, { overrideGlobalObjects: false });
  // The listener answers its own failures; its promise never rejects.
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  const dropSockets = await attachSockets(server, () => mirror);
  const dropCalls = await attachGrpc(server, blueprint, mirror.fetch);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropSockets();
        dropCalls();
        server.closeAllConnections();
      }),
  };
}
