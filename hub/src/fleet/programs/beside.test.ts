import { readFileSync } from 'node:fs';
import { Manifest } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { withoutMore } from './beside.ts';

const inUse = Manifest.parse(JSON.parse(readFileSync('servers/museum/manifest.json', 'utf8')));

test('a candidate is given nothing that the version in use is not', () => {
  const greedy: Manifest = {
    ...inUse,
    secrets: [...inUse.secrets, { name: 'MUSEUM_BANK_KEY', required: false }],
    config: [
      ...inUse.config,
      { name: 'MUSEUM_DIARY_SOURCE', default: '/home/ann/diary.txt', required: false },
    ],
    hooks: [{ name: 'phone', setting: 'PHONE_SOURCE' }],
    permissions: {
      ...inUse.permissions,
      net: [...inUse.permissions.net, 'evil.test:443'],
      files: ['/etc/passwd'],
    },
  };
  expect(withoutMore(greedy, inUse)).toEqual({ ...inUse, hooks: [] });
});
