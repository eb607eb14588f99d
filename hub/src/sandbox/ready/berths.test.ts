import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import type { BoxedProcess, PreparedBox, Sandbox, SandboxEnd, SandboxJob } from '../../kernel/ports.ts';
import { Berths } from './berths.ts';

const here = mkdtempSync(join(tmpdir(), 'berths-'));
afterAll(() => rmSync(here, { recursive: true }));

const folderOf = (name: string): string => {
  const folder = join(here, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

const jobIn = (folder: string, env = {}): SandboxJob => ({
  profile: 'serve',
  folders: [{ from: folder, to: folder }],
  args: [join(folder, 'server.js')],
  env,
});

/** Lets what was resolved take its course, without the clock. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A sandbox in which nothing runs, and a clock that is turned by hand; what was done is told in words. */
function rig(
  count = 2,
  more: { failing?: boolean; available?: () => number; preparing?: Promise<void> } = {},
) {
  const told: string[] = [];
  const ends: ((end: SandboxEnd) => void)[] = [];
  const falls: (() => void)[] = [];
  const process = (): BoxedProcess => {
    const { promise: ended, resolve } = Promise.withResolvers<SandboxEnd>();
    ends.push(resolve);
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    return { pid: 1, stdin, stdout, stderr, ended, stop: () => ended };
  };
  const nameOf = ({ folders }: SandboxJob): string => folders[0]?.from.slice(here.length + 1) ?? '';
  const sandbox: Sandbox = {
    kind: 'docker',
    description: 'none',
    sweep: async () => 0,
    async open(job) {
      told.push(`new ${nameOf(job)}`);
      return process();
    },
    async prepare(job): Promise<PreparedBox> {
      told.push(`ready ${nameOf(job)}`);
      if (more.failing === true) throw new Error('no');
      await more.preparing;
      const { promise: gone, resolve } = Promise.withResolvers<void>();
      falls.push(resolve);
      return {
        pid: falls.length,
        gone,
        begin(one) {
          told.push(`begun ${nameOf(one)}`);
          return process();
        },
        async discard() {
          told.push(`gone ${nameOf(job)}`);
          resolve();
        },
      };
    },
  };
  let now = 0;
  let task: (() => void) | undefined;
  const clock = {
    now: () => (now += 1),
    after(_: number, next: () => void) {
      task = next;
      return () => (task = undefined);
    },
  };
  const { available = () => Number.MAX_SAFE_INTEGER } = more;
  const berths = new Berths({ clock, log: { debug: () => undefined }, count, available });
  return {
    berths,
    ends,
    falls,
    sandbox,
    add: (name: string) => berths.add({ next: () => jobIn(folderOf(name)), sandbox: async () => sandbox }),
    /** What was done since the last call. */
    told: () => told.splice(0),
    /** Lets the quiet time pass, where one was waited for. */
    quiet: async () => {
      task?.();
      task = undefined;
      await settled();
    },
  };
}

test('a server begins in the walls kept ready for it, once, and has them again when it has ended', async () => {
  const { add, quiet, told, ends, berths } = rig();
  const one = add('one');
  await quiet();
  expect([told(), berths.pids]).toEqual([['ready one'], [1]]);
  await one.open(jobIn(folderOf('one'), { TICKET: 'of this start' }));
  await one.open(jobIn(folderOf('one')));
  await quiet();
  expect([told(), berths.pids]).toEqual([['begun one', 'new one'], []]);
  for (const end of ends) end({ outcome: 'exited', code: 0 });
  await quiet();
  await quiet();
  expect(told()).toEqual(['ready one']);
});

test('those that were used last have them, and a server that begins no more has none', async () => {
  const { add, quiet, told, ends } = rig(1);
  const one = add('one');
  const two = add('two');
  await quiet();
  expect(told()).toEqual(['ready two']);
  await one.open(jobIn(folderOf('one')));
  ends[0]?.({ outcome: 'exited', code: 0 });
  await quiet();
  await quiet();
  expect(told()).toEqual(['new one', 'gone two', 'ready one']);
  await one.release();
  await two.release();
  await quiet();
  expect(told()).toEqual(['gone one']);
});

test('a folder that took the place of another is not looked for in the walls that show the old one', async () => {
  const { add, quiet, told } = rig();
  const one = add('moved');
  await quiet();
  renameSync(folderOf('moved'), folderOf('old'));
  await one.open(jobIn(folderOf('moved')));
  expect(told()).toEqual(['ready moved', 'gone moved', 'new moved']);
});

test('walls that stand when their server has begun, or is no more, are taken down', async () => {
  const { promise: preparing, resolve } = Promise.withResolvers<void>();
  const { add, quiet, told, berths } = rig(2, { preparing });
  const one = add('begun');
  await quiet();
  await one.open(jobIn(folderOf('begun')));
  resolve();
  await settled();
  expect([told(), berths.pids]).toEqual([['ready begun', 'new begun', 'gone begun'], []]);
  const given = Promise.withResolvers<void>();
  const other = rig(2, { preparing: given.promise });
  const two = other.add('given up');
  await other.quiet();
  await two.release();
  given.resolve();
  await settled();
  expect([other.told(), other.berths.pids]).toEqual([['ready given up', 'gone given up'], []]);
});

test('walls that fell cost their server nothing', async () => {
  const { add, quiet, told, falls, berths } = rig();
  const one = add('frail');
  await quiet();
  falls[0]?.();
  await quiet();
  expect(berths.pids).toEqual([]);
  await one.open(jobIn(folderOf('frail')));
  expect(told()).toEqual(['ready frail', 'new frail']);
});

test('where there is no memory, or none may be kept, or they cannot be put up, servers begin as they did', async () => {
  for (const rigged of [rig(0), rig(2, { available: () => 0 })]) {
    const one = rigged.add('one');
    await rigged.quiet();
    await one.open(jobIn(folderOf('one')));
    expect(rigged.told()).toEqual(['new one']);
  }
});

test('walls that cannot be put up are tried for three times, and their server begins as it did', async () => {
  const { add, quiet, told, ends } = rig(2, { failing: true });
  const one = add('one');
  for (let time = 0; time < 5; time += 1) {
    await one.open(jobIn(folderOf('one')));
    ends[time]?.({ outcome: 'exited', code: 0 });
    await quiet();
    await quiet();
  }
  expect(told().filter((line) => line === 'ready one')).toHaveLength(3);
});

test('a server that cannot begin keeps no other from having its walls ready, whichever was used last', async () => {
  const { berths, sandbox, add, quiet, told } = rig();
  add('one');
  for (let time = 0; time < 4; time += 1)
    berths.add({
      next: () => {
        throw new Error('there is no such program');
      },
      sandbox: async () => sandbox,
    });
  await quiet();
  add('two');
  await quiet();
  expect(told()).toEqual(['ready one', 'ready two']);
});

test('nothing is left after the end', async () => {
  const { add, quiet, told, berths } = rig();
  add('one');
  await quiet();
  await berths.close();
  expect([told(), berths.pids]).toEqual([['ready one', 'gone one'], []]);
  add('two');
  await quiet();
  expect(told()).toEqual([]);
});
