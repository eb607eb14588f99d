import type { IncomingMessage } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { StdioPeer, startService, type Service } from '@counterpart/kit/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

/** A server whose service wants OAuth 2, started with a client's credentials and no token. */

const described = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.test' }],
  security: [{ oauth: ['read'] }],
  paths: {
    '/items': {
      get: {
        operationId: 'listItems',
        responses: {
          '200': { description: 'All.', content: { 'application/json': { schema: { type: 'object' } } } },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      oauth: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: '/token', scopes: { read: 'Reads.' } } },
      },
    },
  },
};

interface Asked {
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A shop and the endpoint for its tokens; the newest token alone is taken. */
interface Shop extends Service {
  readonly grants: Asked[];
  /** Makes every token so far worthless. */
  revoke(): void;
}

interface Rules {
  /** The client is known by its form fields only. */
  readonly inBody?: boolean;
  readonly life?: number;
  readonly rotates?: boolean;
}

async function openShop({ inBody = false, life = 3_600, rotates = false }: Rules = {}): Promise<Shop> {
  const grants: Asked[] = [];
  let valid = '';
  const grant = async (request: IncomingMessage): Promise<object | undefined> => {
    const asked = { authorization: request.headers.authorization, body: await text(request) };
    grants.push(asked);
    if (inBody && !asked.body.includes('client_secret=s3cret')) return undefined;
    valid = `token-${grants.length}`;
    return {
      access_token: valid,
      expires_in: life,
      ...(rotates ? { refresh_token: `next-${grants.length}` } : {}),
    };
  };
  const service = await startService((request, response) => {
    const send = (status: number, value: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (request.url !== '/token') {
      const known = valid !== '' && request.headers.authorization === `Bearer ${valid}`;
      send(known ? 200 : 401, { seen: request.headers.authorization });
      return;
    }
    void grant(request).then((given) => send(given ? 200 : 401, given ?? { error: 'invalid_client' }));
  });
  return { ...service, grants, revoke: () => void (valid = '') };
}

let workspace: Workspace;
let program: string;
const open: { end(): Promise<unknown> }[] = [];

beforeAll(async () => {
  workspace = await openWorkspace();
  await mkdir(workspace.dir, { recursive: true });
  const from = join(workspace.dir, 'shop.json');
  await writeFile(from, JSON.stringify(described));
  const { directory, secrets, net } = await workspace.build({ from, name: 'shop' });
  expect(secrets).toEqual(['SHOP_CLIENT_ID', 'SHOP_CLIENT_SECRET', 'SHOP_TOKEN', 'SHOP_REFRESH_TOKEN']);
  expect(net).toEqual(['shop.test:443']);
  program = join(directory, 'dist', 'server.js');
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

function start(shop: Shop, env: Record<string, string>): StdioPeer {
  const peer = new StdioPeer(program, {
    SHOP_BASE_URL: shop.url,
    SHOP_TOKEN_URL: `${shop.url}/token`,
    ...env,
  });
  open.push(peer, { end: () => shop.close() });
  return peer;
}

const list = (peer: StdioPeer) => peer.modern('tools/call', { name: 'list_items', arguments: {} });
const client = { SHOP_CLIENT_ID: 'me', SHOP_CLIENT_SECRET: 's3cret' };

test('a token is obtained with the client’s credentials, once for many calls', async () => {
  const shop = await openShop();
  const peer = start(shop, client);
  const answers = await Promise.all([list(peer), list(peer), list(peer)]);
  expect(answers.map((answer) => JSON.stringify(answer).includes('"isError":true'))).toEqual([
    false,
    false,
    false,
  ]);
  expect(shop.grants).toEqual([
    {
      authorization: `Basic ${Buffer.from('me:s3cret').toString('base64')}`,
      body: 'grant_type=client_credentials&scope=read',
    },
  ]);
});

test('a client that is known by its form fields only is asked for so', async () => {
  const shop = await openShop({ inBody: true });
  const answer = JSON.stringify(await list(start(shop, client)));
  expect(answer).not.toContain('"isError":true');
  expect(shop.grants.map(({ authorization }) => authorization !== undefined)).toEqual([true, false]);
});

test('a token that the service no longer takes is replaced, and the call is made once more', async () => {
  const shop = await openShop();
  const peer = start(shop, client);
  await list(peer);
  shop.revoke();
  expect(JSON.stringify(await list(peer))).not.toContain('"isError":true');
  expect(shop.grants.length).toBe(2);
});

test('a refresh token renews the access token, and its successor is used next', async () => {
  const shop = await openShop({ rotates: true });
  const peer = start(shop, { SHOP_REFRESH_TOKEN: 'first' });
  await list(peer);
  shop.revoke();
  await list(peer);
  expect(shop.grants.map(({ body }) => body)).toEqual([
    'grant_type=refresh_token&refresh_token=first',
    'grant_type=refresh_token&refresh_token=next-1',
  ]);
});

test('a service that gives no token is told of without the secret, and so is a server without credentials', async () => {
  const shop = await openShop({ inBody: true });
  const refused = JSON.stringify(await list(start(shop, { ...client, SHOP_CLIENT_SECRET: 'wr0ng' })));
  expect(refused).toContain('gave no access token (status 401, \\"invalid_client\\")');
  expect(refused).not.toContain('wr0ng');
  const bare = JSON.stringify(await list(start(await openShop(), {})));
  expect(bare).toContain('SHOP_TOKEN, or SHOP_CLIENT_ID and SHOP_CLIENT_SECRET');
});

test('where the description names no host, tokens are had beside the base URL that is given', async () => {
  const shop = await openShop();
  const from = join(workspace.dir, 'hostless.json');
  await writeFile(from, JSON.stringify({ ...described, servers: [{ url: '/' }] }));
  const { directory } = await workspace.build({ from, name: 'hostless' });
  const peer = new StdioPeer(join(directory, 'dist', 'server.js'), {
    HOSTLESS_BASE_URL: shop.url,
    HOSTLESS_CLIENT_ID: 'me',
    HOSTLESS_CLIENT_SECRET: 's3cret',
  });
  open.push(peer, { end: () => shop.close() });
  expect(JSON.stringify(await list(peer))).not.toContain('"isError":true');
  expect(shop.grants).toHaveLength(1);
});
