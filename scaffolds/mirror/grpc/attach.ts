import type { Server } from 'node:http';
import type { Blueprint } from '@counterpart/schemas';
import type { AskMirror } from './answer-call.ts';

/**
 * Has a server answer gRPC too, where the service speaks it; `closed` says why it does not now. The returned function
 * drops what is connected.
 */
export async function attachGrpc(
  server: Server,
  blueprint: Blueprint,
  ask: AskMirror,
  closed: () => string | undefined = () => undefined,
): Promise<() => void> {
  if (blueprint.grpc === undefined) return () => undefined;
  const { serveGrpc } = await import('./serve-grpc.ts');
  return serveGrpc(server, blueprint, { ask, closed });
}
