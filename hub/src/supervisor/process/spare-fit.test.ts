import { expect, test } from 'vitest';
import type { ProcessSpec } from '../../kernel/ports.ts';
import { fitsSpare } from './spare-fit.ts';

const spareEnv = { PATH: '/bin', LANG: 'C.UTF-8' };
const spec: ProcessSpec = {
  id: 'x',
  command: process.execPath,
  args: ['/servers/x/dist/server.js'],
  cwd: '/servers/x',
  env: { PATH: '/usr/bin', LANG: 'C.UTF-8', X_KEY: 'k', NODE_COMPILE_CACHE: '/cache' },
  restart: 'permanent',
  startTimeoutMs: 1,
  shutdownMs: 1,
  idleMs: 0,
  probeMs: 0,
  dependsOn: [],
  warm: true,
};

test.each<[string, Partial<ProcessSpec>, boolean]>([
  ['a module of our Node with an environment of its own', {}, true],
  ['what is not known to be a module', { warm: undefined }, false],
  ['another program', { command: '/usr/bin/node' }, false],
  ['a module named by a relative path', { args: ['server.js'] }, false],
  ['nothing to run', { args: [] }, false],
  ['one whose folder is not said', { cwd: undefined }, false],
  ['one with flags for Node', { env: { ...spec.env, NODE_OPTIONS: '--no-warnings' } }, false],
  ['one with certificates read at the start', { env: { ...spec.env, NODE_EXTRA_CA_CERTS: '/x.pem' } }, false],
  ['one with a library to be loaded first', { env: { ...spec.env, LD_PRELOAD: '/x.so' } }, false],
  ['one in another language', { env: { ...spec.env, LANG: 'de_DE.UTF-8' } }, false],
  ['one in another time zone', { env: { ...spec.env, TZ: 'Asia/Tokyo' } }, false],
])('whether a spare can become %s', (_, change, fits) => {
  expect(fitsSpare({ ...spec, ...change }, spareEnv)).toBe(fits);
});
