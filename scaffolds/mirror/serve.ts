import type { Blueprint } from '@counterpart/schemas';
import { serve } from '@hono/node-server';
import { createMirror, type MirrorOptions } from './mirror.ts';

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

/** Serves the mirror of a blueprint on a socket of its own; rejects with PORT_TAKEN. */
export async function startMirror(blueprint: Blueprint, options: ServeOptions = {}): Promise<RunningMirror> {
  const host = options.host ?? '127.0.0.1';
  const mirror = createMirror(blueprint, options);
  return new Promise((resolve) => {
    const server = serve({ fetch: mirror.fetch, hostname: host, port: options.port ?? 0 }, (address) => {
      resolve({
        url: `http://${host}:${address.port}`,
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}
