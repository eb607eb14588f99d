import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { verifies } from '../verifies.ts';
import { createTestHome, FIXTURE_SERVERS, HUB_BINARY, type TestHome } from './cli-runner.ts';

const OK = { command: process.execPath, args: [join(FIXTURE_SERVERS, 'ok.mjs')] };

const homes: TestHome[] = [];
function testHome(config?: object): TestHome {
  const home = createTestHome(config);
  homes.push(home);
  return home;
}
afterEach(async () => {
  for (const home of homes.splice(0)) await home.dispose();
});

describe('a server that was pasted into hub.config.json and never ran', () => {
  test('is called, listed and inspected at once, with no hub running', async () => {
    verifies('M37');
    const called = await testHome({ mcpServers: { ok: OK } }).run(['call', 'ok__echo', 'text=hi']);
    expect(called).toMatchObject({ code: 0, stdout: 'hi\n' });
    expect((await testHome({ mcpServers: { ok: OK } }).run(['list', '--tools'])).stdout).toContain(
      'ok__echo',
    );
    expect((await testHome({ mcpServers: { ok: OK } }).run(['inspect', 'ok'])).stdout).toContain('ok__echo');
  });

  test('that cannot start is the reason given for its unknown tool', async () => {
    const place = testHome({ mcpServers: { bad: { command: 'no-such-program-anywhere' } } });
    const { code, stderr } = await place.run(['call', 'bad__echo']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('bad did not start')]);
  });
});

describe('what is mistyped', () => {
  test.each([
    [['list', '--home', './no/such/folder'], 4, 'there is no such folder'],
    [['list', '--home', ''], 4, 'a folder is needed'],
    [['list', '--home', 'hub.config.json'], 4, 'it is no folder'],
    [['start', '--port', 'abc'], 2, '--port: a number is needed'],
    [['start', '--port', '99999'], 2, '--port: it must be at most 65535'],
    [['logs', '-n', '0'], 2, '--lines: it must be at least 1'],
    [['add', 'docs', '127.0.0.1:4000/mcp'], 2, 'http:// or https://'],
    [['people', 'add', 'Anna B'], 2, 'name: lower-case letters, digits and single dashes'],
  ])('%j exits %i and says what is needed', async (args, code, needed) => {
    const place = testHome();
    const ran = await place.run(args);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toContain(needed);
    expect(existsSync(place.path('home', 'no'))).toBe(false);
  });

  test('what the hub refuses of a command is told in words of the command, not of an address', async () => {
    const { code, stderr } = await testHome().run(['memory', 'add', 'x', 'y'.repeat(20_000)]);
    expect(code).toBe(4);
    expect(stderr).toContain('The input of this command does not fit');
  });

  test('an added program that cannot start stays added, and the answer says why it does not work', async () => {
    const place = testHome();
    const { code, stdout } = await place.run(['add', 'mine', 'no-such-program-anywhere']);
    expect([code, stdout.includes('did not start'), stdout.includes('does not answer yet')]).toEqual([
      0,
      true,
      true,
    ]);
    expect(stdout).not.toContain('listed from memory');
  });

  test('what an added program printed before it ended is shown whole, whichever way it printed it', async () => {
    const place = testHome();
    const loud = place.write('loud.mjs', "console.error('fatal: LOUD_KEY is not set'); process.exit(1);");
    const said = await place.run(['add', 'loud', '--', process.execPath, loud]);
    expect(said.stdout).toContain('What it printed last:\n  fatal: LOUD_KEY is not set');
    const chatty = place.write('chatty.mjs', "console.log('Usage: chatty <folder>');");
    const told = await place.run(['add', 'chatty', '--', process.execPath, chatty]);
    expect(told.stdout).toContain('begins with "Usage: chatty <folder>"');
  });
});

test.each([
  ['UTF-16, as of PowerShell', Buffer.from('\uFEFF{}', 'utf16le'), 'It is UTF-16 text: save it as UTF-8'],
  [
    'Latin-1',
    Buffer.from('{ "mcpServers": {} } // Zürich', 'latin1'),
    'It is no UTF-8 text: save it as UTF-8',
  ],
  [
    'UTF-8 with a mark and Windows line ends',
    Buffer.from('\uFEFF{\r\n// x\r\n"mcpServers": {},\r\n}\r\n'),
    undefined,
  ],
])('a configuration in %s is read, or refused with what to save it as', async (_, bytes, problem) => {
  const place = testHome();
  writeFileSync(place.path('home/hub.config.json'), bytes);
  const { code, stderr } = await place.run(['list']);
  expect(code).toBe(problem === undefined ? 0 : 4);
  expect(stderr).toContain(problem ?? '');
});

test('a folder in the place of the configuration is told as that, and an empty HOME is no folder', async () => {
  const place = testHome();
  const env = { HOME: '', HUB_CLIENT_HOME: '' };
  const { stdout, stderr } = await place.run(['connect', 'cursor', '--dry-run'], { env });
  expect(stdout + stderr).toMatch(/\/\.cursor/);
  rmSync(place.path('home/hub.config.json'));
  place.write('home/hub.config.json/file', '');
  expect((await place.run(['list'])).stderr).toContain('It cannot be read: it is a folder');
});

test('a data folder that cannot be made is one clear sentence for every command that needs it', async () => {
  const place = testHome({ dataDir: 'hub.config.json/data' });
  for (const args of [['start'], ['start', '--detach'], ['list'], ['add', 'x', 'y'], ['stdio']]) {
    const { code, stderr } = await place.run(args);
    expect([args, code, stderr.includes('DATA_UNWRITABLE')]).toEqual([args, 5, true]);
  }
});

// Where the kernel makes no folder for anybody, the platform's own way of making one goes round for ever.
test.skipIf(!existsSync('/proc/self'))('a home in which nothing can be kept is refused at once', async () => {
  const place = testHome();
  for (const command of ['list', 'start']) {
    const { code, stderr } = await place.run([command, '--home', '/proc']);
    expect([code, stderr]).toEqual([5, expect.stringContaining('Cannot write to /proc/.hub')]);
  }
  place.write('home/orders.csv', 'id,name\n1,pen\n');
  const sdk = await place.run(['sdk', 'orders.csv', '--lang', 'docs', '--out', '/proc/no/where']);
  expect([sdk.code, sdk.stderr]).toEqual([
    5,
    expect.stringContaining('Cannot write /proc/no/where: there is'),
  ]);
});

test('doctor finds that nothing can be built because the servers folder cannot be written', async () => {
  const place = testHome({ serversDir: 'hub.config.json/servers' });
  const { code, json } = await place.run(['doctor', '--json']);
  const found = json(Findings).findings.find(({ check }) => check === 'servers');
  expect([code, found?.['level'], found?.text]).toEqual([
    0,
    'warning',
    expect.stringContaining('is not a folder'),
  ]);
});

test('a configuration that was broken while the hub runs is told by each list', async () => {
  const place = testHome({ mcpServers: { ok: OK } });
  await place.run(['start', '--detach']);
  place.write('home/hub.config.json', '{ "listen": { "prt": 0 } }');
  const said = async () => (await place.run(['list'])).stderr;
  await expect.poll(said, { timeout: 20_000 }).toContain('did you mean "port"');
  const tools = await place.run(['list', '--tools', '--json']);
  expect(tools.stderr).toContain('what ran before keeps running');
  expect(tools.json(z.looseObject({ tools: z.array(z.unknown()) })).tools).not.toEqual([]);
}, 30_000);

test('no mirror is looked for where none is named', async () => {
  const place = testHome();
  const { url } = (await place.run(['start', '--detach', '--json'])).json(z.looseObject({ url: z.string() }));
  for (const path of ['/mirror/', '/mirror//x', '/mirror'])
    expect(await (await fetch(url + path)).json()).toMatchObject({ code: 'ROUTE_UNKNOWN', status: 404 });
});

test.each([
  ['http://127.0.0.1:9/openapi.json', 'web clients refuse to ask port 9'],
  [
    'http://me:word@127.0.0.1:99999/openapi.json',
    'http://127.0.0.1:99999/openapi.json: it is not a valid URL',
  ],
])('%s cannot be asked, and the reason is said in words', async (from, reason) => {
  const { code, stderr } = await testHome().run(['build', '--from', from]);
  expect([code, stderr]).toEqual([4, expect.stringContaining(reason)]);
});

test('what was built from a file is not said to need a key, and no client is asked for by a row of names', async () => {
  const place = testHome();
  place.write('home/orders.csv', 'id,name\n1,pen\n');
  expect((await place.run(['build', 'orders.csv'])).stdout).toContain('and call it without the service');
  expect((await place.run(['import'])).stderr).toContain('of any client that the hub knows');
});

test('a file that a person named and that cannot be written is told of in words', async () => {
  const place = testHome();
  for (const out of ['no/such/folder/audit.jsonl', 'servers']) {
    const { code, stderr } = await place.run(['audit', 'export', '--out', out]);
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/Cannot write .*: (?:there is no such folder|it is a folder)\./),
    ]);
  }
});

test.skipIf(!existsSync('/dev/full'))(
  'output that the disk does not take is an error, for a person and for a program',
  async () => {
    const place = testHome();
    for (const args of [['list'], ['list', '--json'], ['--help']]) {
      const child = spawn('sh', ['-c', 'exec "$0" "$@" > /dev/full', process.execPath, HUB_BINARY, ...args], {
        cwd: place.home,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const [said, code] = await Promise.all([text(child.stderr), ended]);
      expect([args, code, said]).toEqual([
        args,
        5,
        expect.stringContaining('Cannot write standard output: the disk is full.'),
      ]);
    }
  },
);

test('a reader that has seen enough ends what was written for it, and that is no failure', async () => {
  const place = testHome({ log: { level: 'debug' }, mcpServers: { ok: OK } });
  await place.run(['start', '--detach']);
  const child = place.spawn(['logs', '--follow']);
  child.stdout?.once('data', () => child.stdout?.destroy());
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  // A server that starts anew is in the log, until that meets the reader that has gone.
  while (child.exitCode === null && child.signalCode === null) await place.run(['restart', 'ok']);
  expect(await ended).toBe(0);
}, 60_000);

test('a hub that dies in the middle of a call ends it as one that answers no more', async () => {
  const place = testHome({ mcpServers: { killer: { command: process.execPath, args: ['killer.mjs'] } } });
  const rpc = JSON.stringify(pathToFileURL(join(FIXTURE_SERVERS, 'rpc.mjs')).href);
  const record = JSON.stringify(join(place.home, '.hub/hub.json'));
  place.write(
    'home/killer.mjs',
    `import { readFileSync } from 'node:fs';
    import { serve } from ${rpc};
    const tools = [{ name: 'kill', inputSchema: { type: 'object' } }];
    const call = () => process.kill(JSON.parse(readFileSync(${record}, 'utf8')).pid, 'SIGKILL');
    serve({ name: 'killer', tools, call });`,
  );
  expect(await place.run(['start', '--detach'])).toMatchObject({ code: 0 });
  const { code, stderr } = await place.run(['call', 'killer__kill']);
  expect([code, stderr]).toEqual([7, expect.stringContaining('HUB_LOST')]);
});

test('doctor finds that servers are set to run inside walls and nothing here can put walls up', async () => {
  const nothing = { PATH: '/nowhere', DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const sandbox = async (config: object) => {
    const ran = await testHome(config).run(['doctor', '--json'], { env: nothing });
    const found = ran.json(Findings).findings.find(({ check }) => check === 'sandbox');
    return [ran.code, found?.['level'], found?.text];
  };
  expect(await sandbox({ mcpServers: { ok: { ...OK, walls: 'sandbox' } } })).toEqual([
    5,
    'problem',
    expect.stringContaining('ok cannot start'),
  ]);
  expect(await sandbox({ mcpServers: { ok: OK } })).toEqual([0, 'note', expect.any(String)]);
});

test('a hub that hangs is told from one that is gone, and stop ends it', async () => {
  const place = testHome();
  const Started = z.looseObject({ pid: z.number() });
  const { pid } = (await place.run(['start', '--detach', '--json'])).json(Started);
  process.kill(pid, 'SIGSTOP');
  const { code, stderr } = await place.run(['status']);
  expect([code, stderr.includes('HUB_SILENT'), stderr.includes('hub stop')]).toEqual([7, true, true]);
  const { findings } = (await place.run(['doctor', '--json'])).json(Findings);
  expect(findings.find(({ check }) => check === 'hub')).toMatchObject({ level: 'problem' });
  expect(await place.run(['stop'])).toMatchObject({ code: 0 });
  expect(await place.run(['status'])).toMatchObject({ code: 7 });
}, 30_000);

test('a description of webhooks only is refused with that as the reason', async () => {
  const place = testHome();
  place.write(
    'home/hooks.json',
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Hooks', version: '1' },
      webhooks: { made: { post: { responses: { 200: { description: 'ok' } } } } },
    }),
  );
  const { code, stderr } = await place.run(['build', 'hooks.json']);
  expect([code, stderr]).toEqual([4, expect.stringContaining('Webhooks are called by the service')]);
});

describe('a built server that cannot be used', () => {
  const relative = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Pets', version: '1' },
    servers: [{ url: '/v1' }],
    paths: {
      '/pets': {
        get: {
          operationId: 'listPets',
          responses: {
            200: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
  });
  const doctor = async (place: TestHome) =>
    (await place.run(['doctor', '--json']))
      .json(Findings)
      .findings.find(({ check }) => check === 'server pets');

  test('for want of an address is found by doctor, and the fix it names works', async () => {
    const place = testHome();
    place.write('home/pets.json', relative);
    expect((await place.run(['build', 'pets.json'])).stdout).toContain('("/v1"); the base URL must be given');
    expect(await doctor(place)).toMatchObject({ level: 'warning', text: 'PETS_BASE_URL is not set' });
    expect(await place.run(['call', 'list_pets'])).toMatchObject({ code: 6 });
    await place.run(['target', 'pets', 'mirror']);
    expect(await doctor(place)).toMatchObject({ level: 'ok' });
    const called = await place.run(['call', 'list_pets']);
    expect([called.code, called.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  });

  test('is removed like any other, comes back by undo, and leaves nothing when it is purged', async () => {
    const place = testHome({ mcpServers: { lost: { ...OK, env: { KEY: '${secret:NOPE}' } } } });
    place.write('home/pets.json', relative);
    await place.run(['build', 'pets.json']);
    const folder = place.path('home/servers/pets');
    writeFileSync(join(folder, 'manifest.json'), '{ "id": "pets" }');
    expect((await place.run(['list'])).stdout).toContain('manifest.json is not valid');
    const removed = await place.run(['remove', 'pets', '--yes']);
    expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining('could not be served')]);
    expect(existsSync(folder)).toBe(false);
    expect(await place.run(['undo'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe('{ "id": "pets" }');
    expect(await place.run(['remove', 'pets', '--yes', '--purge'])).toMatchObject({ code: 0 });
    expect([existsSync(folder), existsSync(place.path('home/.hub/versions/pets'))]).toEqual([false, false]);
    expect(await place.run(['remove', 'lost', '--yes'])).toMatchObject({ code: 0 });
    expect(
      (await place.run(['list', '--json'])).json(z.looseObject({ problems: z.unknown() })).problems,
    ).toEqual([]);
  }, 60_000);

  test('for a mistake in a hand-written tool names the file in call, and the line in build, doctor and when it is to be approved', async () => {
    const place = testHome();
    place.write('home/pets.json', relative);
    await place.run(['build', 'pets.json']);
    const ejected = await place.run(['eject', 'list_pets']);
    expect(ejected.stdout).toContain('hub build --from servers/pets');
    expect(await place.run(['build', '--from', 'servers/pets'])).toMatchObject({ code: 0 });
    const file = place.path('home', 'servers/pets/src/tools/list-pets.ts');
    const line = readFileSync(file, 'utf8').split('\n').length;
    appendFileSync(file, 'this is no code(');
    const spot = `src/tools/list-pets.ts:${line}`;
    expect((await place.run(['call', 'pets__list_pets'])).stderr).toContain(
      'src/tools/list-pets.ts was changed',
    );
    expect((await place.run(['versions', 'accept', 'pets', '--yes'])).stderr).toContain(spot);
    expect((await doctor(place))?.text).toContain(spot);
    const { code, stderr } = await place.run(['build', 'pets.json']);
    expect([code, stderr]).toEqual([6, expect.stringContaining(`Building pets failed`)]);
  });
});

const Findings = z.object({
  findings: z.array(z.looseObject({ check: z.string(), text: z.string() })),
});
