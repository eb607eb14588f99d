import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CounterpartError, errorCatalogue, toProblem } from '@counterpart/schemas';
import { nodeHttp } from '../../kernel/protocol/node-http.ts';

/**
 * Value of `Upgrade` by which a client turns its connection to an MCP endpoint into newline-delimited JSON-RPC both ways, as
 * on standard input and output (RFC 9110, section 7.8). The shim of `hub stdio` does: it costs a tenth of a request each.
 */
const PROTOCOL = 'mcp-lines';

/** Whether a request asks for it. */
export const shouldUpgrade = ({ headers }: IncomingMessage): boolean => headers.upgrade === PROTOCOL;

export interface LinesOptions {
  /** Who asks, or why this request is not served. */
  admit(req: IncomingMessage): string | CounterpartError;
  /** Serves a client on its connection; resolves when it left. */
  serve(req: IncomingMessage, socket: Duplex, asker: string): Promise<void>;
}

/** Serves clients that ask for lines. `end` says goodbye to all of them, `cut` ends their connections. */
export function serveLines(server: Server, options: LinesOptions): { end(): void; cut(): void } {
  const open = new Set<Duplex>();
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!shouldUpgrade(req)) return;
    socket.on('error', () => socket.destroy());
    const asker = options.admit(req);
    if (typeof asker !== 'string') return void socket.end(problemText(asker));
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${PROTOCOL}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    void options.serve(req, socket, asker).then(() => socket.end());
  });
  return {
    end: () => {
      for (const socket of open) socket.end();
    },
    cut: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** An error as a whole answer, for a connection that node:http has let go of. */
export function problemText(error: CounterpartError, headers: Readonly<Record<string, string>> = {}): string {
  const body = JSON.stringify(toProblem(error));
  const { status } = errorCatalogue[error.code];
  const all = {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
