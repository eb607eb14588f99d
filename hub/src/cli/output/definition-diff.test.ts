import { expect, test } from 'vitest';
import { definitionDifferences } from '../../approvals/differences.ts';
import { renderProposal } from './definition-diff.ts';
import { createPaint } from './text/paint.ts';

const before = {
  name: 'read',
  description: 'First line.\nSecond line.',
  inputSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
};

test('two definitions differ where their parts do, whatever the order', () => {
  const after = {
    inputSchema: { properties: { a: { type: 'integer' }, b: {} }, type: 'object', required: ['a', 'b'] },
    name: 'read',
  };
  expect(definitionDifferences(before, after)).toEqual([
    { where: 'inputSchema.properties.a.type', before: 'string', after: 'integer' },
    { where: 'inputSchema.properties.b', before: undefined, after: '{}' },
    { where: 'inputSchema.required', before: '["a"]', after: '["a","b"]' },
    { where: 'description', before: 'First line.\nSecond line.', after: undefined },
  ]);
  expect(definitionDifferences(before, { ...before })).toEqual([]);
});

test('a change is shown with its place, its lines and what is hidden in it', () => {
  const proposal = {
    server: 'notes',
    tool: 'read',
    change: 'changed' as const,
    state: 'awaiting' as const,
    hash: `sha256-${'0'.repeat(64)}`,
    seenAt: '2026-01-01T00:00:00.000Z',
    before: { definition: before, approvedAt: '2025-12-31T10:20:30.000Z', approvedBy: 'owner via cli' },
    after: { ...before, description: 'First line.\nSecond\u200b line.' },
    notices: [{ where: 'description', kind: 'hidden-characters' as const, detail: 'holds U+200B' }],
  };
  expect(renderProposal(proposal, createPaint(false))).toBe(
    [
      'read  changed, approved 2025-12-31 10:20 (owner via cli)',
      '  description',
      '    First line.',
      '  - Second line.',
      '  + Second⟨U+200B⟩ line.',
      '  ! description holds U+200B',
    ].join('\n'),
  );
});
