import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Sandbox } from '@counterpart/hub/kernel/ports';
import { runJob, type JobOutput } from '@counterpart/hub/sandbox/run-job';
import { findSandboxes } from '@counterpart/hub/sandbox/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { verifies } from '../verifies.ts';

const looked = await findSandboxes();
const here = mkdtempSync(join(tmpdir(), 'walls-'));
const app = join(here, 'app');
const canaryFile = join(here, 'canary.txt');
const abstract = `canary-${process.pid}`;
const heard: string[] = [];
const servers: Server[] = [];
const MB = 1_048_576;

beforeAll(async () => {
  execFileSync('mkdir', ['-p', app]);
  writeFileSync(canaryFile, 'canary of the host');
  chmodSync(here, 0o755);
  symlinkSync(canaryFile, join(app, 'link-out'));
  copyFileSync(new URL('../escape/attempts.js', import.meta.url), join(app, 'attempts.js'));
  writeFileSync(join(app, 'package.json'), '{"type":"module"}');
  const listen = async (where: object) => {
    const server = createServer((socket) => {
      heard.push(JSON.stringify(where));
      socket.end();
    }).listen(where);
    servers.push(server);
    await once(server, 'listening');
    return server;
  };
  await listen({ port: 0, host: '::' });
  await listen({ path: `\0${abstract}` });
  await listen({ path: join(app, 'open.sock') });
  chmodSync(join(app, 'open.sock'), 0o666);
});

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(here, { recursive: true, force: true });
});

const ownAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((cards) => cards ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';

const usable = looked.flatMap(({ kind, found }) => (typeof found === 'string' ? [] : [{ kind, found }]));
const missing = looked.flatMap(({ kind, found }) => (typeof found === 'string' ? [`${kind}: ${found}`] : []));

// CI forbids what is skipped.
test.skipIf(missing.length > 0)(`both sandboxes are here ${missing.join('; ')}`, () => {
  expect(missing).toEqual([]);
});

/** The same sandbox, with every job in walls that stood before it was known. */
const readied = (sandbox: Sandbox): Sandbox => ({
  ...sandbox,
  kind: sandbox.kind,
  description: sandbox.description,
  sweep: () => sandbox.sweep(),
  async open(job) {
    const prepared = await sandbox.prepare?.(job);
    if (prepared === undefined) throw new Error('nothing was prepared');
    return prepared.begin(job);
  },
});
const ways = usable.flatMap(({ kind, found }) => [
  { way: kind, found },
  ...(found.prepare === undefined ? [] : [{ way: `${kind}, standing ready`, found: readied(found) }]),
]);

let programs = 0;
/** A program as a file that is seen inside; its path there. */
function fileOf(code: string): string {
  programs += 1;
  writeFileSync(join(app, `program-${programs}.cjs`), code);
  return `/app/program-${programs}.cjs`;
}

describe.each(ways)('$way', ({ found }) => {
  const run = (code: string, limits: object = {}): Promise<JobOutput> =>
    runJob(found, {
      profile: 'check',
      folders: [{ from: app, to: '/app' }],
      args: [fileOf(code)],
      env: {},
      limits,
    });

  test('none of the ways out leads anywhere, and each is refused by name', async () => {
    verifies('B08', 'M53');
    const port = z.object({ port: z.number() }).parse(servers[0]?.address()).port;
    const facts = {
      CANARY_FILE: canaryFile,
      CANARY_PORT: port,
      CANARY_ADDRESS: ownAddress(),
      CANARY_ABSTRACT: abstract,
      HUB_PID: process.pid,
    };
    const { end, stdout, stderr } = await runJob(found, {
      profile: 'check',
      folders: [{ from: app, to: '/app' }],
      args: ['/app/attempts.js', JSON.stringify(facts)],
      env: {},
    });
    expect({ end, stderr }).toEqual({ end: { outcome: 'exited', code: 0 }, stderr: '' });
    const Results = z.record(
      z.string(),
      z.object({ refused: z.string().optional(), reached: z.string().optional() }),
    );
    const results = Results.parse(JSON.parse(stdout));
    const reached = Object.entries(results).filter(([, { refused }]) => refused === undefined);
    expect(reached).toEqual([]);
    expect(Object.keys(results).length).toBeGreaterThanOrEqual(75);
    expect(heard).toEqual([]);
  });

  test('what it may do, it can: read its folder, write a little, use a socket that was given', async () => {
    const code = `
      const fs = require('node:fs');
      fs.writeFileSync('/tmp/note', 'kept');
      require('node:net').connect('/app/open.sock').on('connect', () => {
        console.log(fs.readFileSync('/app/package.json', 'utf8') + fs.readFileSync('/tmp/note', 'utf8'));
        process.exit(3);
      });`;
    const { end, stdout } = await run(code);
    expect({ end, stdout }).toEqual({
      end: { outcome: 'exited', code: 3 },
      stdout: '{"type":"module"}kept\n',
    });
    expect(heard.splice(0)).toHaveLength(1);
  });

  test.each([
    [
      'memory without end',
      'const a=[];for(;;)a.push(Buffer.alloc(1e7,1))',
      { memoryBytes: 128 * MB },
      'out-of-memory',
    ],
    ['a heap without end', 'const a=[];for(;;)a.push({a})', { memoryBytes: 128 * MB }, 'out-of-memory'],
    ['a loop without end', 'for(;;);', { timeMs: 1_500 }, 'timed-out'],
    ['sleep without end', 'setInterval(()=>{},1e6)', { timeMs: 1_500 }, 'timed-out'],
  ])('%s is ended, and the end says so', async (_, code, limits, outcome) => {
    verifies('B14');
    expect((await run(code, limits)).end).toEqual({ outcome });
  });

  test('a fork bomb, a full disk and too many open files fail inside and harm nobody', async () => {
    verifies('B14');
    const code = `
      const { spawn } = require('node:child_process');
      const fs = require('node:fs');
      const counts = { forks: 0, disk: '', files: '' };
      try { fs.writeFileSync('/tmp/big', Buffer.alloc(${80 * MB})); } catch (error) { counts.disk = error.code; }
      try { for (;;) fs.openSync('/app/package.json'); } catch (error) { counts.files = error.code; }
      const bomb = 'const{spawn}=require("child_process");for(;;)try{spawn(process.execPath,["-e",process.argv[1],process.argv[1]])}catch{}';
      for (let at = 0; at < 5; at++) spawn(process.execPath, ['-e', bomb, bomb], { stdio: 'ignore' }).on('error', () => {});
      setTimeout(() => { console.log(JSON.stringify(counts)); process.exit(0); }, 1500);`;
    const { end, stdout } = await run(code, { timeMs: 8_000, openFiles: 128 });
    // The bombs may eat the memory before their starter ends: then the kernel ended all of it.
    const survived: unknown = end.outcome === 'exited' ? JSON.parse(stdout) : { ended: end.outcome };
    expect([
      { forks: 0, disk: 'ENOSPC', files: 'EMFILE' },
      ...['timed-out', 'out-of-memory', 'killed'].map((ended) => ({ ended })),
    ]).toContainEqual(survived);
    expect(insideProcesses()).toEqual([]);
  });

  test('nothing but /tmp and /dev/shm can be written, and neither without bound', async () => {
    const code = `
      const fs = require('node:fs');
      const written = {};
      for (const folder of ['/dev/shm', '/dev', '/', '/usr'])
        try {
          const file = fs.openSync(folder + '/big', 'w');
          written[folder] = 0;
          for (; written[folder] < 100; written[folder] += 1) fs.writeSync(file, Buffer.alloc(${MB}, 1));
        } catch (error) { written[folder] = [written[folder] ?? 0, error.code]; }
      console.log(JSON.stringify(written));`;
    const { stdout } = await run(code, { memoryBytes: 512 * MB });
    const Written = z.record(z.string(), z.tuple([z.number(), z.string()]));
    const { '/dev/shm': shared, ...others } = Written.parse(JSON.parse(stdout));
    expect(shared).toEqual([expect.any(Number), 'ENOSPC']);
    expect(Object.values(others).filter(([written]) => written > 0)).toEqual([]);
  });

  test('a flood of output is read to its end and kept in part', async () => {
    const { end, stdout, cut } = await run('process.stdout.write("x".repeat(5e6), () => process.exit(0))');
    expect({ end, cut, kept: stdout.length }).toEqual({
      end: { outcome: 'exited', code: 0 },
      cut: true,
      kept: MB,
    });
  });

  test('an abort ends it and leaves no process', async () => {
    const abort = new AbortController();
    const running = runJob(
      found,
      {
        profile: 'serve',
        folders: [{ from: app, to: '/app' }],
        args: [fileOf('setInterval(()=>{},1e3)'), MARK],
        env: {},
        limits: MARKED,
      },
      { signal: abort.signal },
    );
    setTimeout(() => abort.abort(new Error('enough')), 500);
    await expect(running).rejects.toThrow('enough');
    expect(insideProcesses()).toEqual([]);
  });
});

const MARK = `inside-${process.pid}`;
/** Seen among the flags of Node, also before it has its arguments. */
const MARKED = { memoryBytes: (200 + (process.pid % 100)) * MB };
const MARKED_SPARE = `--max-old-space-size=${MARKED.memoryBytes / MB} /run/counterpart/spare-inside.mjs`;

/** Command lines of this test that still run. */
function insideProcesses(): string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return lines.filter(
    (line) =>
      line.includes(MARK) ||
      line.includes(MARKED_SPARE) ||
      line.includes('const{spawn}=require("child_process")'),
  );
}

test('no file that is left in a folder of the machine runs as the hub’s user', async () => {
  // A container's user is nobody, or has no more rights outside than the hub.
  const found = usable.find(({ kind }) => kind === 'bubblewrap')?.found;
  if (found === undefined) return;
  const left = join(here, 'left');
  mkdirSync(left);
  const code = `
    const fs = require('node:fs');
    fs.writeFileSync('/left/plain', '');
    fs.chmodSync('/left/plain', 0o755);
    const said = [
      () => fs.chmodSync('/left/plain', 0o4755),
      () => fs.fchmodSync(fs.openSync('/left/plain'), 0o2755),
      () => fs.openSync('/left/made', 'w', 0o6755),
    ].map((attempt) => { try { attempt(); return 'done'; } catch (error) { return error.code; } });
    console.log(said.join(' '));`;
  const { stdout } = await runJob(found, {
    profile: 'check',
    folders: [
      { from: app, to: '/app' },
      { from: left, to: '/left', writable: true },
    ],
    args: [fileOf(code)],
    env: {},
  });
  expect(stdout.trim()).toBe('EPERM EPERM EPERM');
  expect(readdirSync(left)).toEqual(['plain']);
  expect(statSync(join(left, 'plain')).mode & 0o7777).toBe(0o755);
});

test('a job dies with a hub that is killed, as does what waits for one, and what is left of it is swept', async () => {
  for (const { found } of usable) {
    const hub = spawn(
      process.execPath,
      [
        new URL('../escape/doomed-hub.ts', import.meta.url).pathname,
        found.kind,
        MARK,
        String(MARKED.memoryBytes),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(hub.stdout, 'data');
    const waiting = insideProcesses().filter((line) => line.includes(MARKED_SPARE));
    expect([waiting.length > 0, insideProcesses().length > waiting.length]).toEqual([
      found.prepare !== undefined,
      true,
    ]);
    hub.kill('SIGKILL');
    await once(hub, 'exit');
    await found.sweep();
    await expect.poll(insideProcesses, { timeout: 5_000 }).toEqual([]);
  }
});

test('what waits in the walls of one server knows nothing of it yet, and is its only once', async () => {
  for (const [{ found }, system] of usable.flatMap((one) => [[one, false] as const, [one, true] as const])) {
    const code = `console.log(JSON.stringify([process.env.TOLD, process.argv.slice(2), process.cwd(), process.execArgv.length]));
      process.stdin.pipe(process.stdout);`;
    const job = {
      profile: 'serve',
      folders: [{ from: app, to: '/app' }],
      args: ['--max-semi-space-size=8', fileOf(code), 'word'],
      env: { TOLD: 'late' },
      cwd: '/app',
      system,
    } as const;
    const prepared = await found.prepare?.(job);
    if (prepared === undefined) continue;
    expect(readFileSync(`/proc/${prepared.pid}/environ`, 'utf8')).not.toContain('TOLD');
    const box = prepared.begin(job);
    box.stdin.end('and what it is asked');
    expect(await text(box.stdout)).toBe('["late",["word"],"/app",2]\nand what it is asked');
    expect(await box.ended).toEqual({ outcome: 'exited', code: 0 });
    const unused = await found.prepare?.(job);
    await unused?.discard();
    await unused?.gone;
  }
});
