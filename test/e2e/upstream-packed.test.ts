import type { ServerResponse } from 'node:http';
import {
  brotliCompressSync,
  createGzip,
  deflateSync,
  gzipSync,
  zstdCompressSync,
  constants,
} from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonMembers } from '../../hub/src/kernel/ports.ts';
import { closeServers, listen } from '../fixtures/upstream/http-servers.ts';
import { Bench, call, LEGACY_CALLER, textOf } from './upstream-harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(async () => {
  await bench.close();
  await closeServers();
});

type Answer = (response: ServerResponse, message: JsonMembers) => void;

const RESULTS: Record<string, JsonMembers> = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'packed' },
  },
  'tools/list': { tools: [{ name: 'say', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [{ type: 'text', text: 'naïve' }] },
};

/** A legacy server whose every answer goes through `answer`; `onCall`: but for calls. */
const serve = (answer: Answer, onCall: Answer = answer): Promise<string> =>
  listen((request, response, { id, method }) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    if (id === undefined) return void response.writeHead(202, { 'Content-Encoding': 'gzip' }).end();
    const result = RESULTS[String(method)];
    const error = { code: -32601, message: 'unknown' };
    const message = { jsonrpc: '2.0', id, ...(result ? { result } : { error }) };
    if (method === 'tools/call') onCall(response, message);
    else answer(response, message);
  });

const plain: Answer = (response, message) =>
  void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(message));

const packed =
  (coding: string, pack: (text: string) => Buffer): Answer =>
  (response, message) => {
    const status = 'error' in message ? 400 : 200;
    response
      .writeHead(status, { 'Content-Type': 'application/json', 'Content-Encoding': coding })
      .end(pack(JSON.stringify(message)));
  };

const inOneEvent = (text: string): string => `event: message\ndata: ${text}\n\n`;

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['Identity', (text: string) => Buffer.from(text)],
])('answers that come packed as %s unasked are opened, refusals too', async (coding, pack) => {
  const upstream = bench.remote(await serve(packed(coding, (text) => pack(text))));
  const lists = await upstream.refresh();
  const said = await call(upstream, 'say', {}, { caller: LEGACY_CALLER });
  const refused = await call(upstream, {}, {}, { method: 'nothing/such', caller: LEGACY_CALLER });
  expect([lists.tools.map(({ name }) => name), textOf(said), refused.error]).toEqual([
    ['say'],
    'naïve',
    { code: -32601, message: 'unknown' },
  ]);
});

test('events of a packed stream arrive while it stays open', async () => {
  const url = await serve(plain, (response, message) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' });
    const packing = createGzip({ flush: constants.Z_SYNC_FLUSH });
    packing.pipe(response);
    packing.write(inOneEvent(JSON.stringify(message)));
  });
  const said = await call(bench.remote(url), 'say', {}, { caller: LEGACY_CALLER });
  expect(textOf(said)).toBe('naïve');
});

/** A gigabyte in a megabyte: as many members of a gzip file as make it, one after the other. */
const BOMB = Buffer.concat(Array<Buffer>(1024).fill(gzipSync(Buffer.alloc(1024 * 1024, ' '))));

/** From here a client could ask for the rest, which would be the same. */
const PLACE = gzipSync('id: 1\ndata:\n\n');

test.each([
  ['application/json', BOMB],
  ['text/event-stream', Buffer.concat([PLACE, BOMB])],
])(
  'a gigabyte packed into a few bytes of %s is refused at the limit, and the server is called again',
  async (type, bomb) => {
    let calls = 0;
    const url = await serve(plain, (response, message) => {
      calls += 1;
      if (calls > 1) return plain(response, message);
      response.writeHead(200, { 'Content-Type': type, 'Content-Encoding': 'gzip' }).end(bomb);
    });
    const upstream = bench.remote(url);
    const { failure, detail } = await call(upstream, 'say', {}, { caller: LEGACY_CALLER });
    expect([failure, detail]).toEqual([
      'UPSTREAM_PROTOCOL',
      expect.stringContaining('an answer longer than 67108864 bytes'),
    ]);
    expect(textOf(await call(upstream, 'say', {}, { caller: LEGACY_CALLER }))).toBe('naïve');
  },
);

test.each([
  ['a coding that is not known', 'sdch', (text: string) => Buffer.from(text)],
  ['bytes that are not what the header says', 'gzip', (text: string) => Buffer.from(text)],
])('%s fails its call and is named', async (_, coding, pack) => {
  const upstream = bench.remote(await serve(plain, packed(coding, pack)));
  const { failure, detail } = await call(upstream, 'say', {}, { caller: LEGACY_CALLER });
  expect([failure, detail]).toEqual([
    'UPSTREAM_PROTOCOL',
    expect.stringContaining(`an answer that cannot be read in the content encoding "${coding}"`),
  ]);
});

test('a packed answer that was cut off fails its call', async () => {
  const upstream = bench.remote(
    await serve(
      plain,
      packed('gzip', (text) => gzipSync(text.repeat(50)).subarray(0, 60)),
    ),
  );
  const { failure } = await call(upstream, 'say', {}, { caller: LEGACY_CALLER });
  expect(failure).toBe('UPSTREAM_LOST');
});
