import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QuestionKind } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BuildFolder } from './build-folder.ts';
import { stuckIn } from './stuck.ts';

let path: string;
let folder: BuildFolder;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'build-'));
  folder = new BuildFolder(path);
});
afterEach(() => rmSync(path, { recursive: true }));

const planned = (): void =>
  folder.keepResult('intake-0', {
    kind: 'code',
    name: 'vowels',
    title: 'Vowels',
    summary: 'Counts.',
    net: [],
  });
const reported = (count: number, passed = false): void => {
  for (let round = 0; round < count; round += 1) folder.keepReport({ round, passed, diagnostics: [] });
};
const asked = (number: number, kind: QuestionKind = 'plan'): void =>
  folder.ask({
    build: 'b-0000000000',
    number,
    kind,
    pack: 'plan@1',
    system: '',
    prompt: '',
    tokens: 1,
  });

test('a model that did not answer is asked by going on; answers that are no plan are asked for anew', () => {
  for (const number of [1, 2]) {
    asked(number);
    expect(stuckIn(folder, 'intake')).toBeUndefined();
    folder.keepAnswer(number, { text: 'No idea, sorry.' });
    expect(stuckIn(folder, 'intake')).toBe('intake');
  }
  planned();
  expect(stuckIn(folder, 'intake')).toBeUndefined();
});

test('drafts are numbered after the questions for the plan', () => {
  expect(folder.firstDraft).toBe(2);
  for (const number of [1, 2, 3]) asked(number);
  asked(4, 'code');
  expect(folder.firstDraft).toBe(4);
});

test('a folder or a description that did not pass is read anew: nobody is asked for a repair of it', () => {
  planned();
  reported(1);
  expect(stuckIn(folder, 'check')).toBe('write');
});

test('a draft whose repairs are left goes on with them, and is drafted anew when they are used up', () => {
  planned();
  asked(1);
  asked(2, 'code');
  reported(2);
  expect(stuckIn(folder, 'write')).toBeUndefined();
  reported(4);
  expect(stuckIn(folder, 'test')).toBe('write');
});

test('what passed is not done again', () => {
  planned();
  reported(1, true);
  expect(stuckIn(folder, 'install')).toBeUndefined();
});
