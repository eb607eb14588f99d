import { expect, test } from 'vitest';
import { loopDetail } from '../../../../test/fixtures/loop-detail.ts';
import { told } from './told.ts';

test('a client whose call was cut off is told that the build goes on, and how to see when it rests', () => {
  for (const state of ['queued', 'running'] as const)
    expect(told(loopDetail(state)).next).toMatch(/^It is at work.*Call build_status/);
});

test('a build at its end says what can be done with it', () => {
  expect(told(loopDetail('installed')).next).toMatch(/its tools can be used/);
  expect(told(loopDetail('rejected')).next).toBe('Nothing is left to do.');
  expect(told(loopDetail('waiting', { waitsFor: 'approval' })).next).toMatch(/^Call build_submit/);
});
