import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HUB_NODE_FLAGS } from '../../../hub/src/cli/running/launch.ts';
import { HUB_PROGRAM, makeHome } from '../../fixtures/hub.ts';
import { ended, startPeerProcess } from '../../peers/peer-process.ts';
import type { Installed, InstalledPeer, LinePeer } from '../../peers/peers.ts';
import { EventLoad } from '../load/event-load.ts';
import { LineLoad } from '../load/line-load.ts';
import { LoadClient, type Era } from '../load/mcp-load.ts';
import type { Pids } from '../measure.ts';
import { inTime } from './in-time.ts';
import { ECHO, FLOOR, type Caller, type Started } from '../targets.ts';

/** One row of the report: something that is called, over which transport, and what its calls cost. */
export interface Subject {
  readonly name: string;
  readonly kind: 'direct' | 'floor' | 'hub' | 'peer';
  readonly transport: 'http' | 'stdio';
  /** Name of the echo tool there. */
  readonly tool: string;
  readonly pids: Pids;
  connect(): Promise<Caller>;
  stop(): Promise<unknown>;
}

/** A hub or a baseline that runs already, called over HTTP in one era. */
export function overHttp(started: Started, era: Era, row: Pick<Subject, 'name' | 'kind' | 'tool'>): Subject {
  return {
    ...row,
    transport: 'http',
    pids: started.pid,
    async connect() {
      const client = new LoadClient(started.url, era);
      await client.open();
      return client;
    },
    stop: () => Promise.resolve(),
  };
}

/** The echo server itself, called over its standard input and output. */
export const directStdio = (): Promise<Subject> =>
  overStdio([ECHO], { name: 'direct, stdio', kind: 'direct', tool: 'echo' });

/** The echo server behind two pipes: one process more, which reads nothing of what it passes on. */
export const floorStdio = (): Promise<Subject> =>
  overStdio([FLOOR, 'stdio', process.execPath, ECHO], {
    name: 'forwarding only, stdio',
    kind: 'floor',
    tool: 'echo',
  });

/** `hub stdio --alone`: the hub in the one process that the client launches. */
export async function hubAlone(): Promise<Subject> {
  const folder = makeHome({ log: { level: 'info' }, mcpServers: echoServer });
  const args = [...HUB_NODE_FLAGS, HUB_PROGRAM, 'stdio', '--alone', '--home', folder.home];
  const subject = await overStdio(args, { name: 'hub stdio --alone', kind: 'hub', tool: 'bench__echo' });
  return { ...subject, stop: () => subject.stop().finally(() => folder.remove()) };
}

/** `hub stdio`: a shim before a hub that runs in the background; both processes count. */
export async function hubShim(): Promise<Subject> {
  const folder = makeHome({ listen: { port: 0 }, log: { level: 'info' }, mcpServers: echoServer });
  const hub = spawn(process.execPath, [...HUB_NODE_FLAGS, HUB_PROGRAM, 'start', '--home', folder.home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(hub.stdout, 'data');
  const args = [HUB_PROGRAM, 'stdio', '--home', folder.home];
  const row = { name: 'hub stdio, with its hub', kind: 'hub', tool: 'bench__echo' } as const;
  const subject = await overStdio(args, row, hub.pid);
  const stop = async (): Promise<void> => {
    await subject.stop();
    await ended(hub);
    folder.remove();
  };
  return { ...subject, stop };
}

/** The id of the echo server behind peers and hub. */
const BENCH = 'bench';

/** A peer with the echo server behind it; rejects when it does not offer the tool within half a minute. */
export async function startPeer(peer: InstalledPeer): Promise<Subject> {
  const { url, pid, stop } = await startPeerProcess(peer, { id: BENCH, server: [process.execPath, ECHO] });
  const connect = async (): Promise<Caller> => {
    const client = peer.client === 'events' ? new EventLoad(url) : new LoadClient(url, 'legacy');
    await client.open();
    return client;
  };
  const tool = peer.toolName(BENCH, 'echo');
  try {
    await untilOffered(connect, tool);
  } catch (cause) {
    await stop();
    throw cause;
  }
  const name = `${peer.name} ${peer.version}`;
  return { name, kind: 'peer', transport: 'http', tool, pids: [pid], connect, stop };
}

/** A peer that is launched with the echo server behind it, whose tools it calls by one of its own. */
export async function startLinePeer(peer: Installed<LinePeer>): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  const args = [peer.entry, ...peer.args({ id: BENCH, server: [process.execPath, ECHO], folder })];
  const row = { name: `${peer.name} ${peer.version}`, kind: 'peer', tool: peer.caller } as const;
  const subject = await overStdio(args, row);
  return {
    ...subject,
    async connect() {
      const caller = await subject.connect();
      return {
        close: () => caller.close(),
        request: (method, tool, asked = '{}') =>
          caller.request(method, tool, peer.argsText(BENCH, 'echo', asked)),
      };
    },
    stop: () => subject.stop().finally(() => rmSync(folder, { recursive: true, force: true })),
  };
}

const echoServer = { bench: { command: process.execPath, args: [ECHO] } };

async function overStdio(
  args: readonly string[],
  row: Pick<Subject, 'name' | 'kind' | 'tool'>,
  ...others: (number | undefined)[]
): Promise<Subject> {
  const client = new LineLoad(process.execPath, args);
  await client.open();
  const shared: Caller = { request: (...asked) => client.request(...asked), close: () => undefined };
  await untilOffered(() => Promise.resolve(shared), row.tool);
  const pids = [client.pid, ...others.filter((pid) => pid !== undefined)];
  return {
    ...row,
    transport: 'stdio',
    pids,
    connect: () => Promise.resolve(shared),
    stop: () => client.close(),
  };
}

const ATTEMPT_MS = 5_000;

async function untilOffered(connect: () => Promise<Caller>, tool: string): Promise<void> {
  let problem: unknown;
  for (const end = performance.now() + 30_000; performance.now() < end;) {
    try {
      const client = await inTime(connect(), ATTEMPT_MS);
      const offered = (await inTime(client.request('tools/list'), ATTEMPT_MS)).includes(`"${tool}"`);
      client.close();
      if (offered) return;
    } catch (thrown) {
      problem = thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${tool} was never offered`, { cause: problem });
}
