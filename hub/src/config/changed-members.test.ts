import { expect, test } from 'vitest';
import { changedMembers } from './changed-members.ts';

test('the innermost members that differ are named, and no value', () => {
  const before = { policy: { deny: ['a'] }, mcpServers: { 'a/b': { env: { KEY: 'one' } } }, port: 1 };
  const after = { policy: { deny: ['a', 'b'] }, mcpServers: { 'a/b': { env: { KEY: 'two' } } }, port: 1 };
  expect(changedMembers(before, after)).toEqual(['/mcpServers/a~1b/env/KEY', '/policy/deny']);
  expect(changedMembers(before, before)).toEqual([]);
  expect(changedMembers({}, { policy: { readOnly: true } })).toEqual(['/policy']);
});
