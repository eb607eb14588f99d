import { expect, test } from 'vitest';
import { hubError, toCounterpartError } from './errors.ts';

test.each([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the disk can only be read'],
])('a disk that answers %s is told as a disk, not as our mistake', (code, words) => {
  const thrown = Object.assign(new Error(`${code}: write`), { code, path: '/data/part.json' });
  expect(toCounterpartError(thrown)).toMatchObject({
    code: 'DATA_UNWRITABLE',
    message: `Cannot write to /data/part.json: ${words}`,
  });
  const copied = Object.assign(thrown, { dest: '/data/copy.json' });
  expect(toCounterpartError(copied).message).toBe(`Cannot write to /data/copy.json: ${words}`);
  expect(toCounterpartError(new Error('another')).code).toBe('INTERNAL');
});

test('what is said in one breath is sentences, also where a detail ends with no period', () => {
  const said = hubError('ARGUMENTS_INVALID', { tool: 'shop__get', detail: 'name must be a string' });
  expect(said.words).toBe(`${said.message}. ${said.fix}`);
  const ended = hubError('ARGUMENTS_INVALID', { tool: 'shop__get', detail: 'name must be a string.' });
  expect(ended.words).toBe(said.words);
});
