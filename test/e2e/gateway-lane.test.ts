import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { membersOf } from '../../hub/src/kernel/protocol/members.ts';
import type { JsonMembers } from '../../hub/src/kernel/ports.ts';
import { randomOf, type Random } from '../fixtures/fuzz/random.mjs';
import { closeGateways, setUp, text } from '../fixtures/gateway/http-rig.ts';
import { modernRequest } from '../fixtures/gateway/raw-client.ts';
import { readResponses, type WireResponse } from '../fixtures/wire/responses.ts';

const BIG = 300_000;
const handlers = {
  'tools/call echo': (params: JsonMembers) =>
    text('x'.repeat(Number(membersOf(params['arguments'])['n'] ?? 1))),
};
let plain: Awaited<ReturnType<typeof setUp>>;
let whole: Awaited<ReturnType<typeof setUp>>;

beforeAll(async () => {
  plain = await setUp({ handlers });
  whole = await setUp({ handlers }, { lane: false });
});
afterAll(closeGateways);

/** Text of a request, one character to a byte. */
function post(method: string, params: Record<string, unknown> = {}, lines: readonly string[] = []): string {
  const { body = '', headers = {} } = modernRequest(method, { params, id: 'é' });
  const bytes = Buffer.from(body);
  const said = Object.entries({ host: 'x', 'content-type': 'application/json', ...headers });
  const all = [...said.map(([name, value]) => `${name}: ${String(value)}`), ...lines];
  return `POST /mcp HTTP/1.1\r\n${all.join('\r\n')}\r\ncontent-length: ${bytes.length}\r\n\r\n${bytes.toString('latin1')}`;
}
const call = (name: string, args: object = {}, lines?: readonly string[]): string =>
  post('tools/call', { name, arguments: args }, lines);
const LAST = call('echo', {}, ['connection: close']);

/** Writes a text to a server in pieces and gives all that comes back until the connection ends. */
async function talk(port: number, said: string, pieces: Random | undefined): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const heard = hear(socket);
  for (let at = 0; at < said.length && !socket.destroyed;) {
    const size = pieces === undefined ? said.length : 1 + pieces.below(pieces.chance(0.5) ? 40 : 4_000);
    socket.write(said.slice(at, at + size), 'latin1');
    at += size;
    if (at < said.length) await turn();
  }
  return heard;
}

async function hear(socket: Socket): Promise<string> {
  let heard = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
  // A server that ends the connection early may meet what is still being written.
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return heard;
}

/** What a client can tell apart. How long a connection is kept, and the moment, differ by nature. */
function seen({ status, headers, body }: WireResponse): object {
  const { date, 'keep-alive': kept, 'content-length': _, 'transfer-encoding': chunked, ...own } = headers;
  const isStream = chunked === 'chunked' && own['content-type'] !== undefined;
  const isDated = date !== undefined && !Number.isNaN(Date.parse(date));
  return { status, own, isDated, isKept: kept !== undefined, isStream, body };
}

const PLAIN: readonly string[] = [
  call('echo'),
  call('echo', { n: BIG }),
  call('talk'),
  call('no-such-tool'),
  post('tools/list'),
  post('server/discover', {}, ['accept: text/event-stream']),
  post('tools/list', {}, ['accept: text/html']),
  'POST /mcp HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\nContent-Length: 9\r\n\r\nnot json!',
  'POST /mcp HTTP/1.1\r\nHost: x\r\ncontent-type: text/plain\r\nContent-Length: 2\r\n\r\n{}',
  'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n',
];
const UNCOMMON: readonly string[] = [
  'GET /mcp HTTP/1.1\r\nHost: x\r\n\r\n',
  'DELETE /mcp HTTP/1.1\r\nHost: x\r\n\r\n',
  call('echo', { pad: 'p'.repeat(20_000) }, [`x-long: ${'h'.repeat(9_000)}`]),
  call('echo').replace('host: x', 'Host: x\r\nx-y: 1\r\nX-Y: 2'),
  'POST /mcp HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'POST /mcp HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}',
];
/** After these no reader can tell where the next request begins. */
const BROKEN: readonly string[] = [
  'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
  'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
  'POST /mcp HTTP/1.1\r\nHost: x\r\nx: a\u0000b\r\nContent-Length: 2\r\n\r\n{}',
  'nonsense\r\n\r\n',
  'POST /mcp HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}',
];

describe('requests that are served without node:http', () => {
  it('are answered as node:http answers them, however they are cut, and whatever stands between them', async () => {
    const random = randomOf(96);
    for (let turns = 0; turns < 25; turns += 1) {
      const some = Array.from({ length: 1 + random.below(4) }, () =>
        random.pick(random.chance(0.7) ? PLAIN : UNCOMMON),
      );
      // What is broken stands alone: how many of the answers before it still leave is a matter of moments.
      const said = turns % 5 === 0 ? random.pick(BROKEN) : [...some, LAST].join('');
      const pieces = random.chance(0.5) ? random : undefined;
      const [own, other] = await Promise.all([
        talk(plain.port, said, pieces),
        talk(whole.port, said, pieces),
      ]);
      expect({ said, heard: readResponses(own).map(seen) }).toEqual({
        said,
        heard: readResponses(other).map(seen),
      });
    }
  });

  it('come back in their order when they are sent without waiting', async () => {
    const sizes = [5, BIG, 7, 1, BIG, 3];
    const said = [...sizes.map((n) => call('echo', { n })), LAST].join('');
    const lengths = readResponses(await talk(plain.port, said, undefined)).map(
      ({ body }) => body.split('x').length - 1,
    );
    // `text`, `complete` and other words of an answer hold the letter as well.
    const others = lengths.at(-1) ?? 0;
    expect(lengths.map((length) => length - others + 1)).toEqual([...sizes, 1]);
  });

  it('are cancelled when their client is gone', async () => {
    const before = plain.upstream.cancelled.length;
    const asked = plain.upstream.requests.length;
    const socket = connect(plain.port, '127.0.0.1');
    socket.write(call('slow'), 'latin1');
    await expect.poll(() => plain.upstream.requests.length).toBe(asked + 1);
    socket.destroy();
    await expect.poll(() => plain.upstream.cancelled.length).toBe(before + 1);
  });
});
