import { LoopDetail } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { told } from './told.ts';

const AT = '2026-01-01T00:00:00Z';
const detail = (more: object): LoopDetail =>
  LoopDetail.parse({
    id: 'b-0k3f9x2m1q',
    text: 'Count vowels',
    author: 'client',
    createdAt: AT,
    updatedAt: AT,
    order: { text: 'Count vowels', author: 'client' },
    steps: [],
    folder: '/builds/b-0k3f9x2m1q',
    ...more,
  });

test('a client whose call was cut off is told that the build goes on, and how to see when it rests', () => {
  for (const state of ['queued', 'running'])
    expect(told(detail({ state })).next).toMatch(/^It is at work.*Call build_status/);
});

test('a build at its end says what can be done with it', () => {
  expect(told(detail({ state: 'installed' })).next).toMatch(/its tools can be used/);
  expect(told(detail({ state: 'rejected' })).next).toBe('Nothing is left to do.');
  expect(told(detail({ state: 'waiting', waitsFor: 'approval' })).next).toMatch(/^Call build_submit/);
});
