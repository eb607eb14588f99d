import type { Era } from '../../hub/src/kernel/ports.ts';
import { startPeerProcess, type PeerProcess } from '../peers/peer-process.ts';
import type { InstalledPeer } from '../peers/peers.ts';
import { type Door, ProbeClient } from './client/probe-client.ts';
import { fixtureProgram } from './fixture-server.ts';
import type { Subject } from './subject.ts';

/** How long a peer may take until it offers the tools of the server behind it. */
const READY_MS = 20_000;
const ATTEMPT_MS = 2_000;

/** A peer in front of a server of each era; clients reach it over HTTP only. */
export async function startPeer(peer: InstalledPeer): Promise<Subject> {
  const running: PeerProcess[] = [];
  const doors = new Map<Era, Door>();
  for (const era of ['modern', 'legacy'] as const) {
    const { command, args } = fixtureProgram(era);
    const started = await startPeerProcess(peer, { id: 'behind', server: [command, ...args] });
    running.push(started);
    const door: Door = { kind: peer.client === 'events' ? 'events' : 'http', url: started.url };
    if (await offersTools(door)) doors.set(era, door);
  }
  return {
    name: peer.name,
    hub: true,
    door({ client, server, transport, upstream }, kind) {
      if (transport === 'stdio') return 'it is started for clients over HTTP';
      if (upstream === 'http') return 'it is started with servers over stdio';
      if (kind === 'all' || kind === 'bare' || kind === 'fragile') return 'it is started with one server';
      if (client === 'modern' && peer.client === 'events')
        return 'its clients speak HTTP+SSE of 2024-11-05 to it, which 2026-07-28 does not have';
      return doors.get(server) ?? 'it offers no tool of a server of this era';
    },
    async close() {
      for (const started of running) await started.stop();
    },
  };
}

/** Whether a client of 2025-11-25 is given tools in time; other programs tell nobody when they are ready. */
async function offersTools(door: Door): Promise<boolean> {
  for (const end = performance.now() + READY_MS; performance.now() < end;) {
    const tools = await toolsAt(door).catch(() => 0);
    if (tools > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

async function toolsAt(door: Door): Promise<number> {
  const client = await ProbeClient.open({ era: 'legacy', door, limitMs: ATTEMPT_MS, greetingMs: ATTEMPT_MS });
  try {
    const { result } = await client.request('tools/list');
    return Array.isArray(result?.['tools']) ? result['tools'].length : 0;
  } finally {
    await client.close();
  }
}
