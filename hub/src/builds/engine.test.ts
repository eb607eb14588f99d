import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../kernel/log.ts';
import type { DurableEngine, DurableSteps } from '../kernel/ports.ts';
import { openEngine } from './engine.ts';

let folder: string;
const engines: DurableEngine[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-'));
});

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(work: (id: string, steps: DurableSteps) => Promise<void>): Promise<DurableEngine> {
  const engine = await openEngine({
    file: join(folder, 'work.db'),
    name: 'work',
    concurrency: 2,
    waiting: 2,
    log: createLog({ level: 'error', file: join(folder, 'log') }),
    work,
  });
  engines.push(engine);
  return engine;
}

const close = async (engine: DurableEngine): Promise<void> => {
  engines.splice(engines.indexOf(engine), 1);
  await engine.close();
};

test('what was done is not done again after a restart, and what was cut off is', async () => {
  const done: string[] = [];
  const reached = Promise.withResolvers<void>();
  const first = await open(async (id, { step, signal }) => {
    await step('one', async () => `${done.push(`one of ${id}`)}`);
    await step('two', async () => {
      reached.resolve();
      await new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
      return '';
    });
  });
  await first.start('a');
  await reached.promise;
  await close(first);
  const ended = Promise.withResolvers<string>();
  await open(async (_, { step }) => {
    const one = await step('one', async () => `${done.push('again')}`);
    const two = await step('two', async () => `${done.push('two')}`);
    ended.resolve(`${one}${two}`);
  });
  expect(await ended.promise).toBe('12');
  expect(done).toEqual(['one of a', 'two']);
});

test('a run that waits goes on when it is woken, also one that was woken before it rested', async () => {
  let open_ = false;
  const asked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const engine = await open(async (_, { wait }) => {
    await wait('door', async () => {
      asked.resolve();
      return open_;
    });
    ended.resolve();
  });
  await engine.start('a');
  await asked.promise;
  open_ = true;
  await engine.wake('a');
  await expect(ended.promise).resolves.toBeUndefined();
});

test('a run that waits for a second thing rests until it is woken, and costs nothing meanwhile', async () => {
  const isOpen = { door: false, gate: false };
  const looks: string[] = [];
  const ended = Promise.withResolvers<void>();
  const passed = Promise.withResolvers<void>();
  const [atDoor, atGate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let turns = 0;
  const engine = await open(async (id, { wait }) => {
    if (id === 'other') {
      // Each look at it takes a turn of the engine, in which whatever does not rest would be taken up as well.
      await wait('turn', async () => ++turns > 10);
      return passed.resolve();
    }
    looks.push(id);
    await wait('door', async () => {
      atDoor.resolve();
      return isOpen.door;
    });
    await wait('gate', async () => {
      atGate.resolve();
      return isOpen.gate;
    });
    ended.resolve();
  });
  await engine.start('a');
  await atDoor.promise;
  isOpen.door = true;
  await engine.wake('a');
  await atGate.promise;
  const before = looks.length;
  await engine.start('other');
  const waking = setInterval(() => void engine.wake('other'), 10);
  await passed.promise;
  clearInterval(waking);
  expect(looks.length - before).toBeLessThan(2);
  isOpen.gate = true;
  await engine.wake('a');
  await ended.promise;
});

test('a wait goes on in the next hub, whose wake was lost', async () => {
  let isOpen = false;
  const asked = Promise.withResolvers<void>();
  const first = await open((_, { wait }) =>
    wait('door', async () => {
      asked.resolve();
      return isOpen;
    }),
  );
  await first.start('a');
  await asked.promise;
  await close(first);
  isOpen = true;
  const ended = Promise.withResolvers<void>();
  await open(async (_, { wait }) => {
    await wait('door', async () => isOpen);
    ended.resolve();
  });
  await expect(ended.promise).resolves.toBeUndefined();
});

test('a cancelled run is aborted and is not resumed', async () => {
  const begun: string[] = [];
  const aborted = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const work = async (id: string, { step, signal }: DurableSteps): Promise<void> => {
    begun.push(id);
    await step('endless', async () => {
      reached.resolve();
      await new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason))).catch(
        (reason: unknown) => {
          aborted.resolve();
          throw reason;
        },
      );
      return '';
    });
  };
  const engine = await open(work);
  await engine.start('a');
  await reached.promise;
  await engine.cancel('a');
  await aborted.promise;
  await close(engine);
  const next = await open(work);
  await next.wake('a');
  await next.start('a');
  expect(begun).toEqual(['a']);
});

test('no more runs are at work at once than there are places, and those that wait take none', async () => {
  let atWork = 0;
  let most = 0;
  let ended = 0;
  const all = Promise.withResolvers<void>();
  const engine = await open(async (id, { step, wait }) => {
    if (id.startsWith('waiting')) return wait('never', async () => false);
    await step('work', async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
      ended += 1;
      if (ended === 5) all.resolve();
      return '';
    });
  });
  for (const id of ['waiting-1', 'waiting-2', 'a', 'b', 'c', 'd', 'e']) await engine.start(id);
  await all.promise;
  expect(most).toBeLessThanOrEqual(2);
});

test('a run goes on by itself once its database takes something again', async () => {
  const done: string[] = [];
  const full = new DatabaseSync(join(folder, 'work.db'));
  const ended = Promise.withResolvers<void>();
  const engine = await open(async (_, { step }) => {
    await step('one', async () => `${done.push('one')}`);
    await step('two', async () => {
      if (done.push('two') > 2) return '';
      for (const table of ['workflow_runs', 'step_attempts'])
        full.exec(`create trigger full_${table} before update on ${table}
          begin select raise(abort, 'database or disk is full'); end`);
      return '';
    });
    ended.resolve();
  });
  await engine.start('a');
  await expect.poll(() => readFileSync(join(folder, 'log'), 'utf8')).toContain('cannot be kept');
  full.exec('drop trigger full_workflow_runs; drop trigger full_step_attempts');
  await ended.promise;
  full.close();
  expect(done).toEqual(['one', 'two', 'two']);
});

test('steps that wait for somebody elsewhere keep no other run from its work, and have a limit of their own', async () => {
  const slow = Array.from({ length: 12 }, (_, at) => `slow-${at}`);
  const answer = Promise.withResolvers<string>();
  const worked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let asking = 0;
  let most = 0;
  let done = 0;
  const engine = await open(async (id, { step }) => {
    const ask = async (): Promise<string> => {
      asking += 1;
      most = Math.max(most, asking);
      await answer.promise;
      asking -= 1;
      return '';
    };
    if (id !== 'quick') await step('ask', ask, 'waiting');
    await step('work', async () => {
      if (id === 'quick') worked.resolve();
      done += 1;
      if (done > slow.length) ended.resolve();
      return '';
    });
  });
  for (const id of slow.slice(0, 2)) await engine.start(id);
  await expect.poll(() => asking).toBe(2);
  for (const id of ['quick', ...slow.slice(2)]) await engine.start(id);
  await worked.promise;
  await expect.poll(() => asking).toBeGreaterThanOrEqual(4);
  answer.resolve('said');
  await ended.promise;
  expect(most).toBe(4);
});

test('a run that is cancelled while it waits for a place leaves it to the next one', async () => {
  const gate = Promise.withResolvers<string>();
  const begun: string[] = [];
  const done = Promise.withResolvers<void>();
  const engine = await open(async (id, { step }) => {
    await step('ask', async () => `${begun.push(`asked ${id}`)}`, 'waiting');
    await step('work', async () => {
      begun.push(id);
      if (id === 'd') done.resolve();
      return id < 'c' ? await gate.promise : '';
    });
  });
  for (const id of ['a', 'b']) await engine.start(id);
  await expect.poll(() => begun.filter((name) => name.length === 1)).toHaveLength(2);
  for (const id of ['c', 'd']) await engine.start(id);
  await expect.poll(() => begun.filter((name) => name.startsWith('asked'))).toHaveLength(4);
  await engine.cancel('c');
  gate.resolve('');
  await done.promise;
  expect(begun.filter((name) => name.length === 1)).toEqual(['a', 'b', 'd']);
});
