import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { hubError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Catalog, ViewSelector } from '../kernel/ports.ts';
import type { GatewayLimits } from './limits.ts';

export type { GatewayLimits } from './limits.ts';
export { defaultLimits } from './limits.ts';

export interface GatewayOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  /** How the hub names itself to clients. */
  readonly serverInfo: { readonly name: string; readonly version: string };
  /** Put before the instructions of the servers. */
  readonly instructions?: string | undefined;
  /** Any bound that differs from `defaultLimits`. */
  readonly limits?: Partial<GatewayLimits> | undefined;
}

/** The MCP server the hub presents: both eras, over HTTP and over a pair of streams. */
export interface Gateway {
  /** Serves one HTTP request of an MCP endpoint; the caller has checked Host, Origin and token. Never throws. */
  handle(req: IncomingMessage, res: ServerResponse, selector: ViewSelector): void;
  /** Serves one client that speaks newline-delimited JSON-RPC; `closed` resolves when its input ended and all is cancelled. */
  connectStdio(input: Readable, output: Writable, selector: ViewSelector): { readonly closed: Promise<void> };
  /** Legacy sessions alive. */
  sessions(): number;
  /** Ends streams with their result, ends sessions; answers what is in flight no more than it already is. */
  close(): Promise<void>;
}

export function createGateway(options: GatewayOptions): Gateway {
  throw hubError('INTERNAL', { detail: `the gateway is not written yet (${options.serverInfo.name})` });
}
