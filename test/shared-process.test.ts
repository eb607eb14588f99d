import { expect, test, vi } from 'vitest';
import { changedSince, sharedState } from './guards/shared-process.ts';

/** What a file that leaves this behind is told, which is taken back before it ends. */
function toldOf(change: () => void, takeBack: () => void): string[] {
  const before = sharedState();
  try {
    change();
    return changedSince(before);
  } finally {
    takeBack();
  }
}

test('a test file that leaves the process as it was is told nothing', () => {
  expect(changedSince(sharedState())).toEqual([]);
});

test('a variable that stays set is named, and what it holds is not', () => {
  const told = toldOf(
    () => vi.stubEnv('LEFT_BEHIND', 'a-secret'),
    () => vi.unstubAllEnvs(),
  );
  expect(told).toEqual(['the variable LEFT_BEHIND']);
});

test('timers, globals and listeners that stay replaced are named', () => {
  const timers = toldOf(
    () => vi.useFakeTimers({ toFake: ['setTimeout'] }),
    () => vi.useRealTimers(),
  );
  expect(timers).toEqual(['globalThis.setTimeout']);
  const globals = toldOf(
    () => vi.stubGlobal('fetch', () => undefined),
    () => vi.unstubAllGlobals(),
  );
  expect(globals).toEqual(['globalThis.fetch']);
  const listen = (): void => undefined;
  const listeners = toldOf(
    () => process.on('SIGUSR2', listen),
    () => process.off('SIGUSR2', listen),
  );
  expect(listeners).toEqual(['listener 1 of process for SIGUSR2']);
});

test('what the language has and a test spies on is named', () => {
  const told = toldOf(
    () => {
      vi.spyOn(Array.prototype, 'at');
      vi.spyOn(Math, 'random');
    },
    () => vi.restoreAllMocks(),
  );
  expect(told).toEqual(['Math.random', 'Array.prototype.at']);
});
