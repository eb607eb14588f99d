import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toCounterpartError } from '@counterpart/schemas';
import { z } from 'zod';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listProcesses } from '../../hub/src/supervisor/process/process-table.ts';
import { createLog } from '../../hub/src/kernel/log.ts';
import { createLedger } from '../../hub/src/supervisor/process/ledger.ts';
import { pssOf, pssOfEach } from '../../hub/src/supervisor/process/memory.ts';
import { Rig, specOf, until } from '../fixtures/supervisor/rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
/** Whatever a test did, nothing of it is left. */
afterEach(async () => {
  const left = await rig.end();
  assert.deepEqual(left, []);
});

test('a process is started by the first wish for it, serves, and ends with its standard input', async () => {
  const { protocol, process } = rig.add(specOf('ok'));
  expect(process.snapshot.state).toBe('stopped');
  await Promise.all([process.ready(), process.ready()]);
  expect(await protocol.call('echo', { text: 'hello' })).toBe('hello');
  await process.stop();
  expect({ ...process.snapshot, since: 0 }).toEqual({
    state: 'stopped',
    pid: undefined,
    restarts: 0,
    since: 0,
    problem: undefined,
  });
  expect(protocol.lostFor.map(({ code }) => code)).toEqual(['UPSTREAM_LOST']);
  expect(protocol.handshakes).toBe(1);
});

test('a process sees the environment it was given and nothing else', async () => {
  const { process } = rig.add(
    specOf('env', {
      command: '/bin/sh',
      args: ['-c', '/usr/bin/env >&2; exit 5'],
      env: { GREETING: 'hello' },
    }),
  );
  await expect(process.ready()).rejects.toThrow('exited with status 5');
  const names = process.stderr().map((line) => line.split('=')[0] ?? '');
  const ofTheShell = ['PWD', 'SHLVL', '_', 'OLDPWD'];
  expect(new Set(names.filter((name) => !ofTheShell.includes(name)))).toEqual(
    new Set(['COUNTERPART_SPAWN', 'GREETING']),
  );
});

test('a crash on start is told at once, with status and last words', async () => {
  const { process } = rig.add(specOf('crash-on-start'));
  await expect(process.ready()).rejects.toMatchObject({
    code: 'SERVER_START_FAILED',
    message:
      'crash-on-start did not start: it exited with status 3 before it had answered the handshake; ' +
      'the last it printed to standard error:\n  loading settings\n  fatal: no such table: settings',
  });
  await until(() => process.snapshot.state === 'backoff');
});

test('a crash loop ends in quarantine, from which a reset leads out', async () => {
  const fast = new Rig({
    clock: { now: () => Date.now(), after: (delayMs, task) => after(delayMs / 50, task) },
  });
  const { process } = fast.add(specOf('crash-on-start'));
  await expect(process.ready()).rejects.toMatchObject({ code: 'SERVER_START_FAILED' });
  await until(() => process.snapshot.state === 'quarantined');
  expect(process.snapshot.restarts).toBe(4);
  await expect(process.ready()).rejects.toMatchObject({
    code: 'SERVER_QUARANTINED',
    params: { failures: 5 },
    message: expect.stringContaining('no such table') as string,
  });
  process.reset();
  expect(process.snapshot).toMatchObject({ state: 'stopped', problem: undefined });
  expect(await fast.end()).toEqual([]);
});

test('a handshake that never ends is given up in time', async () => {
  const { process } = rig.add(specOf('hang-in-handshake', { startTimeoutMs: 800 }));
  await expect(process.ready()).rejects.toMatchObject({
    code: 'SERVER_START_TIMEOUT',
    params: { timeoutMs: 800 },
    message: expect.stringContaining('waiting for something that never comes') as string,
  });
});

test('a slow start is waited for', async () => {
  const { protocol, process } = rig.add(specOf('slow-start', { env: { SLOW_START_MS: '400' } }));
  await process.ready();
  expect(await protocol.call('echo', { text: 'late' })).toBe('late');
});

test('a flood on standard error neither blocks the server nor fills memory', async () => {
  const { protocol, process } = rig.add(specOf('flood-stderr'));
  await process.ready();
  expect(await protocol.call('echo', { text: 'dry' })).toBe('dry');
  const lines = process.stderr();
  expect(lines.at(-1)).toBe('last line of the flood');
  expect(lines.join('\n').length).toBeLessThanOrEqual(64 * 1_024);
});

test('junk on standard output does not disturb the process', async () => {
  const { protocol, process } = rig.add(specOf('junk-on-stdout'));
  await process.ready();
  expect(await protocol.call('echo', { text: 'still here' })).toBe('still here');
});

test('grandchildren are ended too, those that ignore SIGTERM and those that left the group', async () => {
  const { protocol, process } = rig.add(specOf('fork-children'));
  await process.ready();
  const grandchildren = z.array(z.int()).parse(JSON.parse(await protocol.call('pids')));
  expect(await runningOf(grandchildren)).toEqual(grandchildren);
  await process.stop();
  expect(await runningOf(grandchildren)).toEqual([]);
});

test('grandchildren are ended when their parent crashes', async () => {
  const { protocol, process } = rig.add(specOf('fork-children'));
  await process.ready();
  const grandchildren = z.array(z.int()).parse(JSON.parse(await protocol.call('pids')));
  const pid = process.snapshot.pid ?? 0;
  globalThis.process.kill(pid, 'SIGKILL');
  await until(() => process.snapshot.restarts === 1);
  expect(await runningOf(grandchildren)).toEqual([]);
  expect(protocol.lostFor[0]?.message).toContain('ended by SIGKILL');
});

test('a server that ignores the end of its input is ended by SIGTERM', async () => {
  const { process } = rig.add(specOf('ignore-stdin-end'));
  await process.ready();
  await process.stop();
  expect(await rig.alive()).toEqual([]);
});

test('a server that ignores SIGTERM too is ended by SIGKILL', async () => {
  const { process } = rig.add(specOf('ignore-sigterm'));
  await process.ready();
  await process.stop();
  expect(process.stderr()).toContain('SIGTERM ignored');
  expect(await rig.alive()).toEqual([]);
});

test('calls in flight fail when the server dies, and the next wish finds a new one', async () => {
  const { protocol, process } = rig.add(specOf('die-mid-call'));
  await process.ready();
  await expect(protocol.call('die')).rejects.toMatchObject({
    code: 'UPSTREAM_LOST',
    message: expect.stringMatching(/exited with status 7.*\n {2}about to die/s) as string,
  });
  await process.ready();
  expect(process.snapshot).toMatchObject({ state: 'ready', restarts: 1, problem: undefined });
  expect(await protocol.call('echo', { text: 'again' })).toBe('again');
});

test('the first crash of a server that served well costs no pause, the second one does', async () => {
  const { protocol, process } = rig.add(specOf('die-mid-call'));
  const states: string[] = [];
  rig.supervisor.subscribe((_, { state }) => states.push(state));
  for (let crash = 0; crash < 2; crash += 1) {
    await process.ready();
    await expect(protocol.call('die')).rejects.toMatchObject({ code: 'UPSTREAM_LOST' });
  }
  await until(() => process.snapshot.state === 'backoff');
  const life = ['starting', 'starting', 'ready', 'stopping'];
  expect(states).toEqual([...life, ...life, 'backoff']);
});

test('the answer a server gives just before it exits is not lost', async () => {
  const { protocol, process } = rig.add(
    specOf('exit-nonzero-after-n-calls', { env: { EXIT_AFTER_CALLS: '1' } }),
  );
  await process.ready();
  expect(await protocol.call('echo', { text: 'last' })).toBe('last');
  await until(() => process.snapshot.restarts === 1);
  expect(protocol.lostFor[0]?.message).toContain('exited with status 9');
});

test('an idle server is stopped and started by the next wish', async () => {
  const { protocol, process } = rig.add(specOf('ok', { idleMs: 150 }));
  await process.ready();
  await until(() => process.snapshot.state === 'stopped');
  await process.ready();
  expect(await protocol.call('echo', { text: 'back' })).toBe('back');
});

test('a server is not idle while a call runs', async () => {
  const { protocol, process } = rig.add(
    specOf('progress', { idleMs: 100, env: { PROGRESS_STEP_MS: '100' } }),
  );
  await process.ready();
  expect(await protocol.call('count', { to: 5 })).toBe('counted to 5');
});

test('unanswered probes degrade a server and then replace it', async () => {
  const { protocol, process } = rig.add(specOf('ok', { probeMs: 30 }));
  const states: string[] = [];
  rig.supervisor.subscribe((_, { state }) => states.push(state));
  await process.ready();
  protocol.answersProbes = false;
  await until(() => process.snapshot.state === 'degraded');
  await until(() => process.snapshot.state === 'backoff');
  protocol.answersProbes = true;
  await process.ready();
  expect(states).toEqual([
    'starting',
    'starting',
    'ready',
    'degraded',
    'stopping',
    'backoff',
    'starting',
    'starting',
    'ready',
  ]);
  expect(protocol.lostFor[0]?.message).toContain('5 probes in a row');
});

test('what a server depends on is started first and stopped last', async () => {
  const dependent = rig.add(
    specOf('modern-only', { id: 'app', args: [specOf('ok').args[0] ?? ''], dependsOn: ['base'] }),
  );
  const base = rig.add(specOf('ok', { id: 'base' }));
  const order: string[] = [];
  rig.supervisor.subscribe((id, { state }) => order.push(`${id} ${state}`));
  await dependent.process.ready();
  expect(base.process.snapshot.state).toBe('ready');
  expect(order.indexOf('base ready')).toBeLessThan(order.indexOf('app ready'));
  await rig.supervisor.shutdown();
  expect(order.indexOf('app stopped')).toBeLessThan(order.indexOf('base stopping'));
});

test('what a running server depends on is not idle', async () => {
  const base = rig.add(specOf('ok', { id: 'base', idleMs: 60 }));
  const dependent = rig.add(specOf('ok', { id: 'app', dependsOn: ['base'], idleMs: 400 }));
  const order: string[] = [];
  rig.supervisor.subscribe((id, { state }) => order.push(`${id} ${state}`));
  await dependent.process.ready();
  await until(() => base.process.snapshot.state === 'stopped');
  expect(order.slice(order.indexOf('app stopping'))).toContain('base stopping');
});

test('a start that waits for a failing dependency fails with that cause, and is not counted', async () => {
  const { process } = rig.add(specOf('ok', { dependsOn: ['crash-on-start'] }));
  rig.add(specOf('crash-on-start'));
  await expect(process.ready()).rejects.toThrow(/it depends on crash-on-start:.*no such table/s);
  expect(process.snapshot.state).toBe('stopped');
});

test('a circle of dependencies is refused', () => {
  rig.add(specOf('ok', { id: 'a', dependsOn: ['b'] }));
  expect(() => rig.add(specOf('ok', { id: 'b', dependsOn: ['a'] }))).toThrow('b → a → b');
});

test('no more starts than allowed are under way at once', async () => {
  const narrow = new Rig({ spawnConcurrency: 2 });
  let starting = 0;
  let most = 0;
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) => narrow.add(specOf('ok', { id })));
  for (const { protocol } of all) {
    const greet = protocol.handshake.bind(protocol);
    protocol.handshake = async (io, signal) => {
      most = Math.max(most, (starting += 1));
      await greet(io, signal).finally(() => (starting -= 1));
    };
  }
  await Promise.all(all.map(({ process }) => process.ready()));
  expect(most).toBe(2);
  expect(await narrow.end()).toEqual([]);
});

test('servers that hang at their start take the places of no others', async () => {
  const narrow = new Rig({ spawnConcurrency: 2 });
  const hanging = ['a', 'b', 'c'].map((id) => narrow.add(specOf('hang-in-handshake', { id })).process);
  const refused = Promise.allSettled(hanging.map((process) => process.ready()));
  await narrow.add(specOf('ok')).process.ready();
  expect(hanging.map(({ snapshot }) => snapshot.state)).toEqual(['starting', 'starting', 'starting']);
  expect(await narrow.end()).toEqual([]);
  await refused;
}, 20_000);

test('a stop during the start ends the start, and its callers hear of it', async () => {
  const { process } = rig.add(specOf('hang-in-handshake'));
  const outcome = process.ready().catch(toCounterpartError);
  await until(() => process.snapshot.pid !== undefined);
  await process.stop();
  expect(await outcome).toMatchObject({ params: { detail: 'it was told to stop' } });
  expect(await rig.alive()).toEqual([]);
});

test('a removed process refuses to start', async () => {
  const { process } = rig.add(specOf('ok'));
  await process.ready();
  await process.remove();
  await expect(process.ready()).rejects.toMatchObject({ code: 'SERVER_START_FAILED' });
});

test('a record of processes that could not be made is made once it can be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const stateDir = join(folder, 'processes');
  writeFileSync(stateDir, 'in the way');
  const ledger = createLedger(stateDir, createLog({ level: 'silent' }));
  await expect(ledger.prepare()).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
  rmSync(stateDir);
  expect(await ledger.prepare()).toMatch(/\.1$/);
  await ledger.close();
  rmSync(folder, { recursive: true });
});

test('memory counts a process with its descendants', async () => {
  const { process } = rig.add(specOf('fork-children'));
  await process.ready();
  const bytes = (await pssOf(process.snapshot.pid ?? 0)) ?? 0;
  expect(bytes).toBeGreaterThan(5_000_000);
  const nobody = 2 ** 22 + 1;
  expect(await pssOf(nobody)).toBeUndefined();
  const { pid = 0 } = process.snapshot;
  const each = await pssOfEach([pid, nobody]);
  expect([...each.keys()]).toEqual([pid]);
  expect(each.get(pid)).toBeGreaterThan(5_000_000);
});

test.each([
  ['a program that does not exist', { command: '/nowhere/server' }, 'there is no program at /nowhere/server'],
  [
    'a program outside PATH',
    { command: 'no-such-server', env: { PATH: '/bin' } },
    'is in no folder of its PATH (/bin)',
  ],
  [
    'a working directory that does not exist',
    { cwd: '/nowhere' },
    'its working directory /nowhere does not exist',
  ],
  ['a working directory that is a file', { cwd: '/etc/hostname' }, 'is not a folder'],
])('%s is named as the cause', async (_, broken, words) => {
  const { process } = rig.add(specOf('ok', broken));
  const failure = await process.ready().catch(toCounterpartError);
  expect(failure).toMatchObject({ code: 'SERVER_START_FAILED' });
  expect(failure?.message).toContain(words);
});

test('a program that may not be executed is named as the cause', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  const file = join(folder, 'server');
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o644);
  const { process } = rig.add(specOf('ok', { command: file }));
  await expect(process.ready()).rejects.toThrow('may not be executed');
  rmSync(folder, { recursive: true });
});

function after(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
}

async function runningOf(pids: readonly number[]): Promise<number[]> {
  const running = (await listProcesses()).filter(({ defunct }) => !defunct).map(({ pid }) => pid);
  return pids.filter((pid) => running.includes(pid));
}
