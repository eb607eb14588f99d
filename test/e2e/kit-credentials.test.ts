import { createHmac } from 'node:crypto';
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { echo, StdioPeer, startService } from '@counterpart/kit/testing';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startMirror } from '../../scaffolds/mirror/serve.ts';
import { createAuthority, readCertificate, type CertificateFiles } from '../fixtures/certificates.ts';
import { verifies } from '../verifies.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

/** One server whose tools each want another proof of who calls; run alone, against services that check it. */

const OPERATIONS = ['aws', 'hmac', 'message', 'certificate', 'oidc', 'several'] as const;

const described = {
  openapi: '3.1.0',
  info: { title: 'Bank', version: '1' },
  servers: [{ url: 'https://bank.test' }],
  paths: Object.fromEntries(
    OPERATIONS.map((name) => [
      `/${name}`,
      {
        put: {
          operationId: `put_${name}`,
          security:
            name === 'several' ? [{ certificate: [], hmac: [] }, { aws: [] }] : [{ [name]: ['openid'] }],
          parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
          requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
          responses: {
            '200': { description: 'Done.', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    ]),
  ),
  components: {
    securitySchemes: {
      aws: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      },
      hmac: {
        type: 'apiKey',
        in: 'header',
        name: 'X-Signature',
        'x-counterpart-signature': {
          form: 'template',
          algorithm: 'hmac-sha256',
          content: '{timestamp}\n{nonce}\n{method}\n{target}\n{body}',
          places: [
            { in: 'header', name: 'X-Stamp', value: '{timestamp}.{nonce}' },
            { in: 'header', name: 'X-Signature', value: '{key-id}:{signature}' },
          ],
        },
      },
      message: {
        type: 'apiKey',
        in: 'header',
        name: 'Signature',
        'x-counterpart-signature': {
          form: 'message-signatures',
          algorithm: 'hmac-sha256',
          components: ['@method', '@target-uri', 'content-type', 'content-digest'],
        },
      },
      certificate: { type: 'mutualTLS' },
      oidc: {
        type: 'openIdConnect',
        openIdConnectUrl: 'https://id.bank.test/.well-known/openid-configuration',
      },
    },
  },
};

const AWS = {
  BANK_ACCESS_KEY_ID: 'AK',
  BANK_SECRET_ACCESS_KEY: 'canary-aws',
  BANK_SESSION_TOKEN: 'canary-session',
};
const HMAC = { BANK_HMAC_SIGNING_KEY: 'canary-hmac', BANK_HMAC_SIGNING_KEY_ID: 'me' };
const MESSAGE = { BANK_MESSAGE_SIGNING_KEY: 'canary-message', BANK_MESSAGE_SIGNING_KEY_ID: 'me' };
const CLIENT = { BANK_CLIENT_ID: 'me', BANK_CLIENT_SECRET: 'canary-client' };

let workspace: Workspace;
let program: string;
let blueprint: Blueprint;
const open: { end(): Promise<unknown> }[] = [];

beforeAll(async () => {
  workspace = await openWorkspace();
  await mkdir(workspace.dir, { recursive: true });
  const from = join(workspace.dir, 'bank.json');
  await writeFile(from, JSON.stringify(described));
  const { directory, secrets, net } = await workspace.build({ from, name: 'bank' });
  expect(secrets).toEqual([
    'BANK_ACCESS_KEY_ID',
    'BANK_SECRET_ACCESS_KEY',
    'BANK_SESSION_TOKEN',
    'BANK_CLIENT_KEY_PASSPHRASE',
    'BANK_HMAC_SIGNING_KEY',
    'BANK_HMAC_SIGNING_KEY_ID',
    'BANK_MESSAGE_SIGNING_KEY',
    'BANK_MESSAGE_SIGNING_KEY_ID',
    'BANK_TOKEN',
    'BANK_CLIENT_ID',
    'BANK_CLIENT_SECRET',
    'BANK_REFRESH_TOKEN',
  ]);
  expect(net).toEqual(['bank.test:443', 'id.bank.test:443']);
  program = join(directory, 'dist', 'server.js');
  blueprint = Blueprint.parse(JSON.parse(await readFile(join(directory, 'blueprint.json'), 'utf8')));
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

function start(env: Record<string, string>): StdioPeer {
  const peer = new StdioPeer(program, env);
  open.push(peer);
  return peer;
}

/** Everything the caller and the log were told of one call. */
async function told(peer: StdioPeer, name: (typeof OPERATIONS)[number]): Promise<string> {
  const answer = await peer.modern('tools/call', {
    name: `put_${name}`,
    arguments: { q: 'a b', body: { n: 1 } },
  });
  return JSON.stringify(answer) + peer.stderr;
}

async function service(handle: Parameters<typeof startService>[0]): Promise<string> {
  const started = await startService(handle);
  open.push({ end: () => started.close() });
  return started.url;
}

describe('a signature', () => {
  test.each([
    ['aws', AWS, 'canary-aws'],
    ['hmac', HMAC, 'canary-hmac'],
    ['message', MESSAGE, 'canary-message'],
  ] as const)(
    'of %s is taken by a mirror with that key and refused by one with another',
    async (name, env, key) => {
      verifies('M40');
      for (const [issuedKey, isTaken] of [
        [key, true],
        ['another', false],
      ] as const) {
        const mirror = await startMirror(blueprint, { issuedKey });
        open.push({ end: () => mirror.close() });
        const text = await told(start({ BANK_BASE_URL: mirror.url, ...env }), name);
        expect(text.includes('"isError":true')).toBe(!isTaken);
        expect(text.includes('not that of this request')).toBe(!isTaken);
        expect(text).not.toContain(key);
      }
    },
  );

  test('is made anew for each attempt, over what is sent', async () => {
    verifies('M40');
    const seen: string[] = [];
    const url = await service((request, response) => {
      void text(request).then((body) => {
        const stamp = String(request.headers['x-stamp']);
        const content = `${stamp.replace('.', '\n')}\nPUT\n${request.url}\n${body}`;
        const expected = createHmac('sha256', 'canary-hmac').update(content).digest('hex');
        const isRight = request.headers['x-signature'] === `me:${expected}`;
        seen.push(isRight ? stamp : 'wrong');
        response.writeHead(seen.length === 1 ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    expect(await told(start({ BANK_BASE_URL: url, ...HMAC }), 'hmac')).not.toContain('"isError":true');
    expect(seen).not.toContain('wrong');
    expect(new Set(seen).size).toBe(2);
  });
});

describe('a client certificate', () => {
  let server: Server;
  let url: string;
  let own: CertificateFiles;
  let foreign: CertificateFiles;
  let authorities: string;

  beforeAll(async () => {
    const authority = await createAuthority(workspace.dir, 'bank');
    authorities = authority.certificate;
    own = await authority.issue('client');
    foreign = await (await createAuthority(workspace.dir, 'foreign')).issue('client');
    const options = {
      ...(await readCertificate(await authority.issue('server'))),
      ca: await readFile(authorities),
      requestCert: true,
      rejectUnauthorized: true,
    };
    server = createServer(options, (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ subject: subject.CN, signed: request.headers['x-signature'] !== undefined }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const shown = ({ certificate, key }: CertificateFiles) => ({
    BANK_BASE_URL: url,
    BANK_CLIENT_CERT_FILE: certificate,
    BANK_CLIENT_KEY_FILE: key,
    BANK_CA_FILE: authorities,
  });

  test('is shown to a service that requires one', async () => {
    verifies('M40');
    expect(await told(start(shown(own)), 'certificate')).toContain('"subject":"client"');
  });

  test('goes together with a signature where both are wanted, and alone is not enough', async () => {
    verifies('M40');
    expect(await told(start({ ...shown(own), ...HMAC }), 'several')).toContain('"signed":true');
    const missing = await told(start(shown(own)), 'several');
    expect(missing).toContain('what is configured is not enough');
    expect(missing).toContain(
      'Set BANK_HMAC_SIGNING_KEY_ID and BANK_HMAC_SIGNING_KEY, or BANK_ACCESS_KEY_ID and BANK_SECRET_ACCESS_KEY',
    );
  });

  test('that is missing, of another authority, unreadable or without its key is told of by the names to set', async () => {
    const names = 'Set BANK_CLIENT_CERT_FILE and BANK_CLIENT_KEY_FILE';
    expect(await told(start({ BANK_BASE_URL: url }), 'certificate')).toContain(names);
    expect(await told(start(shown(foreign)), 'certificate')).toContain('BANK_CLIENT_CERT_FILE');
    const mixed = { certificate: own.certificate, key: foreign.key };
    expect(await told(start(shown(mixed)), 'certificate')).toContain('cannot be used together');
    const gone = { certificate: join(workspace.dir, 'gone.pem'), key: own.key };
    expect(await told(start(shown(gone)), 'certificate')).toContain(
      'BANK_CLIENT_CERT_FILE names cannot be read (ENOENT)',
    );
    const { BANK_CA_FILE: _none, ...untrusting } = shown(own);
    expect(await told(start(untrusting), 'certificate')).toContain('BANK_CA_FILE');
  });
});

describe('OpenID Connect', () => {
  async function openProvider(issuer?: string) {
    const asked: string[] = [];
    const url = await service((request, response) => {
      const send = (value: object): void =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      asked.push(`${request.method} ${request.url}`);
      if (request.url === '/realm/.well-known/openid-configuration')
        send({ issuer: issuer ?? `${url}/realm`, token_endpoint: `${url}/tokens` });
      else if (request.url === '/tokens')
        void text(request).then((body) =>
          send({ access_token: `token for ${body.split('&')[0]}`, expires_in: 60 }),
        );
      else send({ seen: request.headers.authorization });
    });
    const env = { BANK_BASE_URL: url, BANK_OPENID_URL: `${url}/realm/.well-known/openid-configuration` };
    return { asked, env };
  }

  test('finds the token endpoint in the discovery document, once, and uses what the client is granted', async () => {
    verifies('M40');
    const { asked, env } = await openProvider();
    const peer = start({ ...env, ...CLIENT });
    expect(await told(peer, 'oidc')).not.toContain('"isError":true');
    await told(peer, 'oidc');
    const call = 'PUT /oidc?q=a%20b';
    expect(asked).toEqual(['GET /realm/.well-known/openid-configuration', 'POST /tokens', call, call]);
    const refreshed = await openProvider();
    await told(start({ ...refreshed.env, BANK_REFRESH_TOKEN: 'canary-refresh' }), 'oidc');
    expect(refreshed.asked).toContain('POST /tokens');
  });

  test('refuses the document of another issuer before anything secret is sent', async () => {
    verifies('M40');
    const { asked, env } = await openProvider('https://elsewhere.test');
    const text = await told(start({ ...env, ...CLIENT }), 'oidc');
    expect(text).toContain('https://elsewhere.test');
    expect(text).toContain('"isError":true');
    expect(asked).toEqual(['GET /realm/.well-known/openid-configuration']);
  });
});

test('no secret of any scheme comes back, though the service repeats all it was sent', async () => {
  const url = await service(echo);
  const env = { ...AWS, ...HMAC, ...MESSAGE, BANK_TOKEN: 'canary-token' };
  const peer = start({ BANK_BASE_URL: url, ...env });
  for (const name of ['aws', 'hmac', 'message', 'oidc', 'several'] as const) {
    const text = await told(peer, name);
    expect(text).toContain('user-agent');
    expect(text).not.toContain('canary');
  }
});
