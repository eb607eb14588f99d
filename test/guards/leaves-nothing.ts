import { afterAll, expect } from 'vitest';
// What every program that reads JSON here has in its process from the start (0125).
import '@counterpart/schemas/exact-json';
import { changedSince, sharedState } from './shared-process.ts';

// Runs with every unit test file: they share processes, and what one changes for all would decide how those after it end.
const before = sharedState();
afterAll(() => {
  expect(changedSince(before), 'left changed for the test files that follow in the process').toEqual([]);
});
