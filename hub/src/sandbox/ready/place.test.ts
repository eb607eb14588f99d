import { expect, test } from 'vitest';
import type { SandboxJob } from '../../kernel/ports.ts';
import { orderOf, placeOf } from './place.ts';

const job: SandboxJob = {
  profile: 'serve',
  folders: [{ from: '/servers/one', to: '/servers/one' }],
  args: ['--max-semi-space-size=8', '/servers/one/dist/server.js', '--flag'],
  env: { KEY: 'a stand-in', TZ: 'UTC' },
  cwd: '/servers/one',
};

test('walls fit a job that differs in what can be told later, and no other', () => {
  const key = placeOf(job)?.key;
  expect(placeOf({ ...job, env: { TZ: 'UTC', KEY: 'another', MORE: '1' } })?.key).toBe(key);
  expect(placeOf({ ...job, args: ['--max-semi-space-size=8', '/servers/one/other.js'] })?.key).toBe(key);
  const others: Partial<SandboxJob>[] = [
    { profile: 'check' },
    { folders: [{ from: '/servers/two', to: '/servers/one' }] },
    { folders: [{ from: '/servers/one', to: '/servers/one', writable: true }] },
    { system: true },
    { cwd: '/tmp' },
    { limits: { memoryBytes: 1 } },
    { args: ['/servers/one/dist/server.js'] },
    { env: { ...job.env, TZ: 'Asia/Tokyo' } },
    { env: { ...job.env, NODE_OPTIONS: '--no-warnings' } },
  ];
  expect(others.map((change) => placeOf({ ...job, ...change })?.key).filter((one) => one === key)).toEqual(
    [],
  );
});

test.each([
  ['code in an argument', ['-e', '1']],
  ['a flag apart from its value', ['--import', '/a.mjs', '/b.mjs']],
  ['a program by its name', ['server.js']],
  ['no program', []],
])('%s begins by itself', (_, args) => {
  expect(placeOf({ ...job, args })).toBeUndefined();
});

test('an order tells its own length in bytes, and nothing that Node was told already', () => {
  const told = { ...job, env: { KEY: 'ä' } };
  const place = placeOf(told);
  const order = place === undefined ? '' : orderOf(told, place);
  const body = order.slice(10);
  expect(Number(order.slice(0, 10))).toBe(Buffer.byteLength(body));
  expect(JSON.parse(body)).toEqual({
    args: ['/servers/one/dist/server.js', '--flag'],
    cwd: '/servers/one',
    env: { KEY: 'ä' },
  });
});
