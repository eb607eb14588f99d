import { expect, test } from 'vitest';
import { extentOf, toolAction, wantedAction, withoutManners } from './action.ts';

test.each([
  ['how do I create a webhook', 'create'],
  ['could you please remove the webhook', 'delete'],
  ['is there a way to rename a channel', 'change'],
  ['which webhooks are there', 'read'],
  ['how many webhooks are there', 'read'],
  ['get rid of a webhook', 'delete'],
  ['switch a plugin off', 'change'],
  ['webhooks', undefined],
  ['', undefined],
])('%s: %s is wanted', (query, action) => {
  expect(wantedAction(query)).toBe(action);
});

test('what leads up to a request is no part of it', () => {
  expect(withoutManners('How can I list CSINode objects')).toBe('list CSINode objects');
  expect(withoutManners('howto')).toBe('howto');
});

test('a tool that only reads reads, whatever its name; else its first verb tells', () => {
  const tool = { name: 'post_search', description: 'Search.', inputSchema: { type: 'object' as const } };
  expect(toolAction({ ...tool, annotations: { readOnlyHint: true } })).toBe('read');
  expect(toolAction({ ...tool, name: 'x', description: 'Deletes a page.' })).toBe('delete');
  expect(toolAction({ ...tool, name: 'thing', description: 'A thing.' })).toBeUndefined();
});

test('one and many are told apart where a text says which', () => {
  expect(['look up one issue', 'all issues', 'which issues are open', 'issues'].map(extentOf)).toEqual([
    'one',
    'many',
    'many',
    undefined,
  ]);
});
