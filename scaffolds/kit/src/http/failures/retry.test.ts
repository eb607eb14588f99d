import { describe, expect, test } from 'vitest';
import { HttpFailure } from './http-failure.ts';
import { nextRetry, retryAfterMs, type Attempt } from './retry.ts';

const attempt = (parts: Partial<Attempt>): Attempt => ({
  attempt: 0,
  idempotent: true,
  outcome: { status: 503 },
  random: 1,
  now: 0,
  ...parts,
});

describe('repeating a call', () => {
  test('waits longer each time and ends after two repeats', () => {
    expect([0, 1, 2].map((number) => nextRetry(attempt({ attempt: number })))).toEqual([
      { kind: 'retry', delayMs: 250 },
      { kind: 'retry', delayMs: 500 },
      { kind: 'give-up' },
    ]);
  });

  test('a call with effects is never repeated', () => {
    expect(nextRetry(attempt({ idempotent: false }))).toEqual({ kind: 'give-up' });
    expect(nextRetry(attempt({ idempotent: false, outcome: new HttpFailure('connect', 'x') }))).toEqual({
      kind: 'give-up',
    });
  });

  test.each([200, 400, 401, 404, 500, 501])('status %i is an answer, not an accident', (status) => {
    expect(nextRetry(attempt({ outcome: { status } }))).toEqual({ kind: 'give-up' });
  });

  test('broken connections are repeated, timeouts and refusals are not', () => {
    const kinds = (['connect', 'network', 'timeout', 'refused'] as const).map(
      (kind) => nextRetry(attempt({ outcome: new HttpFailure(kind, 'x') })).kind,
    );
    expect(kinds).toEqual(['retry', 'retry', 'give-up', 'give-up']);
  });

  test('a short Retry-After is waited for, a long one is the caller’s to decide', () => {
    expect(nextRetry(attempt({ outcome: { status: 429, retryAfter: '2' } }))).toEqual({
      kind: 'retry',
      delayMs: 2_000,
    });
    expect(nextRetry(attempt({ outcome: { status: 429, retryAfter: '60' } }))).toEqual({ kind: 'give-up' });
  });

  test('Retry-After may be a date', () => {
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 2_000)).toBe(3_000);
    expect(retryAfterMs('soon', 0)).toBeUndefined();
  });
});
