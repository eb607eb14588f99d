import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runJob } from './run-job.ts';
import { unsafeLocal } from './unsafe-local.ts';

const run = (code: string, limits = {}) =>
  runJob(unsafeLocal, {
    profile: 'check',
    folders: [],
    args: ['-e', code, '/tmp/out'],
    env: { HOME: '/tmp' },
    limits,
  });

test('a job without walls has a folder for its /tmp that is gone afterwards, and no environment of the hub', async () => {
  const { end, stdout } = await run(
    'require("fs").writeFileSync(process.argv[1], "x"); console.log(JSON.stringify([process.env, process.argv[1], process.cwd()]))',
  );
  expect(end).toEqual({ outcome: 'exited', code: 0 });
  const [env, file, cwd] = JSON.parse(stdout) as [Record<string, string>, string, string];
  expect(env).toEqual({ HOME: cwd });
  expect(file).toBe(`${cwd}/out`);
  expect(existsSync(cwd)).toBe(false);
});

test('it ends when its time is over, with what it started', async () => {
  const code = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(()=>{},1e3)']); setInterval(()=>{},1e3)`;
  expect((await run(code, { timeMs: 500 })).end).toEqual({ outcome: 'timed-out' });
});

test('what would have to stand elsewhere is refused before anything runs', async () => {
  const job = { profile: 'check', folders: [{ from: '/usr', to: '/app' }], args: [], env: {} } as const;
  await expect(unsafeLocal.open(job)).rejects.toMatchObject({ code: 'SANDBOX_FAILED' });
});
