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
