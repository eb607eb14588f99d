import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { HubEvent, Notice, NotificationsConfig } from '@counterpart/schemas';
import { noticeOf } from './notices.ts';
import { openNotify } from './notify.ts';

const base = { id: 1, at: '2026-01-01T00:00:00.000Z' };
const waiting: HubEvent = {
  ...base,
  kind: 'build-changed',
  build: 'b-0123456789',
  state: 'waiting',
  waitsFor: 'approval',
  server: 'weather',
};

test('what waits for a person or ends is told with the command that goes on, and steps between are not', () => {
  expect(noticeOf(waiting)).toEqual({
    kind: 'approval',
    at: base.at,
    build: 'b-0123456789',
    server: 'weather',
    text: 'weather is built and waits for your decision.',
    next: 'hub builds approve b-0123456789',
  });
  expect(noticeOf({ ...waiting, waitsFor: 'secrets' })).toMatchObject({
    kind: 'secrets',
    next: 'hub secret list',
  });
  expect(noticeOf({ ...waiting, waitsFor: 'author' })).toMatchObject({
    kind: 'question',
    next: 'hub builds question b-0123456789',
  });
  const { waitsFor: _, ...running } = waiting;
  expect(noticeOf({ ...running, state: 'running' })).toBeUndefined();
  expect(noticeOf({ ...running, state: 'failed', detail: 'It broke.' })).toMatchObject({ kind: 'failed' });
  expect(noticeOf({ ...base, kind: 'drift-found', server: 's', detail: 'd' })).toMatchObject({
    next: 'hub drift s',
  });
});

interface Opened {
  readonly told: Notice[];
  readonly warned: unknown[];
  publish(event: HubEvent): void;
  close(): Promise<void>;
}

function opened(config: NotificationsConfig): Opened {
  const listeners = new Set<(event: HubEvent) => void>();
  const told: Notice[] = [];
  const warned: unknown[] = [];
  const notify = openNotify({
    events: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    config: () => config,
    resolve: (given) => Promise.resolve(given.replace('${secret:HOOK}', 'token')),
    page: (build) => `http://127.0.0.1:1/review?build=${build}`,
    clean: (given) => given.replaceAll('weather', 'w'),
    tell: (notice) => told.push(notice),
    env: () => ({ PATH: process.env['PATH'], SECRET: 'x' }),
    // Pauses between tries are over at once.
    clock: { now: () => 0, after: (_, task) => (queueMicrotask(task), () => undefined) },
    log: { warn: (facts) => void warned.push(facts) },
  });
  return {
    told,
    warned,
    close: () => notify.close(),
    publish: (event) => listeners.forEach((listener) => listener(event)),
  };
}

test('a webhook is asked again when it does not take a notice, and gets it whole', async () => {
  const got: { url: string | undefined; body: string }[] = [];
  const three = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push({ url: request.url, body });
      response.writeHead(got.length < 3 ? 500 : 204).end();
      if (got.length === 3) three.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const notify = opened({ desktop: false, webhook: `http://127.0.0.1:${port}/\${secret:HOOK}` });
  notify.publish(waiting);
  await three.promise;
  expect(got.map(({ url }) => url)).toEqual(['/token', '/token', '/token']);
  expect(JSON.parse(got[2]?.body ?? '')).toEqual(notify.told[0]);
  expect(notify.told[0]).toMatchObject({
    text: 'w is built and waits for your decision.',
    page: 'http://127.0.0.1:1/review?build=b-0123456789',
  });
  await notify.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a command gets the notice as its input, without a shell and without the hub’s environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  const program = join(folder, 'tell.mjs');
  const out = join(folder, 'out.json');
  writeFileSync(
    program,
    `import { readFileSync, renameSync, writeFileSync } from 'node:fs';
    const [, , out, words] = process.argv;
    writeFileSync(out + '.new', JSON.stringify({ words, secret: process.env.SECRET ?? null, notice: JSON.parse(readFileSync(0, 'utf8')) }));
    renameSync(out + '.new', out);`,
  );
  const notify = opened({
    desktop: false,
    command: [process.execPath, program, out, '$HOME; true'],
    kinds: ['approval'],
  });
  notify.publish({ ...base, kind: 'drift-found', server: 's', detail: 'd' });
  expect(notify.told).toEqual([]);
  notify.publish(waiting);
  await expect.poll(() => existsSync(out), { timeout: 15_000 }).toBe(true);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
    words: '$HOME; true',
    secret: null,
    notice: notify.told[0],
  });
  await notify.close();
  rmSync(folder, { recursive: true });
});

test('a way that does not work is logged, and the others go on', async () => {
  const notify = opened({ desktop: false, command: ['/nowhere/at/all'] });
  notify.publish(waiting);
  await expect.poll(() => notify.warned.length, { timeout: 15_000 }).toBe(1);
  expect(notify.warned[0]).toMatchObject({ way: 'command' });
  expect(notify.told).toHaveLength(1);
  await notify.close();
});
