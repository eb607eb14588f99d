import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../hub/src/kernel/clock.ts';
import type { ProcessSpec } from '../../hub/src/kernel/ports.ts';
import { fixture, Rig, specOf, until } from '../fixtures/supervisor/rig.ts';

/** Quiet times pass ten times as fast. */
const clock = {
  now: () => Date.now(),
  after: (delayMs: number, task: () => void) => systemClock.after(delayMs / 10, task),
};
const rigWith = (more: { count?: number; available?: () => number } = {}): Rig =>
  new Rig({ clock, spares: { count: 1, env: {}, ...more } });

let folder: string;
const rigs: Rig[] = [];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'spares-')));
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) assert.deepEqual(await rig.end(), []);
  rmSync(folder, { recursive: true });
});

const keep = (rig: Rig): Rig => {
  rigs.push(rig);
  return rig;
};

/** A server that says on standard error what it finds itself in. */
function selfish(id: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  const file = join(folder, `${id}.mjs`);
  const self = '{ env: process.env, cwd: process.cwd(), argv: process.argv.slice(1) }';
  writeFileSync(
    file,
    `console.error(JSON.stringify(${self}));\nawait import(${JSON.stringify(fixture('ok'))});\n`,
  );
  return specOf('ok', { id, args: [file, '--flag'], cwd: folder, warm: true, ...more });
}

const Self = z.object({ env: z.record(z.string(), z.string()), cwd: z.string(), argv: z.array(z.string()) });

test('a server begins in the process kept for it, with its own environment, folder and arguments and nothing else', async () => {
  const rig = keep(rigWith());
  const { protocol, process: one } = rig.add(selfish('one', { env: { ONE_KEY: 'first secret' } }));
  const { process: two } = rig.add(selfish('two', { env: { TWO_KEY: 'second secret' } }));
  for (const [server, own] of [
    [one, { ONE_KEY: 'first secret' }],
    [two, { TWO_KEY: 'second secret' }],
  ] as const) {
    await until(() => rig.supervisor.sparePids.length === 1);
    const [spare] = rig.supervisor.sparePids;
    await server.ready();
    expect(server.snapshot.pid).toBe(spare);
    await until(() => server.stderr().length > 0);
    const { env, cwd, argv } = Self.parse(JSON.parse(server.stderr().join('\n')));
    const { COUNTERPART_SPAWN: marker, ...rest } = env;
    expect([rest, cwd, argv.slice(1), marker !== undefined]).toEqual([own, folder, ['--flag'], true]);
  }
  expect(await protocol.call('echo', { text: 'hello' })).toBe('hello');
});

test('no process is kept where no server could begin in one, and none takes it that would differ', async () => {
  const rig = keep(rigWith());
  const { process: plain } = rig.add(selfish('plain', { warm: false }));
  await plain.ready();
  await new Promise((resolve) => systemClock.after(400, () => resolve(undefined)));
  expect(rig.supervisor.sparePids).toEqual([]);
  rig.add(selfish('warm'));
  await until(() => rig.supervisor.sparePids.length === 1);
  const { process: flagged } = rig.add(selfish('flagged', { env: { NODE_OPTIONS: '--no-warnings' } }));
  await flagged.ready();
  expect(rig.supervisor.sparePids).not.toContain(flagged.snapshot.pid);
});

test('without free memory no process is kept, and as soon as there is some one is', async () => {
  let free = 0;
  let asked = 0;
  const available = () => {
    asked += 1;
    return free;
  };
  const rig = keep(
    new Rig({
      clock: { ...clock, after: (ms, task) => systemClock.after(ms / 500, task) },
      spares: { count: 2, env: {}, available },
    }),
  );
  rig.add(selfish('one'));
  await until(() => asked > 1);
  expect(rig.supervisor.sparePids).toEqual([]);
  free = Number.MAX_SAFE_INTEGER;
  await until(() => rig.supervisor.sparePids.length === 2);
});

test('a spare that is gone costs its server nothing', async () => {
  const rig = keep(rigWith());
  const { process: one } = rig.add(selfish('one'));
  await until(() => rig.supervisor.sparePids.length === 1);
  process.kill(rig.supervisor.sparePids[0] ?? 0, 'SIGKILL');
  await until(() => rig.supervisor.sparePids.length === 0);
  await one.ready();
  expect(one.snapshot).toMatchObject({ state: 'ready', restarts: 0 });
});

test('a server that began in a spare ends like any other, and one that breaks at once says why', async () => {
  const rig = keep(rigWith());
  const { process: broken } = rig.add(selfish('broken', { args: [join(folder, 'nowhere.mjs')] }));
  await until(() => rig.supervisor.sparePids.length === 1);
  await expect(broken.ready()).rejects.toThrow(/ERR_MODULE_NOT_FOUND/);
  const { process: one } = rig.add(selfish('one'));
  await until(() => rig.supervisor.sparePids.length === 1);
  await one.ready();
  await one.stop();
  expect(one.snapshot.state).toBe('stopped');
});
