import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { findSandboxes } from '@counterpart/hub/sandbox/sandbox';
import { echo, startService, type Service } from '@counterpart/kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createAuthority, readCertificate } from '../fixtures/certificates.ts';
import { eventually, fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';

const SECRET = 'cAnArY17-of-the-host';
const engines = await findSandboxes();

const Called = z.object({ content: z.tuple([z.object({ text: z.string() })]) });
const Listed = z.object({ servers: z.array(z.object({ id: z.string(), problem: z.string().optional() })) });

let plain: Service;
let secure: Server;
let securePort = 0;
const asked: string[] = [];

const port = (server: Server): number => z.object({ port: z.number() }).parse(server.address()).port;

beforeAll(async () => {
  plain = await startService((request, response) => {
    asked.push(request.url ?? '');
    echo(request, response);
  });
});

afterAll(async () => {
  if (securePort !== 0) secure.close();
  await plain.close();
});

/** Everything a hub's folder needs: what is shown, what is not, and an authority for TLS. */
async function furnish(home: string): Promise<void> {
  for (const name of ['notes', 'drop', 'private']) mkdirSync(join(home, name));
  writeFileSync(join(home, 'drop', 'settings.mjs'), '');
  writeFileSync(join(home, 'notes', 'a.txt'), 'shown');
  writeFileSync(join(home, 'private', 'b.txt'), SECRET);
  const authority = await createAuthority(join(home, 'notes'), 'own');
  if (securePort !== 0) secure.close();
  secure = createServer(await readCertificate(await authority.issue('localhost')), (_, response) =>
    response.end('over TLS'),
  );
  await new Promise<void>((resolve) => void secure.listen(0, '127.0.0.1', resolve));
  securePort = port(secure);
}

const usable = engines.flatMap(({ kind, found }) => (typeof found === 'string' ? [] : [{ kind, found }]));
const missing = engines.flatMap(({ kind, found }) =>
  typeof found === 'string' ? [`${kind}: ${found}`] : [],
);

// CI forbids what is skipped.
test.skipIf(missing.length > 0)(`both sandboxes are here ${missing.join('; ')}`, () => {
  expect(missing).toEqual([]);
});

describe.each(usable)('a third-party command inside walls of $kind', ({ kind }) => {
  let place: ReturnType<typeof makeHome>;
  let hub: TestHub;

  beforeAll(async () => {
    place = makeHome({}, { museum: join(ROOT, 'servers/museum') });
    await furnish(place.home);
    const own = fixtureServer('inside', {
      CONFIGURED: 'yes',
      NODE_EXTRA_CA_CERTS: join(place.home, 'notes', 'own-ca.pem'),
    });
    const walled = (more: object) => ({ ...own, walls: 'sandbox', ...more });
    const allow = [`127.0.0.1:${new URL(plain.url).port}`, `localhost:${securePort}`];
    const config = {
      defaults: { walls: 'sandbox', sandbox: kind },
      overrides: {
        museum: { env: { MUSEUM_BASE_URL: plain.url, MUSEUM_USERNAME: 'a', MUSEUM_PASSWORD: SECRET } },
      },
      mcpServers: {
        guest: walled({ network: { allow }, files: ['notes', { path: 'drop', write: true }] }),
        linker: walled({
          args: [...own.args, join(place.home, 'drop/settings.mjs')],
          files: [{ path: 'drop', write: true }],
        }),
        peeper: walled({ files: ['.'] }),
        sloppy: { ...own, network: { allow: [] } },
        ghost: { command: 'no-such-program-anywhere', walls: 'sandbox' },
      },
    };
    writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify(config));
    hub = await startHub(place.home, { HOST_SECRET: SECRET });
  });

  afterAll(async () => {
    await hub.stop();
    place.remove();
  });

  const inside = async (way: string, args: object = {}): Promise<unknown> => {
    const answer = await hub.rpc('tools/call', { name: `guest__${way}`, arguments: args });
    return JSON.parse(Called.parse(answer).content[0].text);
  };

  test('reaches the hosts its owner names, by HTTP and by TLS of its own, and no others', async () => {
    verifies('M53');
    expect(await inside('fetch', { url: `${plain.url}/one` })).toContain('"url":"/one"');
    expect(await inside('fetch', { url: `https://localhost:${securePort}/` })).toBe('over TLS');
    const connect = (to: string) =>
      inside('proxy', { bytes: `CONNECT ${to} HTTP/1.1\r\nhost: ${to}\r\n\r\n` });
    expect(await connect(`127.0.0.1:${new URL(hub.url).port}`)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*HOST_REFUSED/,
    );
    expect(await connect('169.254.169.254:80')).toMatch(/HOST_REFUSED/);
    expect(await connect('localhost')).toMatch(/^HTTP\/1\.1 400 [\s\S]*a host and its port/);
    expect(await inside('tcp', { host: '127.0.0.1', port: Number(new URL(plain.url).port) })).toBe(
      'ECONNREFUSED',
    );
    expect(await inside('name', { name: 'example.com' })).toMatch(/^E/);
    expect(asked.splice(0)).toEqual(['/one']);
  });

  test('sees what it is shown, writes where it may, and finds nothing of its user', async () => {
    const { home } = place;
    expect(await inside('read', { path: join(home, 'notes/a.txt') })).toBe('shown');
    expect(await inside('read', { path: join(home, 'private/b.txt') })).toBe('ENOENT');
    expect(await inside('read', { path: join(home, '.hub/token') })).toBe('ENOENT');
    expect(await inside('write', { path: join(home, 'notes/a.txt'), text: 'x' })).toBe('EROFS');
    expect(await inside('write', { path: '/usr/bin/x', text: 'x' })).toMatch(/^E(?:ROFS|ACCES)$/);
    expect(await inside('write', { path: join(home, 'drop/new.txt'), text: 'kept' })).toMatch(/done|EACCES/);
    expect(await inside('write', { path: '/data/state.json', text: '{}' })).toBe('done');
    expect(readFileSync(join(home, '.hub/guests/guest/state.json'), 'utf8')).toBe('{}');
    const env = z.record(z.string(), z.string()).parse(await inside('env'));
    expect(env).toMatchObject({ CONFIGURED: 'yes', HOME: '/data' });
    expect(JSON.stringify(env)).not.toContain('cAnArY17');
  });

  test('a link that a server makes where it may write opens nothing at its next start', async () => {
    const { home } = place;
    const read = (path: string) => hub.rpc('tools/call', { name: 'linker__read', arguments: { path } });
    const secret = join(home, 'private/b.txt');
    expect(JSON.stringify(await read(secret))).toContain('ENOENT');
    // As the server can: a program is seen with what stands around it, and this one is in the folder of secrets now.
    rmSync(join(home, 'drop/settings.mjs'));
    symlinkSync(secret, join(home, 'drop/settings.mjs'));
    await hub.send('POST', '/api/servers/linker/restart');
    const again = await read(secret).then(JSON.stringify, String);
    expect(again).toContain(`it leads out of ${join(home, 'drop')}`);
    expect(again).not.toContain(SECRET);
  });

  test('what cannot be walled as it stands is told before anything runs', async () => {
    const Status = z.looseObject({ problems: z.unknown() });
    const told = JSON.stringify(Status.parse(await hub.get('/api/status')).problems);
    expect(told).toContain("the hub's own data is there");
    expect(told).toContain('nothing would hold it to that');
    await eventually(async () => {
      const { servers } = Listed.parse(await hub.get('/api/status'));
      return servers.some(({ id, problem }) => id === 'ghost' && problem?.includes('there is no program'));
    });
  });

  test('a built server has its service and its credentials with these walls too, which stand ready where they are slow', async () => {
    verifies('C05');
    const Status = z.object({ spares: z.object({ count: z.number() }) });
    const spares = async () => Status.parse(await hub.get('/api/status')).spares.count;
    const kept = kind === 'docker' ? 1 : 0;
    await eventually(async () => (await spares()) === kept, 40_000);
    const answer = await hub.rpc('tools/call', { name: 'museum__get_museum_hours', arguments: {} });
    expect(asked.splice(0)).toEqual(['/museum-hours']);
    expect(await spares()).toBe(0);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });
});
