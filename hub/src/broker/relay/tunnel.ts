import type { IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HttpFailure } from '@counterpart/kit/broker';
import { CounterpartError, hubError } from '@counterpart/schemas';
import type { BrokeredServer } from '../../kernel/ports.ts';
import { guardedLookup, type Resolve } from '../hosts/guarded-lookup.ts';
import { judgeTarget, type Target } from '../hosts/host-rules.ts';
import type { CircuitOutcome } from '../limits/circuit.ts';
import type { Gate } from '../limits/gate.ts';
import { refuseStream } from './refusal.ts';

export interface TunnelOptions {
  readonly server: BrokeredServer;
  readonly resolve: Resolve;
  readonly gate: Gate;
}

const CONNECT_MS = 10_000;
/** Without a byte either way. */
const IDLE_MS = 600_000;
const CONNECTED = 200;

/** Only `host:port` says where a tunnel leads (RFC 9110, 9.3.6). */
function tunnelTarget({ id, rules }: BrokeredServer, authority: string): Target {
  if (!/^[^\s/?#@]+:\d{1,5}$/.test(authority))
    throw hubError('BROKER_REQUEST_INVALID', { server: id, detail: 'CONNECT takes a host and its port' });
  return judgeTarget(id, rules, `https://${authority}/`);
}

/** A connection to an address that was judged. Rejects as sockets do, and with HttpFailure when it takes too long. */
function connectTo(server: BrokeredServer, target: Target, resolve: Resolve): Promise<Socket> {
  return new Promise((done, reject) => {
    const socket = connect({
      host: target.hostname,
      port: target.port,
      lookup: guardedLookup(server.id, target, resolve),
    });
    const timer = setTimeout(() => {
      const words = `${target.host} did not accept a connection in ${CONNECT_MS} ms`;
      socket.destroy(new HttpFailure('connect', words));
    }, CONNECT_MS);
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      done(socket);
    });
  });
}

/** Two streams become one way, with a step on the way back; resolves when both are closed. */
export function joined(one: Duplex, other: Duplex, hiding?: Duplex): Promise<void> {
  if (other instanceof Socket) other.setTimeout(IDLE_MS, () => other.destroy());
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => to.destroy());
  }
  one.pipe(other);
  (hiding === undefined ? other : other.pipe(hiding)).pipe(one);
  return new Promise((resolve) => void other.once('close', resolve));
}

/** Opens the way to a declared host, and carries bytes that nobody looks into. Never rejects. */
export async function tunnel(
  { server, resolve, gate }: TunnelOptions,
  request: IncomingMessage,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
): Promise<void> {
  const begun = performance.now();
  let host = 'the service';
  let outcome: CircuitOutcome = 'nothing';
  let outgoing: Socket | undefined;
  try {
    const target = tunnelTarget(server, request.url ?? '');
    ({ host } = target);
    gate.pass(host);
    try {
      outgoing = await connectTo(server, target, resolve);
      outcome = 'success';
    } catch (error) {
      if (!(error instanceof CounterpartError)) outcome = 'failure';
      throw error;
    } finally {
      gate.settle(host, outcome);
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) outgoing.write(head);
    await joined(socket, outgoing);
  } catch (error) {
    refuseStream(socket, error, host);
  } finally {
    if (outcome !== 'nothing')
      gate.measure({
        host,
        status: outgoing === undefined ? undefined : CONNECTED,
        bytesOut: outgoing?.bytesWritten ?? 0,
        bytesIn: outgoing?.bytesRead ?? 0,
        durationMs: performance.now() - begun,
      });
  }
}
