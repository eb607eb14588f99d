import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { createBroker } from '@counterpart/hub/broker/broker';
import { createHttp, ToolFailure } from '@counterpart/kit';
import { BROKER_NAME } from '@counterpart/kit/settings';
import { startService, type Service } from '@counterpart/kit/testing';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { BrokerDoor, BrokeredServer } from '../../hub/src/kernel/ports.ts';
import { verifies } from '../verifies.ts';

/** What the service does with a request; each test says it. */
let handle: Parameters<typeof startService>[0];
let service: Service;
let directory: string;
let broker: Awaited<ReturnType<typeof createBroker>>;
let door: BrokerDoor;
/** What names lead to, in the order of the questions; the last answer stays. */
const names = new Map<string, string[]>();
let questions = 0;
/** Milliseconds since the epoch, turned by hand. */
let now = 0;
const events: unknown[] = [];

beforeAll(async () => {
  service = await startService((request, response) => handle(request, response));
  directory = mkdtempSync(join(tmpdir(), 'broker-'));
  broker = await createBroker({
    directory: join(directory, 'run'),
    clean: (text) => text,
    clock: { now: () => now, after: () => () => undefined },
    events: { publish: (event) => void events.push(event), subscribe: () => () => undefined },
    givenUp: (server, detail) => void events.push(`${server}: ${detail}`),
    resolve: async (name) => {
      questions += 1;
      const answers = names.get(name) ?? [];
      const address = (answers.length > 1 ? answers.shift() : answers[0]) ?? '192.0.2.1';
      return [{ address, family: address.includes(':') ? 6 : 4 }];
    },
  });
});
afterAll(async () => {
  await broker.close();
  await service.close();
  rmSync(directory, { recursive: true });
});
afterEach(async () => {
  await door.close();
  delete process.env[BROKER_NAME];
  names.clear();
  questions = 0;
  events.length = 0;
});

const SERVER: BrokeredServer = {
  id: 'shop',
  rules: [],
  blueprint: async () => undefined,
  env: {},
  standIns: new Map(),
  limits: { circuit: { failures: 3, pauseMs: 1_000, pauses: 1 } },
};
const socketPath = (): string => join(door.folder, door.socketName);
/** Opens the way out for a server and lets the kit of this process use it. */
async function opened(server: Partial<BrokeredServer>): Promise<void> {
  door = await broker.open({ ...SERVER, ...server });
  process.env[BROKER_NAME] = socketPath();
}
const owner = (entry: string) => ({ entry, by: 'owner' }) as const;
const manifest = (entry: string) => ({ entry, by: 'manifest' }) as const;
const port = (): string => new URL(service.url).port;
const own = () => owner(service.url.slice('http://'.length));

/** A request to the broker that is written and read bit by bit. */
const begin = (method: string, url: string, headers: Record<string, string> = {}) =>
  httpRequest({ socketPath: socketPath(), method, path: url, headers, agent: false });
const answerTo = (outgoing: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => outgoing.once('response', resolve).once('error', reject));
const failureOf = async (ask: Promise<unknown>): Promise<string> =>
  ask.then(
    () => 'answered',
    (error: unknown) => (error instanceof ToolFailure ? error.text : String(error)),
  );

describe('names', () => {
  test('a declared name that leads into a private network is refused; the refusal says what to do', async () => {
    await opened({ rules: [manifest('api.test:80')] });
    names.set('api.test', ['10.0.0.7']);
    const http = createHttp({ baseUrl: 'http://api.test' });
    expect(await failureOf(http.request({ path: '/' }))).toBe(
      'shop may not reach api.test:80: it leads to 10.0.0.7, which is in a private network, and only its owner may send it into a private network.\n' +
        'If api.test:80 is meant to be there, add it to `network.allow` of shop in hub.config.json; otherwise find out who changed its name record.',
    );
  });

  test('an answer that changes after the check changes nothing: one question, one address', async () => {
    handle = (_, response) => void response.end('"here"');
    await opened({ rules: [owner(`api.test:${port()}`)] });
    names.set('api.test', ['127.0.0.1', '169.254.169.254']);
    const http = createHttp({ baseUrl: `http://api.test:${port()}` });
    expect([await http.json({ path: '/' }), await http.json({ path: '/' }), questions]).toEqual([
      'here',
      'here',
      1,
    ]);
  });

  test.each(['::ffff:169.254.169.254', '169.254.169.254', '0.0.0.0', '224.0.0.1'])(
    'not even its owner sends a name to %s',
    async (address) => {
      await opened({ rules: [owner('api.test:80')] });
      names.set('api.test', [address]);
      const http = createHttp({ baseUrl: 'http://api.test' });
      expect(await failureOf(http.request({ path: '/' }))).toContain(`leads to ${address}, which is`);
    },
  );
});

describe('bodies', () => {
  beforeEach(() => opened({ rules: [own()], standIns: new Map([['stand-in', 'the-secret']]) }));

  test('go both ways as they come, and nothing waits for their end', async () => {
    handle = (request, response) => {
      response.writeHead(200);
      request.on('data', (part: Buffer) => response.write(`got ${part.toString()}`));
      request.on('end', () => response.end('.'));
    };
    const outgoing = begin('POST', `${service.url}/`, { 'transfer-encoding': 'chunked' });
    outgoing.write('one');
    const answer = await answerTo(outgoing);
    const heard = [String((await once(answer, 'data'))[0])];
    outgoing.write('two');
    heard.push(String((await once(answer, 'data'))[0]));
    outgoing.end();
    expect([...heard, await text(answer)]).toEqual(['got one', 'got two', '.']);
  });

  test('a server that reads slowly slows the service down', async () => {
    let sent = 0;
    const wrote = Promise.withResolvers<void>();
    handle = (_, response) => {
      const part = Buffer.alloc(1_048_576);
      const more = () => {
        while (sent < 64) {
          sent += 1;
          if (!response.write(part)) {
            wrote.resolve();
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    };
    const outgoing = begin('GET', `${service.url}/`);
    outgoing.end();
    const answer = await answerTo(outgoing);
    await wrote.promise;
    await once(answer, 'readable');
    expect(sent).toBeLessThan(32);
    let bytes = 0;
    answer.on('data', (part: Buffer) => (bytes += part.length));
    await once(answer, 'end');
    expect(bytes).toBe(64 * 1_048_576);
  });

  test('a server that goes away takes its request with it', async () => {
    const gone = Promise.withResolvers<string>();
    handle = (request, response) => {
      response.write('begun');
      request.socket.once('close', () => gone.resolve('closed'));
    };
    const outgoing = begin('GET', `${service.url}/`);
    outgoing.on('error', () => undefined);
    outgoing.end();
    await once(outgoing, 'response');
    outgoing.destroy();
    expect(await gone.promise).toBe('closed');
  });

  test('half an answer is not passed off as a whole one', async () => {
    handle = (request, response) => {
      response.writeHead(200);
      response.write('half', () => request.socket.destroy());
    };
    const outgoing = begin('GET', `${service.url}/`);
    outgoing.end();
    const answer = await answerTo(outgoing);
    await expect(text(answer)).rejects.toThrow('aborted');
  });

  test('secrets that a service repeats are hidden in compressed answers and in headers, too', async () => {
    handle = (request, response) => {
      const body = gzipSync(`you sent ${String(request.headers['x-key'])}`);
      const repeated = String(request.headers['x-key']);
      response.writeHead(200, {
        'content-encoding': 'gzip',
        'content-length': body.length,
        'x-was': repeated,
      });
      response.end(body);
    };
    const http = createHttp({ baseUrl: service.url, headers: { 'x-key': 'stand-in' } });
    const answer = await http.request({ path: '/' });
    expect([answer.text(), answer.headers['x-was']]).toEqual(['you sent **********', '**********']);
  });

  test('a service that is not there is told as without a broker, and the connection stays of use', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    const free = typeof address === 'object' && address !== null ? address.port : 0;
    closed.close();
    await door.close();
    await opened({ rules: [owner(`127.0.0.1:${free}`)] });
    const http = createHttp({ baseUrl: `http://127.0.0.1:${free}` });
    const body = 'x'.repeat(200_000);
    expect(await failureOf(http.request({ method: 'POST', path: '/', body }))).toBe(
      `Cannot connect to 127.0.0.1:${free} (ECONNREFUSED)`,
    );
  });
});

const museum = Blueprint.parse(JSON.parse(readFileSync('servers/museum/blueprint.json', 'utf8')));
const shopWith = (auth: Blueprint['auth']): Blueprint =>
  Blueprint.parse({ ...museum, id: 'shop', auth, operations: [] });

describe('credentials', () => {
  const kinds: readonly (readonly [
    string,
    Blueprint['auth']['schemes'][string],
    Record<string, string>,
    Readonly<Record<string, string | RegExp>>,
  ])[] = [
    ['bearer', { kind: 'bearer' }, { SHOP_TOKEN: 'tok-123' }, { authorization: 'Bearer tok-123' }],
    [
      'an API key in a header',
      { kind: 'api-key', in: 'header', name: 'X-Key' },
      { SHOP_API_KEY: 'k-1234' },
      { 'x-key': 'k-1234' },
    ],
    [
      'an API key in the query',
      { kind: 'api-key', in: 'query', name: 'key' },
      { SHOP_API_KEY: 'k&1234' },
      { url: '/a?x=1&key=k%261234' },
    ],
    [
      'an API key in a cookie',
      { kind: 'api-key', in: 'cookie', name: 'sid' },
      { SHOP_API_KEY: 'k-1234' },
      { cookie: 'own=1; sid=k-1234' },
    ],
    [
      'basic',
      { kind: 'basic' },
      { SHOP_USERNAME: 'ann', SHOP_PASSWORD: 'word-1' },
      { authorization: 'Basic YW5uOndvcmQtMQ==' },
    ],
    [
      'Signature Version 4, over the body',
      { kind: 'aws-sigv4', service: 's3', region: 'eu-west-1' },
      { SHOP_ACCESS_KEY_ID: 'AKID', SHOP_SECRET_ACCESS_KEY: 'secret-key' },
      { authorization: /^AWS4-HMAC-SHA256 Credential=AKID\/\d+\/eu-west-1\/s3\/aws4_request, / },
    ],
  ];

  test.each(kinds)('%s', async (_, scheme, env, expected) => {
    let got: Record<string, string | string[] | undefined> = {};
    handle = (request, response) => {
      got = { url: request.url, ...request.headers };
      response.end('{}');
    };
    const blueprint = shopWith({ schemes: { it: scheme }, default: [{ it: [] }] });
    await opened({
      rules: [own(), owner('127.0.0.1:1')],
      blueprint: async () => blueprint,
      env: { SHOP_BASE_URL: service.url, ...env },
    });
    const headers = { 'counterpart-operation': 'any', cookie: 'own=1' };
    const http = createHttp({ baseUrl: service.url, headers });
    const { headers: told } = await http.request({ method: 'POST', path: '/a?x=1', body: '{}' });
    const misfits = Object.entries(expected).filter(([name, value]) =>
      value instanceof RegExp ? !value.test(String(got[name])) : got[name] !== value,
    );
    expect([misfits, got]).toEqual([[], got]);
    expect(told['counterpart-credentials']?.split(', ')).toEqual(Object.keys(env));
  });

  test('are added for the service alone, not for another origin that is allowed', async () => {
    const got: (string | undefined)[] = [];
    handle = (request, response) => {
      got.push(request.headers.authorization);
      response.end('{}');
    };
    const blueprint = shopWith({ schemes: { it: { kind: 'bearer' } }, default: [{ it: [] }] });
    await opened({
      rules: [own(), owner(`localhost:${port()}`)],
      blueprint: async () => blueprint,
      env: { SHOP_BASE_URL: service.url, SHOP_TOKEN: 'tok-123' },
    });
    names.set('localhost', ['127.0.0.1']);
    for (const host of [service.url, `http://localhost:${port()}`]) {
      const outgoing = begin('GET', `${host}/`, { 'counterpart-operation': 'any' });
      outgoing.end();
      await text(await answerTo(outgoing));
    }
    expect(got).toEqual(['Bearer tok-123', undefined]);
  });

  test('that are missing are told by the names of their variables', async () => {
    const blueprint = shopWith({ schemes: { it: { kind: 'bearer' } }, default: [{ it: [] }] });
    await opened({ rules: [own()], blueprint: async () => blueprint, env: { SHOP_BASE_URL: service.url } });
    const http = createHttp({ baseUrl: service.url, headers: { 'counterpart-operation': 'buy' } });
    expect(await failureOf(http.request({ path: '/' }))).toMatch(
      /^buy needs credentials, and none are configured\.\nSet SHOP_TOKEN\b/,
    );
  });
});

describe('limits', () => {
  const status = async (): Promise<number | string> => {
    const http = createHttp({ baseUrl: service.url });
    const ask = http.request({ method: 'POST', path: '/' }).then((answer) => answer.status);
    return ask.catch((error: unknown) => (error instanceof ToolFailure ? error.text : String(error)));
  };

  test('a server sends no more than it may in a minute, and is told when it may again', async () => {
    verifies('C11');
    handle = (_, response) => void response.end('{}');
    await opened({ rules: [own()], limits: { ...SERVER.limits, ratePerMinute: 2 } });
    expect([await status(), await status(), await status()]).toEqual([
      200,
      200,
      'shop may send 2 requests a minute, and has; the next may go in 30 s.\nCall again then, or raise `network.ratePerMinute` of shop in hub.config.json.',
    ]);
    now += 30_000;
    expect(await status()).toBe(200);
  });

  test('a service that fails is left alone, tried once, and taken up again or given up', async () => {
    let asked = 0;
    let answer = 503;
    handle = (_, response) => {
      asked += 1;
      response.writeHead(answer).end();
    };
    await opened({ rules: [own()] });
    const host = service.url.slice('http://'.length);
    expect([await status(), await status(), await status()]).toEqual([503, 503, 503]);
    expect(await status()).toBe(
      `${host} failed several times in a row, so that shop asks it nothing for 1 s.\nCall again then: one request will see whether it is back. \`network.circuit\` of shop in hub.config.json says when calls pause.`,
    );
    expect([asked, door.problem()]).toEqual([
      3,
      `calls pause after failures of ${host} until ${new Date(now + 1_000).toISOString()}`,
    ]);
    now += 1_000;
    answer = 200;
    expect([await status(), await status(), door.problem()]).toEqual([200, 200, undefined]);
    answer = 500;
    for (const turn of [1, 2, 3, 4]) {
      now += turn === 4 ? 1_000 : 0;
      expect(await status()).toBe(500);
    }
    const said = events.map((event) => (typeof event === 'object' ? { ...event, until: '' } : event));
    const opened_ = (pauses: number) => ({ kind: 'circuit-opened', server: 'shop', host, until: '', pauses });
    expect(said).toEqual([
      opened_(1),
      { kind: 'circuit-closed', server: 'shop', host, until: '' },
      opened_(1),
      opened_(2),
      `shop: ${host} did not answer as it should through 1 pauses`,
    ]);
  });

  test('what was asked is told by host: requests, answers, bytes and time', async () => {
    handle = (_, response) => void response.writeHead(404).end('x'.repeat(1_000));
    await opened({ rules: [own()] });
    expect([await status(), await status()]).toEqual([404, 404]);
    await door.close();
    const Use = z.object({ bytesIn: z.int().min(2_000), bytesOut: z.int(), totalMs: z.number().positive() });
    expect(events).toMatchObject([
      { kind: 'service-used', server: 'shop', requests: 2, answers: { '4xx': 2 } },
    ]);
    expect(Use.safeParse(events[0]).error).toBeUndefined();
  });
});

test('the socket is its user’s alone, and gone with its door', async () => {
  await opened({});
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
  // Inside a container the server is somebody else: what keeps others out is the folder above.
  const run = join(directory, 'run');
  expect([run, door.folder, socketPath()].map(mode)).toEqual(['700', '755', '666']);
  const path = socketPath();
  const open = connect(path);
  await once(open.resume(), 'connect');
  const ended = once(open, 'close');
  await door.close();
  await ended;
  expect(() => statSync(path)).toThrow('ENOENT');
});
