import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomOf, type Random } from '../fixtures/fuzz/random.mjs';
import { brokenMessage, brokenRequest, SOUND_FRAMES, textOf } from '../fixtures/fuzz/requests.ts';
import { hubIsSound, othersAreServed, residentMb, SEED } from '../fixtures/fuzz/well-behaved.ts';
import {
  eventually,
  fixtureServer,
  HUB_PROGRAM,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';

const HOSTILE = join(import.meta.dirname, '../fixtures/fuzz/hostile.mjs');
const LIMIT = 4 * 1024 * 1024;
const HTTP_MS = 9_000;
const LINES_MS = 4_000;
/** Memory beyond what the hub has at its start. */
const MOST_GROWTH_MB = 400;

describe(`clients that break every rule (FUZZ_SEED=${SEED})`, () => {
  const folder = makeHome({
    mcpServers: {
      ok: fixtureServer('ok'),
      hostile: { command: process.execPath, args: [HOSTILE, 'plain', String(SEED)] },
    },
  });
  let hub: TestHub;
  let before = 0;
  const port = (): number => Number(new URL(hub.url).port);

  beforeAll(async () => {
    hub = await startHub(folder.home);
    for (const id of ['ok', 'hostile'])
      await eventually(async () =>
        JSON.stringify(await hub.rpc('tools/list', {}, `/mcp/s/${id}`)).includes('echo'),
      );
    await othersAreServed(hub);
    before = residentMb(hub.pid);
  });

  afterAll(async () => {
    await hub.stop();
    expect(markedProcesses(folder.home)).toEqual([]);
    folder.remove();
  });

  test(
    'broken HTTP requests are refused or dropped, and nobody else notices',
    { timeout: 60_000 },
    async () => {
      const random = randomOf(SEED);
      const end = Date.now() + HTTP_MS;
      const statuses = new Map<string, number>();
      while (Date.now() < end) {
        const answers = await Promise.all(
          Array.from({ length: 8 }, () => sendBytes(port(), requestsOf(random), random)),
        );
        for (const answer of answers)
          for (const [, status = ''] of answer.matchAll(/^HTTP\/1\.1 (\d+)/gm))
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
        await othersAreServed(hub);
      }
      expect([...statuses.keys()].filter((status) => status.startsWith('5'))).toEqual([]);
      expect(statuses.get('200')).toBeGreaterThan(0);
      expect(statuses.get('400')).toBeGreaterThan(0);
      await hubIsSound(hub);
    },
  );

  test(
    'broken lines through hub stdio are answered or dropped, and the next sound one is answered',
    { timeout: 60_000 },
    async () => {
      const random = randomOf(SEED + 1);
      const lines = startLines(folder.home);
      const end = Date.now() + LINES_MS;
      let round = 0;
      while (Date.now() < end) {
        for (let count = 0; count < 20; count++) lines.write(brokenMessage(random, LIMIT));
        const id = `round-${(round += 1)}`;
        lines.write(
          Buffer.from(
            textOf({ ...SOUND_FRAMES[0], id, method: 'tools/list', params: SOUND_FRAMES[0]?.params ?? {} }),
          ),
        );
        await lines.said(`"id":"${id}"`);
        await othersAreServed(hub);
      }
      expect(round).toBeGreaterThan(0);
      await lines.end();
      await hubIsSound(hub);
    },
  );

  test('clients that send their bodies a byte at a time, or nothing at all, hold nobody up', async () => {
    const slow = Array.from({ length: 100 }, (_, at) => {
      const socket = open(port());
      socket.write(at % 2 === 0 ? 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Ty' : headOf(1_000_000));
      return socket;
    });
    for (let round = 0; round < 5; round++) {
      for (const socket of slow) socket.write('[');
      await othersAreServed(hub);
    }
    expect(residentMb(hub.pid)).toBeLessThan(before + MOST_GROWTH_MB);
    for (const socket of slow) socket.destroy();
    await hubIsSound(hub);
  });

  test('a client that vanishes in the middle of a call is noticed by the server', async () => {
    const call = textOf({
      id: 1,
      method: 'tools/call',
      params: { ...SOUND_FRAMES[0]?.params, name: 'hostile__never' },
    });
    const sockets = Array.from({ length: 20 }, () => {
      const socket = open(port());
      socket.write(
        headOf(Buffer.byteLength(call), { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'hostile__never' }) + call,
      );
      return socket;
    });

    await eventually(async () => (await saidBy('never begins')) >= 20);
    await othersAreServed(hub);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => (await saidBy('the call was cancelled')) >= 20);
    expect(await saidBy('the call was cancelled')).toBe(20);
  });

  test('a thousand sessions that are never closed are kept within bounds', { timeout: 60_000 }, async () => {
    const hello = textOf({
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    });
    for (let at = 0; at < 1_000; at += 50) {
      const statuses = await Promise.all(Array.from({ length: 50 }, () => post(hub, hello)));
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    await othersAreServed(hub);
    await hubIsSound(hub);
  });

  test('memory stays bounded', async () => {
    await othersAreServed(hub);
    expect(residentMb(hub.pid)).toBeLessThan(before + MOST_GROWTH_MB);
  });

  /** How often the hostile server said this. */
  const saidBy = async (words: string): Promise<number> =>
    JSON.stringify(await hub.get('/api/servers/hostile')).split(words).length - 1;
});

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // what is cut off on purpose
  return socket;
}

const headOf = (length: number, more: Readonly<Record<string, string>> = {}): string =>
  `POST /mcp HTTP/1.1\r\n${Object.entries({
    Host: 'localhost',
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2026-07-28',
    'Content-Length': String(length),
    ...more,
  })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** One broken request, or several in one go on one connection. */
const requestsOf = (random: Random): Buffer =>
  Buffer.concat(Array.from({ length: random.chance(0.2) ? 5 : 1 }, () => brokenRequest(random, LIMIT)));

/** Sends bytes in pieces, waits for what comes back until it stays away, and hangs up. */
function sendBytes(port: number, bytes: Buffer, random: Random): Promise<string> {
  const piece = random.pick([bytes.length, bytes.length, 1_000, 7]);
  const hangUp = random.chance(0.1);
  return new Promise((resolve) => {
    const socket = open(port);
    let said = '';
    const finish = (): void => {
      socket.destroy();
      resolve(said);
    };
    socket.setTimeout(150, finish);
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1', 0, 4_096)));
    socket.on('close', finish);
    const most = piece < 1_000 ? 2_000 : bytes.length;
    for (let at = 0; at < most; at += piece) socket.write(bytes.subarray(at, Math.min(most, at + piece)));
    if (hangUp) socket.end();
  });
}

async function post(hub: TestHub, body: string): Promise<number> {
  const response = await fetch(`${hub.url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** A client on the standard input and output of `hub stdio`. */
function startLines(home: string) {
  const child = spawn(process.execPath, [HUB_PROGRAM, 'stdio', '--home', home], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => (said = (said + chunk.toString('latin1')).slice(-200_000)));
  return {
    write(line: Buffer): void {
      child.stdin.write(line);
      child.stdin.write('\n');
    },
    said: (text: string) => eventually(() => said.includes(text)),
    end: () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.stdin.end();
      }),
  };
}
