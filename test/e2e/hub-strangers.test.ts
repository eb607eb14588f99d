import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type TestHub } from '../fixtures/hub.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

/** Of a service that would like its words to be a page of the hub. */
const SERVICE = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Lure', version: '1' },
  servers: [{ url: 'https://lure.example' }],
  paths: {
    '/page': {
      get: {
        operationId: 'page',
        responses: {
          200: {
            description: 'A page.',
            content: {
              'text/html': { schema: { type: 'string' }, example: '<script>fetch("/mcp")</script>' },
            },
          },
        },
      },
    },
  },
});

let place: TestHome;
let hub: TestHub;
let ownUrl: string;

beforeAll(async () => {
  place = createTestHome();
  const description = place.write('home/lure.json', SERVICE);
  const built = await place.run(['build', '--from', description, '--home', place.home]);
  expect([built.code, built.stderr]).toEqual([0, expect.any(String)]);
  hub = await startHub(place.home);
  const { body } = await hub.send('POST', '/api/mirrors', { server: 'lure', port: 0 });
  ({ ownUrl } = body as { ownUrl: string });
}, 60_000);
afterAll(async () => {
  await hub.stop();
  await place.dispose();
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request whose path goes out exactly as it is written here. */
const ask = (base: string, path: string, { method = 'GET', headers = {} }: Asked = {}) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(base);
      const sent = request({ hostname, port, path, method, headers }, (answer) => {
        text(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
          reject,
        );
      });
      sent.once('error', reject);
      sent.end(method === 'POST' ? '{"name":"mallory"}' : undefined);
    },
  );

/** What needs no token, for it asks for a key of its own. */
const OPEN = [
  '/review',
  '/enter',
  '/grants',
  '/hooks',
  '/healthz',
  '/mirror',
  '/mcp',
  '/mcp/s',
  '/api/tools',
];
const UP = [
  '/..',
  '/%2e%2e',
  '/.%2e',
  '/%2E.',
  '/x/../..',
  '//..',
  '/./..',
  '/..;/..',
  '\\..',
  '/..\\',
  '%2f..',
];
const PRIVATE = ['/api/secrets', '/api/logs', '/api/settings', '/api/people', '/api/audit'];

test('no way of writing an address leads past the token', async () => {
  const paths = OPEN.flatMap((open) => UP.flatMap((up) => PRIVATE.map((path) => `${open}${up}${path}`)));
  const asked = await Promise.all(
    paths.flatMap((path) =>
      ['GET', 'POST'].map(async (method) => {
        const headers = { 'content-type': 'application/json' };
        const { status } = await ask(hub.url, path, { method, headers });
        return { method, path, status };
      }),
    ),
  );
  expect(asked.filter(({ status }) => status < 400)).toEqual([]);
  expect(await hub.get('/api/people')).toEqual({ people: [] });
});

test('what was wished, written, asked and answered is read with the token only', async () => {
  const paths = [
    '/api/builds',
    '/api/builds/b-0000000000',
    '/api/flow-runs',
    '/api/flow-runs/r-1',
    '/api/flows/letter',
    '/api/prompts',
    '/api/prompts/invitation',
    '/api/chat/pending',
  ];
  const answers = await Promise.all(paths.map(async (path) => [path, (await ask(hub.url, path)).status]));
  expect(answers).toEqual(paths.map((path) => [path, 401]));
  expect((await ask(hub.url, '/api/servers')).status).toBe(200);
});

describe('a page of another site', () => {
  const elsewhere = { 'sec-fetch-site': 'cross-site' };

  test('has nothing answered to pictures, frames and links, for which a browser sends no Origin', async () => {
    const frame = { ...elsewhere, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    for (const headers of [elsewhere, frame])
      for (const [base, path] of [
        [hub.url, '/mirror/lure/page'],
        [hub.url, '/api/servers'],
        [hub.url, '/mcp'],
        [ownUrl, '/page'],
      ] as const) {
        const { status, body } = await ask(base, path, { headers });
        expect([path, status, body]).toEqual([path, 403, expect.stringContaining('Sec-Fetch-Site')]);
      }
  });

  test('may link to the pages of the hub', async () => {
    const headers = { ...elsewhere, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await ask(hub.url, '/review', { headers })).status).toBe(200);
  });
});

test('what a service or its description wrote runs in no browser, below the hub’s address or beside it', async () => {
  for (const [base, path] of [
    [hub.url, '/mirror/lure/page'],
    [ownUrl, '/page'],
    [hub.url, '/mirror/lure/nothing'],
    [hub.url, '/mirror/nobody'],
  ] as const) {
    const { headers } = await ask(base, path);
    expect([path, headers['content-security-policy']]).toEqual([path, 'sandbox']);
  }
  expect((await ask(hub.url, '/mirror/lure/page')).body).toContain('<script>');
});
