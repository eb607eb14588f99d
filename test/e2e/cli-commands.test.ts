import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isProcessAlive } from '../../hub/src/kernel/files/data-folder.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, FIXTURE_SERVERS, HUB_BINARY, type TestHome } from './cli-runner.ts';

const OK_SERVER = join(FIXTURE_SERVERS, 'ok.mjs');
const GOLDEN = fileURLToPath(new URL('cli-help.txt', import.meta.url));

const description = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: 'https://pets.example' }],
  components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  security: [{ key: [] }],
  paths: {
    '/pets/{id}': {
      get: {
        operationId: 'getPet',
        tags: ['pets'],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: {
          200: {
            description: 'A pet',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['id', 'name'],
                  properties: { id: { type: 'integer' }, name: { type: 'string', example: 'Rex' } },
                },
              },
            },
          },
        },
      },
    },
    '/broken': {
      get: {
        operationId: 'broken',
        parameters: [{ name: 'size', in: 'nowhere', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'x' } },
      },
    },
  },
};

const Mirror = z.object({ url: z.string() });
const Answer = z.object({
  id: z.number(),
  result: z.object({
    serverInfo: z.object({ name: z.string() }).optional(),
    tools: z.array(z.unknown()).optional(),
  }),
});

const homes: TestHome[] = [];
function testHome(config?: object): TestHome {
  const home = createTestHome(config);
  homes.push(home);
  return home;
}
const outputOf = (child: ReturnType<TestHome['spawn']>) => child.stdout ?? process.stdin;
afterAll(async () => {
  for (const home of homes) await home.dispose();
});

describe('the command line itself', () => {
  let place: TestHome;
  beforeAll(() => {
    place = testHome();
  });

  test('hub --help is as the golden file has it', async () => {
    verifies('M37');
    const { code, stdout } = await place.run(['--help']);
    if (process.env['UPDATE'] === '1') writeFileSync(GOLDEN, stdout);
    expect([code, stdout]).toEqual([0, readFileSync(GOLDEN, 'utf8')]);
    expect(await place.run([])).toMatchObject({ code: 0, stdout, stderr: '' });
  });

  test.each([
    [['statsu'], 2, 'Did you mean status?'],
    [['help', 'statsu'], 2, "Unknown command 'statsu'. Did you mean status?"],
    [['--home', '.'], 2, 'A command is missing'],
    [['connect', 'cursr'], 2, 'one of claude-desktop, cursor'],
    [['call'], 2, "Missing required argument 'tool'"],
    [['list', '--tols'], 2, 'Did you mean --tools?'],
    [['status'], 7, 'hub start'],
    [['restart', 'x'], 7, 'No hub is running'],
    [['call', 'nothing__here'], 3, 'Unknown tool: nothing__here'],
    [['inspect', 'nothing'], 3, 'hub list --tools'],
    [['validate', 'nothing'], 3, 'There is no server named nothing'],
    [['build', '--from', 'missing.yaml'], 4, 'Cannot read missing.yaml'],
    [['add', 'Bad Name', 'x'], 4, '"Bad Name" must be'],
    [['mirror', 'stop', 'x'], 3, 'There is no mirror named x'],
    [['mirror', 'statr'], 2, 'Did you mean start?'],
    [['mirror'], 2, 'hub mirror --help'],
  ])('%j exits %i and says what to do, without a stack', async (args, code, text) => {
    const ran = await place.run(args);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toContain(text);
    expect(ran.stderr).toContain('→');
    expect(ran.stderr).not.toMatch(/^\s+at /m);
  });

  test('with --json an error is one JSON document on standard output', async () => {
    const { code, json } = await place.run(['status', '--json']);
    expect([code, json(z.unknown())]).toEqual([
      7,
      {
        error: expect.objectContaining({
          code: 'HUB_NOT_RUNNING',
          docs: 'docs/errors.md#hub_not_running',
        }) as unknown,
      },
    ]);
  });

  test('no colours where no terminal is', async () => {
    const { stdout } = await place.run(['doctor']);
    expect(stdout).not.toContain('\u001b[');
  });
});

describe('with no hub running', () => {
  let place: TestHome;
  beforeAll(() => {
    place = testHome();
    place.write('home/pets.json', JSON.stringify(description));
  });

  test('build reports tools, every omission with its place, and secrets; the mirror answers a call', async () => {
    verifies('M37');
    const dry = await place.run(['build', '--from', 'pets.json', '--dry-run', '--json']);
    expect(dry.json(z.unknown())).toMatchObject({ id: 'pets', outcome: 'planned', tools: ['get_pet'] });
    const built = await place.run(['build', 'pets.json']);
    expect([built.code, built.stderr.includes('✗')]).toEqual([0, false]);
    expect(built.stdout).toMatch(/Built pets .*1 tool of 2 operations/);
    expect(built.stdout).toContain('#/paths/~1broken/get');
    expect(built.stdout).toContain('PETS_');
    expect(await place.run(['build', 'pets.json', '--strict'])).toMatchObject({ code: 4 });
    expect(await place.run(['target', 'pets', 'mirror'])).toMatchObject({ code: 0 });
    const called = await place.run(['call', 'pets__get_pet', 'id=7']);
    expect([called.code, called.stdout]).toEqual([0, expect.stringContaining('name: Rex')]);
    const raw = await place.run(['call', 'get_pet', '--args', '{"id":7}', '--json']);
    expect(raw).toMatchObject({ code: 0 });
    expect(raw.json(z.object({ structuredContent: z.unknown() })).structuredContent).toMatchObject({
      name: 'Rex',
    });
  });

  test('call keeps the digits of numbers that no double holds, in what is asked and in what is answered', async () => {
    const digits = '123456789012345678901234567890';
    const exact = testHome({
      mcpServers: { shop: { command: process.execPath, args: [join(FIXTURE_SERVERS, 'effects.mjs')] } },
    });
    const call = ['call', 'shop__get_item', '--args'];
    const whole = await exact.run([...call, `{"n":${digits},"digits":"${digits}"}`, '--json']);
    const said = `{"args":{"n":${digits},"digits":"${digits}"},"digits":${digits}}`;
    expect([whole.code, whole.stdout.replace(/\s/g, '')]).toEqual([0, expect.stringContaining(said)]);
    const shown = await exact.run([...call, `{"digits":"${digits}"}`, `n=${digits}`]);
    expect(shown.stdout.match(/\w+: "?\d{20,}"?/g)).toEqual([
      `digits: "${digits}"`,
      `n: ${digits}`,
      `digits: ${digits}`,
    ]);
  });

  test('a value that does not fit the tool’s schema is refused before the call', async () => {
    const { code, stderr } = await place.run(['call', 'pets__get_pet', 'id=seven']);
    expect([code, stderr.includes('integer is needed')]).toEqual([4, true]);
  });

  test('validate and lint-tree tell sound from broken', async () => {
    expect(await place.run(['validate', 'pets'])).toMatchObject({ code: 0 });
    place.write('home/servers/rotten/manifest.json', '{}');
    const { code, json } = await place.run(['lint-tree', '--json']);
    expect([
      code,
      json(z.object({ servers: z.array(z.object({ server: z.string() })) })).servers.map(
        ({ server }) => server,
      ),
    ]).toEqual([4, ['rotten', 'pets']]);
  });

  test('a mirror runs on a port of its own until it is interrupted', async () => {
    const child = place.spawn(['mirror', 'start', 'pets.json', '--json']);
    const lines: string[] = [];
    for await (const line of createInterface({ input: outputOf(child) })) {
      lines.push(line);
      if (line === '}') break;
    }
    const { url } = Mirror.parse(JSON.parse(lines.join('')));
    expect(
      await (await fetch(`${url}/pets/3`, { headers: { authorization: 'Bearer x' } })).json(),
    ).toMatchObject({ name: 'Rex' });
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('an added command is listed, called, disabled, removed, and brought back by undo', async () => {
    const config = join(place.home, 'hub.config.json');
    const before = readFileSync(config, 'utf8');
    const added = await place.run([
      'add',
      'mine',
      '--env',
      'MY_TOKEN=abcdef123456',
      '--',
      process.execPath,
      OK_SERVER,
    ]);
    expect(added).toMatchObject({ code: 0 });
    expect(readFileSync(config, 'utf8')).toContain('${env:MY_TOKEN}');
    const listed = await place.run(['inspect', 'mine', '--json']);
    expect(listed.json(z.object({ server: z.unknown() })).server).toMatchObject({
      id: 'mine',
      kind: 'command',
    });
    expect((await place.run(['disable', 'mine'])).stdout).toContain('disabled');
    expect(await place.run(['enable', 'mine'])).toMatchObject({ code: 0 });
    expect(await place.run(['remove', 'mine'])).toMatchObject({ code: 2 });
    expect(await place.run(['remove', 'mine', '--yes'])).toMatchObject({ code: 0 });
    expect(await place.run(['inspect', 'mine'])).toMatchObject({ code: 3 });
    await place.run(['undo']);
    expect(await place.run(['inspect', 'mine'])).toMatchObject({ code: 0 });
    await place.run(['undo']);
    expect(readFileSync(config, 'utf8')).toBe(before);
  });

  test('a built server that was removed comes back whole', async () => {
    expect(await place.run(['remove', 'pets', '--yes'])).toMatchObject({ code: 0 });
    expect(existsSync(join(place.home, 'servers/pets'))).toBe(false);
    await place.run(['undo']);
    expect(await place.run(['validate', 'pets'])).toMatchObject({ code: 0 });
  });

  test('commands at the same time share the data folder', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => place.run(['list', '--json'])));
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
  });
});

describe('with a hub in the background', () => {
  let place: TestHome;
  beforeAll(async () => {
    place = testHome({ mcpServers: { ok: { command: process.execPath, args: [OK_SERVER] } } });
    await place.run(['start', '--detach']);
  });

  test('status, token, second start and stop', async () => {
    verifies('M37');
    const status = (await place.run(['status', '--json'])).json(z.looseObject({ pid: z.number() }));
    expect(status).toMatchObject({ ready: true, home: place.home });
    const token = (await place.run(['status', '--token'])).stdout.trim();
    expect(token).toBe(readFileSync(join(place.home, '.hub/token'), 'utf8').trim());
    expect(statSync(join(place.home, '.hub/token')).mode & 0o777).toBe(0o600);
    expect((await place.run(['start', '--detach', '--json'])).json(z.unknown())).toMatchObject({
      already: true,
      pid: status.pid,
    });
    const second = await place.run(['start']);
    expect([second.code, second.stderr.includes('HUB_ALREADY_RUNNING')]).toEqual([5, true]);
  });

  test('the stdio shim speaks MCP and nothing else on standard output', async () => {
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    };
    const frames = [
      initialize,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/list' },
    ];
    const { code, stdout } = await place.run(['stdio'], {
      input: `${frames.map((frame) => JSON.stringify(frame)).join('\n')}\n`,
    });
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => Answer.parse(JSON.parse(line)));
    expect(code).toBe(0);
    expect(answers.find(({ id }) => id === 1)?.result.serverInfo?.name).toBe('counterpart');
    expect(Array.isArray(answers.find(({ id }) => id === 2)?.result.tools)).toBe(true);
  });

  test('a typo in a tool’s or server’s name is met with the near ones', async () => {
    await place.run(['call', 'ok__ping']);
    expect((await place.run(['list', '--server', 'okk'])).stderr).toContain('Did you mean ok?');
  });

  test('logs show what the hub wrote', async () => {
    const { code, stdout } = await place.run(['logs', '-n', '50']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('hub is ready')]);
    expect(stdout).not.toContain(readFileSync(join(place.home, '.hub/token'), 'utf8').trim());
  });

  test('doctor finds the hub healthy, and a token open to others not', async () => {
    expect(await place.run(['doctor'])).toMatchObject({ code: 0 });
    chmodSync(join(place.home, '.hub/token'), 0o644);
    const { code, json } = await place.run(['doctor', '--json']);
    expect(code).toBe(5);
    expect(json(z.object({ findings: z.unknown() })).findings).toContainEqual(
      expect.objectContaining({
        check: 'token',
        level: 'problem',
        fix: expect.stringContaining('chmod 600') as unknown,
      }),
    );
    chmodSync(join(place.home, '.hub/token'), 0o600);
  });

  test('stop ends it; stopping again is no failure; a killed hub leaves a record that doctor explains', async () => {
    const { pid } = (await place.run(['status', '--json'])).json(z.looseObject({ pid: z.number() }));
    expect((await place.run(['stop', '--json'])).json(z.unknown())).toEqual({ outcome: 'stopped', pid });
    expect(isProcessAlive(pid)).toBe(false);
    expect((await place.run(['stop', '--json'])).json(z.unknown())).toEqual({ outcome: 'none' });
    const next = (await place.run(['start', '--detach', '--json'])).json(z.looseObject({ pid: z.number() }));
    process.kill(next.pid, 'SIGKILL');
    await expect.poll(() => isProcessAlive(next.pid)).toBe(false);
    expect((await place.run(['stop', '--json'])).json(z.unknown())).toMatchObject({ outcome: 'stale' });
  });

  test('stdio starts a hub when none runs', async () => {
    const frame = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    };
    const { stdout, stderr } = await place.run(['stdio'], { input: `${JSON.stringify(frame)}\n` });
    expect(stderr).toBe('');
    expect(Answer.parse(JSON.parse(stdout)).result.serverInfo?.name).toBe('counterpart');
    expect(await place.run(['status'])).toMatchObject({ code: 0 });
  });
});

test('start in the foreground says where it is and what to do next, and ends cleanly on Ctrl-C', async () => {
  const place = testHome();
  const child = place.spawn(['start']);
  let shown = '';
  for await (const line of createInterface({ input: outputOf(child) })) {
    shown += `${line}\n`;
    if (line.includes('hub import')) break;
  }
  expect(shown).toMatch(/running at http:\/\/127\.0\.0\.1:\d+/);
  expect(shown).toContain('hub connect claude-desktop');
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(existsSync(join(place.home, '.hub/hub.json'))).toBe(false);
});

test('a port that is taken is one clear sentence, also in the background', async () => {
  const first = testHome();
  const { url } = (await first.run(['start', '--detach', '--json'])).json(z.object({ url: z.string() }));
  const second = testHome();
  const port = new URL(url).port;
  for (const flags of [[], ['--detach']]) {
    const { code, stderr } = await second.run(['start', '--port', port, ...flags]);
    expect([code, stderr.includes(`Port ${port} on 127.0.0.1 is taken`)]).toEqual([5, true]);
  }
});

test('a hub in the background listens where it is told to, and its log has no word of its start for a terminal', async () => {
  const elsewhere = testHome();
  const started = await elsewhere.run(['start', '--detach', '--host', '127.0.0.2', '--port', '0', '--json']);
  expect(started.json(z.object({ url: z.string() })).url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
  expect(readFileSync(join(elsewhere.home, '.hub/hub.log'), 'utf8')).not.toContain('starting the hub');
});

test('a hub that cannot be started in the background is said in words, with what to do next', async () => {
  const { user, home } = testHome();
  const ran = await promisify(execFile)(
    'bash',
    ['-c', `ulimit -n 24; exec "$0" "$1" start --detach --home "$2"`, process.execPath, HUB_BINARY, home],
    { env: { PATH: process.env['PATH'], HOME: user } },
  ).catch((thrown: unknown) => z.object({ code: z.number(), stderr: z.string() }).parse(thrown));
  expect(ran).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/HUB_START_FAILED[^]*logs` shows/) as string,
  });
});

test('the binary finds its own Node when an older one starts it', async () => {
  const old = '/usr/bin/node';
  const version = existsSync(old) ? (await promisify(execFile)(old, ['--version'])).stdout : '';
  if (!/^v(?:1\d|2[0-3])\./.test(version)) return;
  const { stdout } = await promisify(execFile)(old, [HUB_BINARY, '--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
});
