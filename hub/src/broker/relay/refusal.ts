import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { HttpFailure, REFUSAL_HEADER, ToolFailure } from '@counterpart/kit/broker';
import { CounterpartError, errorCatalogue, toCounterpartError } from '@counterpart/schemas';
import { nodeHttp } from '../../kernel/protocol/node-http.ts';

/** What the broker answers in place of the service. */
export interface Refusal {
  readonly status: number;
  /** A kind of HttpFailure, or a code of the catalogue. */
  readonly kind: string;
  readonly message: string;
  readonly fix?: string | undefined;
}

const GATEWAY_TIMEOUT = 504;
const BAD_GATEWAY = 502;
const FORBIDDEN = 403;

/** Any failure on the way to `host` as what the server is told of it. */
export function toRefusal(error: unknown, host: string): Refusal {
  if (error instanceof CounterpartError) {
    const { status } = errorCatalogue[error.code];
    return { status, kind: error.code, message: error.message, fix: error.fix };
  }
  if (error instanceof ToolFailure)
    return { status: FORBIDDEN, kind: 'CREDENTIALS', message: error.message, fix: error.nextStep };
  const isOfNetwork = error instanceof HttpFailure || (error instanceof Error && 'code' in error);
  if (!isOfNetwork) return toRefusal(toCounterpartError(error), host);
  const { kind, message } = HttpFailure.from(error, host);
  return { status: kind === 'timeout' ? GATEWAY_TIMEOUT : BAD_GATEWAY, kind, message };
}

/** Answers a request that does not go on. */
export function refuse(response: ServerResponse, { status, kind, message, fix }: Refusal): void {
  if (response.headersSent || response.destroyed) {
    // Half an answer that ends as if it were whole would be taken for one.
    response.destroy();
    return;
  }
  const body = JSON.stringify({ message, ...(fix === undefined ? {} : { fix }) });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    [REFUSAL_HEADER]: kind,
  };
  response.writeHead(status, headers);
  response.end(body);
}

/** Answers, where no response object is: after CONNECT, or an upgrade. The connection ends with it. */
export function refuseStream(socket: Duplex, error: unknown, host: string): void {
  const { status, kind, message, fix } = toRefusal(error, host);
  const body = JSON.stringify({ message, ...(fix === undefined ? {} : { fix }) });
  const head = [
    `HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status] ?? ''}`,
    `${REFUSAL_HEADER}: ${kind}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.on('error', () => undefined);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
