import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { startService, type Service } from '@counterpart/kit/testing';
import { SecretList } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { verifies } from '../verifies.ts';
import { shop } from './builder-shop.ts';
import { createTestHome, FIXTURE_SERVERS, type Ran, type TestHome } from './cli-runner.ts';

/** Secrets with a mark go through the whole product; afterwards the mark is looked for wherever something is written down. */

const MARK = 'cAnArY7f3';
const FIRST = `${MARK}-first/+"value"`;
const SECOND = `${MARK}-second`;
const LEAKED = `${MARK}-leaked`;

let home: TestHome;
let service: Service;
const seen: string[] = [];
/** All that commands printed, and every command line that ran meanwhile. */
const printed: string[] = [];
const commandLines = new Set<string>();

const lookAtCommandLines = (): void => {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (line.includes(MARK)) commandLines.add(line);
    } catch {
      // it ended meanwhile
    }
};

async function hub(args: readonly string[], options: Parameters<TestHome['run']>[1] = {}): Promise<Ran> {
  const watch = setInterval(lookAtCommandLines, 100);
  const ran = await home.run(args, options);
  clearInterval(watch);
  lookAtCommandLines();
  printed.push(ran.stdout, ran.stderr);
  return ran;
}

/** What `hub secret set --page` says at its end, when a person typed the value where it sent them. */
async function typedOnPage(name: string, value: string): Promise<string> {
  const child = home.spawn(['secret', 'set', name, '--page']);
  const shown: string[] = [];
  const address = new Promise<string>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      shown.push(chunk.toString());
      const url = /http:\S+\/enter\/\S+/.exec(shown.join(''))?.[0];
      if (url !== undefined) resolve(url);
    });
  });
  child.stdout?.on('data', (chunk: Buffer) => shown.push(chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = await address;
  const page = await (await fetch(url)).text();
  const form = /name="form" value="([\w-]+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ form, value });
  const done = await fetch(url, { method: 'POST', body, headers: { origin: new URL(url).origin } });
  lookAtCommandLines();
  printed.push(page, await done.text());
  await ended;
  printed.push(...shown);
  return shown.at(-1) ?? '';
}

const keyOf = ({ headers }: IncomingMessage): string => String(headers['x-key']);
/** As the command does with a hub that runs; each command would cost a process. */
async function callShop(): Promise<boolean> {
  const record = readFileSync(home.path('home', '.hub', 'hub.json'), 'utf8');
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(record));
  const token = readFileSync(home.path('home', '.hub', 'token'), 'utf8').trim();
  const response = await fetch(`${url}/api/call`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ tool: 'toy-shop__list_toys', arguments: {} }),
  });
  const answer = await response.text();
  printed.push(answer);
  return z.object({ isError: z.boolean().default(false) }).parse(JSON.parse(answer)).isError;
}

beforeAll(async () => {
  service = await startService((request, response) => {
    seen.push(keyOf(request));
    // A service that repeats what it was sent.
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify([{ id: 1, name: `you sent ${keyOf(request)}` }]));
  });
  home = createTestHome({
    log: { level: 'debug' },
    overrides: { 'toy-shop': { env: { TOY_SHOP_BASE_URL: service.url } } },
    mcpServers: {
      leaky: {
        command: process.execPath,
        args: [join(FIXTURE_SERVERS, 'leak-secret.mjs')],
        env: { API_TOKEN: '${secret:LEAKY}', LEAK_AT_START: '1' },
        restart: 'temporary',
      },
    },
  });
  await hub(['build', '--from', home.write('shop.json', shop())]);
});

afterAll(async () => {
  await home.dispose();
  await service.close();
});

test('a secret that is piped in or typed on a page reaches its server, whether the hub runs or not', async () => {
  verifies('C03', 'C05');
  const needed = (await hub(['secret', 'list', '--json'])).json(SecretList);
  expect(needed.missing).toEqual([{ name: 'TOY_SHOP_API_KEY', server: 'toy-shop' }]);
  const stored = await hub(['secret', 'set', 'TOY_SHOP_API_KEY', '--stdin'], { input: `${FIRST}\n` });
  expect([stored.code, stored.stdout]).toEqual([0, '✓ Stored TOY_SHOP_API_KEY for toy-shop.\n']);
  await hub(['secret', 'set', 'LEAKY', '--stdin', '--shared'], { input: LEAKED });
  const called = await hub(['call', 'toy-shop__list_toys', '--json']);
  expect([called.code, seen]).toEqual([0, [FIRST]]);

  await hub(['start', '--detach']);
  await callShop();
  expect(await typedOnPage('TOY_SHOP_API_KEY', SECOND)).toBe('✓ Stored TOY_SHOP_API_KEY for toy-shop.\n');
  await callShop();
  expect(seen).toEqual([FIRST, FIRST, SECOND]);
});

test('a rotation changes nothing for servers; a revoked secret is given to none', async () => {
  verifies('M56');
  expect((await hub(['secret', 'rotate', '--json'])).json(z.object({ records: z.int() })).records).toBe(2);
  await callShop();
  expect(seen.at(-1)).toBe(SECOND);
  await hub(['secret', 'revoke', 'TOY_SHOP_API_KEY']);
  expect([await callShop(), seen.length]).toEqual([true, 4]);
  const listed = (await hub(['secret', 'list', '--json'])).json(SecretList);
  expect(
    listed.secrets.map(({ name, server, usedBy, revokedAt }) => [name, server, usedBy, !revokedAt]),
  ).toEqual([
    ['LEAKY', null, ['leaky'], true],
    ['TOY_SHOP_API_KEY', 'toy-shop', ['toy-shop'], false],
  ]);
  expect((await hub(['secret', 'remove', 'TOY_SHOP_API_KEY'])).code).toBe(0);
});

test('what is wrong with a command is said with what to do, and nothing is stored', async () => {
  const refusals = await Promise.all([
    hub(['secret', 'set', 'TOY_SHOP_API_KEY']),
    hub(['secret', 'set', 'TOY_SHOP_API_KEY', '--stdin']),
    hub(['secret', 'set', 'sk-live-123', '--stdin'], { input: 'x' }),
    hub(['secret', 'set', 'A_KEY', '--stdin', '--server', 'toyshop'], { input: 'x' }),
    hub(['secret', 'remove', 'LEAKI']),
  ]);
  const said = [/--stdin/, /it is empty/, /letters, digits and underscores/, /toy-shop/, /LEAKY/];
  expect(refusals.map(({ code }) => code)).toEqual([2, 4, 4, 3, 3]);
  refusals.forEach(({ stderr }, index) => expect(stderr).toMatch(said[index] ?? 'said'));
});

test('a secret in the command line of a server is refused: every user of a machine can read it', async () => {
  const file = join(home.home, 'hub.config.json');
  const config = z.looseObject({}).parse(JSON.parse(readFileSync(file, 'utf8')));
  const mcpServers = { argued: { command: process.execPath, args: ['${secret:LEAKY}'] } };
  home.write('home/hub.config.json', JSON.stringify({ ...config, mcpServers }));
  await hub(['stop']);
  const { stdout } = await hub(['list', '--json']);
  expect(stdout).toContain('CONFIG_SECRET_EXPOSED');
});

test('the mark is in nothing that was printed, logged, stored or seen by other users of the machine', () => {
  verifies('C04', 'C05');
  const forms = [MARK, Buffer.from(MARK).toString('hex'), encodeURIComponent(FIRST)];
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${MARK}`)
      .toString('base64')
      .slice(4, -4),
  );
  const holds = (text: string | Buffer): boolean => [...forms, ...base64].some((form) => text.includes(form));
  const files = globSync('**/*', { cwd: home.path(), withFileTypes: false, exclude: ['user'] }).map((file) =>
    home.path(file),
  );
  const hidden = globSync('home/.hub/**/*', { cwd: home.path() }).map((file) => home.path(file));
  const all = [...files, ...hidden].filter((file) => statSync(file).isFile());
  expect([holds(SECOND), holds(`x ${Buffer.from(FIRST).toString('base64')}`)]).toEqual([true, true]);
  expect(all.some((file) => file.endsWith('hub.db'))).toBe(true);
  expect(readFileSync(home.path('home', '.hub', 'hub.log'), 'utf8')).toContain('[redacted]');
  expect({
    printed: printed.filter(holds),
    files: all.filter((file) => holds(readFileSync(file))),
    commandLines: [...commandLines],
  }).toEqual({ printed: [], files: [], commandLines: [] });
});
