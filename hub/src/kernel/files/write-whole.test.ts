import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '../ids.ts';
import { sweepUnfinished, writeWhole } from './write-whole.ts';

test('what killed writes of a file left beside it is removed, and nothing else', () => {
  const directory = mkdtempSync(join(tmpdir(), 'whole-'));
  const file = join(directory, 'hub.config.json');
  writeWhole(file, '{}');
  const left = join(directory, `.hub.config.json.${newId()}`);
  const running = `.hub.config.json.${newId()}`;
  const foreign = [`.other.json.${newId()}`, '.hub.config.json.swp', 'hub.config.json.bak'];
  for (const name of [running, ...foreign]) writeFileSync(join(directory, name), '');
  writeFileSync(left, '{"half');
  for (const name of [left, ...foreign.map((name) => join(directory, name))]) utimesSync(name, 1, 1);
  sweepUnfinished(file, Date.now());
  sweepUnfinished(join(directory, 'no', 'such', 'file'), Date.now());
  const names = new Set(readdirSync(directory));
  rmSync(directory, { recursive: true });
  expect(names).toEqual(new Set(['hub.config.json', running, ...foreign]));
});
