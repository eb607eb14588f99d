import type { PendingTool } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { listPage } from './list-page.ts';

test('of many tools that wait the first are named and the others counted', () => {
  const waiting = (number: number): readonly PendingTool[] =>
    Array.from({ length: number }, (_, at) => ({
      server: 'a',
      tool: `tool_${at}_`,
      change: 'changed',
      state: 'awaiting',
      hash: `sha256-${'0'.repeat(64)}`,
      seenAt: '2026-11-23T12:00:00Z',
    }));
  const page = (number: number): string =>
    listPage('/review/x', { builds: [], tools: waiting(number), decided: [] }).body.text;
  expect(page(200)).toContain('tool_11_ and 188 more');
  expect(page(200)).not.toContain('tool_12_');
  expect(page(13)).toContain('tool_12_');
});
