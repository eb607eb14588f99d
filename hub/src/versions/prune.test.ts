import { ServerId } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import type { KeptVersion } from './kept.ts';
import { superfluous } from './prune.ts';

const hash = (digit: number): string => `sha256-${String(digit).padStart(64, '0')}`;
const version = (number: number, before?: number): KeptVersion => ({
  name: `v${number}`,
  dir: '',
  packageDir: '',
  keyId: '',
  provenance: {
    server: ServerId.parse('notes'),
    version: `1.${number}.0`,
    content: hash(number),
    definitions: hash(0),
    ...(before === undefined ? {} : { before: hash(before) }),
    installedAt: '2026-01-01T00:00:00.000Z',
    toolkit: '0.0.0',
    author: { kind: 'person' },
  },
});
const namesOf = (versions: readonly KeptVersion[]) => versions.map(({ name }) => name);
const five = [version(5, 4), version(4, 3), version(3, 2), version(2, 1), version(1)];

test('the newest are kept, as many as are wanted', () => {
  expect(namesOf(superfluous(five, { keep: 3, active: five[0] }))).toEqual(['v2', 'v1']);
});

test('the version in use and the one before it are kept, however old they are', () => {
  expect(namesOf(superfluous(five, { keep: 2, active: five[3] }))).toEqual(['v5', 'v4', 'v3']);
  expect(namesOf(superfluous(five, { keep: 3, active: five[3] }))).toEqual(['v4', 'v3']);
});
