import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeHome, startHub } from '../../fixtures/hub.ts';
import { LoadClient } from '../load/mcp-load.ts';
import { load, median, rssMegabytes } from '../measure.ts';
import { ECHO, startHubWithEcho } from '../targets.ts';
import { WireConnection } from '../load/wire-client.ts';

/** The hub with many servers behind it. */
export interface ManyServers {
  readonly servers: number;
  readonly tools: number;
  readonly bytes: number;
  /** Time of `tools/list` as a multiple of sending the same bytes directly. */
  readonly listRatio: number;
  readonly rssMb: number;
}

const SERVERS = 200;
const TOOLS_EACH = 15;
const LIST_ROUNDS = 5;
const LIST_MS = 800;
const LISTED_MS = 180_000;
/** Memory is taken of a hub at rest. */
const REST_MS = 10_000;
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, REST_MS));

/** Starts a hub before two hundred servers, waits for their tools, and lists them in turn with a bare sender of the same bytes. */
export async function measureManyServers(): Promise<ManyServers> {
  const server = { command: process.execPath, args: [ECHO] };
  const ids = Array.from({ length: SERVERS }, (_, at) => `s${at}`);
  const mcpServers = Object.fromEntries(ids.map((id) => [id, server]));
  const folder = makeHome({ log: { level: 'info' }, mcpServers });
  // Whoever has two hundred servers starts the hub more than once: its code is compiled already.
  const compiled = { NODE_COMPILE_CACHE: join(folder.home, 'compiled') };
  const before = makeHome();
  await (await startHub(before.home, compiled)).stop();
  before.remove();
  const hub = await startHub(folder.home, compiled);
  try {
    const client = new LoadClient(`${hub.url}/mcp`, 'modern');
    const list = await wholeList(client);
    await rest();
    const rssMb = rssMegabytes(hub.pid);
    const listRatio = await besideSender(client, hub.pid, list);
    client.close();
    return {
      servers: SERVERS,
      tools: SERVERS * TOOLS_EACH,
      bytes: Buffer.byteLength(list),
      listRatio,
      rssMb,
    };
  } finally {
    await hub.stop();
    folder.remove();
  }
}

async function wholeList(client: LoadClient): Promise<string> {
  for (const end = performance.now() + LISTED_MS; performance.now() < end;) {
    const list = await client.request('tools/list');
    if (list.split('"inputSchema"').length > SERVERS * TOOLS_EACH) return list;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('not all tools were listed in time');
}

async function besideSender(client: LoadClient, pid: number, list: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-list-'));
  const file = join(folder, 'list.json');
  writeFileSync(file, list);
  const sender = spawn(process.execPath, [join(import.meta.dirname, '../load/list-sender.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(sender.stdout, 'data')) as [Buffer]; // a stream without an encoding gives buffers
  const direct = new LoadClient(line.toString().trim(), 'modern');
  const timed = async (caller: LoadClient, of: number): Promise<number> =>
    (await load(() => caller.request('tools/list'), of, { workers: 1, durationMs: LIST_MS })).p50Ms;
  const ratios: number[] = [];
  for (let round = 0; round <= LIST_ROUNDS; round++) {
    const base = await timed(direct, sender.pid ?? 0);
    const hub = await timed(client, pid);
    if (round > 0) ratios.push(hub / base); // the first one warms both up
  }
  direct.close();
  sender.kill();
  await once(sender, 'exit');
  rmSync(folder, { recursive: true, force: true });
  return median(ratios);
}

const SESSIONS = 1_000;

/** Kilobytes of the hub's memory for one idle session of 2025-11-25 with its stream open, of a thousand. */
export async function measureSessions(): Promise<number> {
  const hub = await startHubWithEcho();
  const sockets: { close(): unknown }[] = [];
  try {
    const client = new LoadClient(hub.url, 'legacy');
    await client.open();
    sockets.push(client);
    await load(() => client.request('tools/list'), hub.pid, { workers: 8, durationMs: 1_000 });
    await rest();
    const before = rssMegabytes(hub.pid);
    for (let made = 0; made < SESSIONS; made += 10)
      for (const session of await Promise.all(Array.from({ length: 10 }, () => openSession(hub.url))))
        sockets.push(...session);
    await rest();
    return ((rssMegabytes(hub.pid) - before) * 1024) / SESSIONS;
  } finally {
    for (const socket of sockets) socket.close();
    await hub.stop();
  }
}

const HELLO =
  '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}';

/** A client as they are: one connection for requests, one for the stream. */
async function openSession(url: string): Promise<{ close(): unknown }[]> {
  const requests = new WireConnection(url);
  const { session = '' } = await requests.post(HELLO, '');
  const headers = `mcp-session-id: ${session}\r\nmcp-protocol-version: 2025-11-25\r\n`;
  await requests.post('{"jsonrpc":"2.0","method":"notifications/initialized"}', headers);
  const { hostname, port, pathname } = new URL(url);
  const stream: Socket = connect(Number(port), hostname);
  stream.write(
    `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: text/event-stream\r\n${headers}\r\n`,
  );
  await once(stream, 'data');
  return [requests, { close: () => stream.destroy() }];
}
