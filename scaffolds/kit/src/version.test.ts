import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KIT_VERSION } from './version.ts';

test('the kit says the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(KIT_VERSION).toBe(version);
});
