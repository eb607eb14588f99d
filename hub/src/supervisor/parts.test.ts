import { expect, test } from 'vitest';
import { describeExit, describeSpawnError, describeStderr } from './process/causes.ts';
import { findCircle } from '../versions/dependencies.ts';
import { stopOrder } from './dependencies.ts';
import { createGate } from './gate.ts';
import { StderrRing } from './process/stderr-ring.ts';

const asItIs = (text: string): string => text;

test('the ring keeps the last characters and leaves out a line that lost its beginning', () => {
  const ring = new StderrRing(20, asItIs);
  ring.push(Buffer.from('one\r\ntwo\n'));
  expect(ring.lines()).toEqual(['one', 'two']);
  for (let line = 0; line < 5_000; line += 1) ring.push(Buffer.from(`line ${line}\n`));
  expect(ring.lines()).toEqual(['line 4998', 'line 4999']);
  ring.push(Buffer.from('a'));
  expect(ring.lines()).toEqual(['line 4999', 'a']);
  ring.push(Buffer.from(`${'x'.repeat(100)}\nend`));
  expect(ring.lines()).toEqual(['end']);
});

test('the ring gives no secret back, wherever writes, characters and the limit cut through it', () => {
  const secret = 'geheim-ä-schlüssel';
  const redact = (text: string): string => text.replaceAll(secret, '*');
  for (let limit = 1; limit < 40; limit += 1) {
    const ring = new StderrRing(limit, redact);
    for (const byte of Buffer.from(`key=${secret}\n`.repeat(3))) ring.push(Buffer.from([byte]));
    const kept = ring.lines().join('\n');
    expect(kept).not.toMatch(/geheim|lüssel/);
    expect('key=*\nkey=*\nkey=*').toContain(kept);
  }
});

test('the gate lets so many through, keeps their order, and frees a place also after a failure', async () => {
  const gate = createGate(2);
  const log: string[] = [];
  const finish: (() => void)[] = [];
  const task = (name: string) =>
    gate(async () => {
      log.push(name);
      await new Promise<void>((resolve) => finish.push(resolve));
      if (name === 'a') throw new Error(name);
    }).catch(() => undefined);
  const all = ['a', 'b', 'c', 'd'].map(task);
  expect(log).toEqual(['a', 'b']);
  finish[0]?.();
  await all[0];
  expect(log).toEqual(['a', 'b', 'c']);
  for (const done of finish) done();
  await all[1];
  for (const done of finish) done();
  await Promise.all(all.slice(0, 3));
  finish.at(-1)?.();
  await all[3];
  expect(log).toEqual(['a', 'b', 'c', 'd']);
});

test('a circle is found wherever it leads through, and only where there is one', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
    ['d', ['nowhere']],
    ['e', ['a', 'f']],
    ['f', ['e']],
  ]);
  expect(findCircle('a', graph)).toBeUndefined();
  expect(findCircle('e', graph)).toEqual(['e', 'f', 'e']);
  expect(findCircle('x', new Map([['x', ['x']]]))).toEqual(['x', 'x']);
});

test('dependents stop before what they depend on, a circle at last all at once', () => {
  const chain = new Map([
    ['base', []],
    ['app', ['mid', 'base']],
    ['mid', ['base']],
    ['alone', []],
  ]);
  expect(stopOrder(chain)).toEqual([['app', 'alone'], ['mid'], ['base']]);
  expect(
    stopOrder(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    ),
  ).toEqual([['a', 'b']]);
});

test.each([
  [{ code: 3, signal: null }, 'it exited with status 3'],
  [{ code: null, signal: 'SIGSEGV' as const }, 'it was ended by SIGSEGV'],
  [
    { code: null, signal: 'SIGKILL' as const },
    'it was ended by SIGKILL, as the system does when memory runs out',
  ],
])('the end %j reads: %s', (exit, words) => {
  expect(describeExit(exit)).toBe(words);
});

test('of standard error the last lines are shown, cut when they are long', () => {
  expect(describeStderr(['', ' '])).toBe('; it printed nothing to standard error');
  const shown = describeStderr([
    ...Array.from({ length: 20 }, (_, index) => `line ${index}`),
    'x'.repeat(400),
  ]).split('\n');
  expect(shown).toHaveLength(13);
  expect(shown[1]).toBe('  line 9');
  expect(shown.at(-1)).toBe(`  ${'x'.repeat(300)}…`);
});

test('the line that names an error is shown, however much is printed below it', () => {
  const stack = Array.from({ length: 30 }, (_, index) => `    at f (/x.js:${index}:1)`);
  const shown = describeStderr(['throw err', 'Error [ERR_X]: no bindings file', ...stack, 'Node.js v24']);
  expect(shown.split('\n').slice(1, 4)).toEqual([
    '  Error [ERR_X]: no bindings file',
    '  …',
    '      at f (/x.js:21:1)',
  ]);
  expect(shown.split('\n')).toHaveLength(13);
});

const spec = {
  id: 'x',
  command: 'prog',
  args: [],
  cwd: '/tmp',
  env: {},
  restart: 'permanent',
  startTimeoutMs: 1,
  shutdownMs: 1,
  idleMs: 0,
  probeMs: 0,
  dependsOn: [],
} as const;

test('a long PATH is named by its first folders', () => {
  const env = { PATH: '/a:/b:/c:/d:/e' };
  const said = describeSpawnError({ ...spec, env }, Object.assign(new Error('said no'), { code: 'ENOENT' }));
  expect(said).toContain('its PATH (/a:/b:/c and 2 more);');
});

test.each([
  ['ENOENT', 'the program "prog" is in no folder of its PATH (not set)'],
  ['EACCES', 'chmod +x'],
  ['ENOEXEC', 'not a program this system can run'],
  ['E2BIG', 'too long for the system'],
  ['EAGAIN', 'no room for another process (EAGAIN)'],
  ['EPERM', 'refused to run prog in /tmp: said no'],
])('the refusal %s is explained: %s', (code, words) => {
  expect(describeSpawnError(spec, Object.assign(new Error('said no'), { code }))).toContain(words);
});
