import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import {
  entryOf,
  startHangingService,
  startService,
  StdioPeer,
  type Message,
  type Service,
} from '@counterpart/kit/testing';
import { afterEach, describe, expect, test } from 'vitest';

const program = entryOf(new URL('../fixtures/kit/tiny/', import.meta.url));

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function start(env: Record<string, string> = {}): StdioPeer {
  const peer = new StdioPeer(program, env);
  opened.push(() => peer.signal('SIGKILL'));
  return peer;
}

type Reply = (request: Seen, response: ServerResponse, count: number) => void;

/** A service that keeps what it is sent and answers with `reply`, by default with an empty object. */
async function capture(
  reply: Reply = (_, response) => response.end('{}'),
): Promise<Service & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const service = await startService((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      response.setHeader('content-type', 'application/json');
      reply(one, response, seen.length);
    });
  });
  opened.push(() => service.close());
  return { ...service, seen };
}

const call = (peer: StdioPeer, name: string, args: object = {}): Promise<Message> =>
  peer.modern('tools/call', { name, arguments: args });

function textOf(message: Message): string {
  const content = (message.result?.['content'] ?? []) as { text?: string }[];
  return content.map(({ text }) => text ?? '').join('\n');
}

describe('calls of a compiled server', () => {
  test('arguments travel to their places with the credentials, and the answer comes back as structure', async () => {
    const service = await capture((_, response) =>
      response.end('{"items":[{"id":1,"name":"a"}],"next":null}'),
    );
    const peer = start({ TINY_BASE_URL: `${service.url}/base/`, TINY_TOKEN: 'top-secret' });
    const answer = await call(peer, 'list_things', { limit: 2, tag: ['a', 'b c'], note: 'hé' });
    expect(service.seen[0]).toMatchObject({
      method: 'GET',
      url: '/base/things?limit=2&tag=a&tag=b%20c',
      headers: {
        authorization: 'Bearer top-secret',
        'x-note': Buffer.from('hé').toString('latin1'),
        'user-agent': 'counterpart-kit/0.1.0',
      },
    });
    expect(answer.result).toMatchObject({
      resultType: 'complete',
      structuredContent: { items: [{ id: 1, name: 'a' }], next: null },
    });
  });

  test('hostile arguments neither leave their place nor reach the service', async () => {
    const service = await capture();
    const peer = start({ TINY_BASE_URL: `${service.url}/base`, TINY_TOKEN: 't-o-k-e-n' });
    await call(peer, 'get_thing', { id: '../../admin?x=1#y' });
    const refused = [
      await call(peer, 'get_thing', { id: '..' }),
      await call(peer, 'list_things', { note: 'a\r\nX-Evil: 1' }),
    ];
    peer.write(
      '{"jsonrpc":"2.0","id":"p","method":"tools/call","params":{"name":"create_thing","arguments":{"body":{"name":"x"},"__proto__":{"a":1}},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}',
    );
    const polluted = await peer.next(({ id }) => id === 'p');
    expect(service.seen.map(({ url }) => url)).toEqual(['/base/things/..%2F..%2Fadmin%3Fx%3D1%23y']);
    expect([...refused, polluted].map((answer) => answer.result?.['isError'])).toEqual([true, true, true]);
    expect(textOf(polluted)).toContain('__proto__: unknown argument');
  });

  test('wrong input is answered with every field, what is expected and what was found', async () => {
    const answer = await call(start(), 'create_thing', { body: { nam: 1, parts: [{ name: 'x', id: '7' }] } });
    expect([answer.result?.['isError'], textOf(answer).split('\n')]).toEqual([
      true,
      [
        'Invalid arguments for create_thing:',
        'body.name: required, but missing',
        'body.nam: unknown; did you mean name?',
        'body.parts[0].id: expected integer, got "7"',
      ],
    ]);
  });

  test('without credentials or an address the answer names the variable to set', async () => {
    const service = await capture((_, response) => response.writeHead(401).end('{"message":"who are you"}'));
    const none = await call(start({ TINY_BASE_URL: service.url }), 'list_things');
    const wrong = await call(start({ TINY_BASE_URL: service.url, TINY_TOKEN: 'old-token' }), 'list_things');
    const broken = await call(start({ TINY_BASE_URL: 'not a url', TINY_TOKEN: 'x' }), 'list_things');
    expect([textOf(none), textOf(wrong), textOf(broken)]).toEqual([
      'list_things needs credentials, and none are configured.\nSet TINY_TOKEN: with `hub secret set` where a hub runs this server, else in its environment.',
      'The service answered 401: who are you\nThe credentials in TINY_TOKEN were refused: check that they are current and meant for this service.',
      expect.stringMatching(/^tiny has no absolute base URL: .*\n.*TINY_BASE_URL/),
    ]);
    expect(service.seen).toHaveLength(1);
  });

  test('reads are repeated after a passing failure, calls with effects never', async () => {
    const service = await capture((_, response, count) =>
      response.writeHead(count % 2 === 1 ? 503 : 200).end('{"name":"x"}'),
    );
    const peer = start({ TINY_BASE_URL: service.url, TINY_TOKEN: 't' });
    const read = await call(peer, 'get_thing', { id: '1' });
    const write = await call(peer, 'create_thing', { body: { name: 'x' } });
    expect([read.result?.['isError'], write.result?.['isError']]).toEqual([undefined, true]);
    expect(service.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  test('a redirect to another host is told, not followed; on the same host it is followed with credentials', async () => {
    const other = await capture();
    const service = await capture(({ url }, response) => {
      if (url === '/things/1') response.writeHead(302, { location: `${other.url}/stolen` }).end();
      else if (url === '/things/2') response.writeHead(302, { location: '/things/3' }).end();
      else response.end('{"name":"three"}');
    });
    const peer = start({ TINY_BASE_URL: service.url, TINY_TOKEN: 't-o-k-e-n' });
    const away = await call(peer, 'get_thing', { id: '1' });
    const near = await call(peer, 'get_thing', { id: '2' });
    expect(textOf(away)).toContain(`${other.url}/stolen`);
    expect(near.result?.['structuredContent']).toEqual({ name: 'three' });
    expect([other.seen.length, service.seen.at(-1)?.headers.authorization]).toEqual([0, 'Bearer t-o-k-e-n']);
  });

  test('compressed answers, bytes and lists arrive as what they are', async () => {
    const service = await capture(({ url }, response) => {
      if (url === '/names') response.setHeader('content-encoding', 'gzip').end(gzipSync('["a","b"]'));
      else response.setHeader('content-type', 'image/png').end(Buffer.from([0, 255, 16]));
    });
    const peer = start({ TINY_BASE_URL: service.url });
    const [names, picture] = [await call(peer, 'list_names'), await call(peer, 'get_picture')];
    expect(names.result?.['structuredContent']).toEqual({ result: ['a', 'b'] });
    expect(picture.result?.['content']).toEqual([{ type: 'image', data: 'AP8Q', mimeType: 'image/png' }]);
  });

  test('an answer that does not come ends in an error that names the limit', async () => {
    const service = await startHangingService();
    opened.push(() => service.close());
    const answer = await call(start({ TINY_BASE_URL: service.url, TINY_TIMEOUT_MS: '50' }), 'list_names');
    expect(textOf(answer)).toMatch(/did not answer in 50 ms\.\nAsk for less, or raise TINY_TIMEOUT_MS\.$/);
  });

  test('a service that is not there is named, with what to check', async () => {
    const service = await capture();
    await service.close();
    const answer = await call(start({ TINY_BASE_URL: service.url }), 'list_names');
    expect(textOf(answer)).toMatch(/^Cannot connect to 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.\n.*TINY_BASE_URL/);
  });
});

describe('hand-written tools beside compiled ones', () => {
  test('reach the service through the kit, and what they print goes to standard error', async () => {
    const service = await capture((_, response) => response.end('{"items":[1,2,3]}'));
    const peer = start({ TINY_BASE_URL: service.url, TINY_TOKEN: 't-o-k-e-n' });
    const [sum, count] = [
      await call(peer, 'add_numbers', { a: 1, b: 2 }),
      await call(peer, 'summarize_things'),
    ];
    expect([sum.result?.['structuredContent'], count.result?.['structuredContent']]).toEqual([
      { sum: 3 },
      { count: 3, key: 'set' },
    ]);
    expect(service.seen[0]).toMatchObject({
      url: '/things?limit=100',
      headers: { authorization: 'Bearer t-o-k-e-n' },
    });
    expect([peer.stderr.includes('adding 1 2'), peer.lines.some((line) => line.includes('adding'))]).toEqual([
      true,
      false,
    ]);
  });

  test('cannot reach a host that neither the manifest nor the base URL names', async () => {
    const [service, other] = [await capture(), await capture()];
    const answer = await call(start({ TINY_BASE_URL: service.url, TINY_TOKEN: 't' }), 'summarize_things', {
      path: `${other.url}/x`,
    });
    expect([answer.result?.['isError'], other.seen.length]).toEqual([true, 0]);
    expect(textOf(answer)).toMatch(/is not among the hosts this server may reach/);
  });
});

describe('the process', () => {
  test('a call in flight when the input ends is still answered', async () => {
    let release: (() => void) | undefined;
    const service = await capture((_, response) => (release = () => response.end('["late"]')));
    const peer = start({ TINY_BASE_URL: service.url });
    await peer.modern('server/discover');
    const answer = call(peer, 'list_names');
    await expect.poll(() => service.seen.length).toBe(1);
    const ended = peer.end();
    release?.();
    expect((await answer).result?.['structuredContent']).toEqual({ result: ['late'] });
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  test('a call that never ends does not keep the process', async () => {
    const service = await startHangingService();
    opened.push(() => service.close());
    const peer = start({ TINY_BASE_URL: service.url });
    const answer = call(peer, 'list_names');
    await service.arrived;
    const [exit] = await Promise.all([peer.end(2_500), answer.catch(() => undefined)]);
    expect(exit).toEqual({ code: 0, signal: null });
  });

  test('SIGTERM ends it with code 0', async () => {
    const peer = start();
    await peer.modern('server/discover');
    expect(await peer.signal('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
