import { describe, expect, test } from 'vitest';
import { admit, type Circuit, type CircuitOutcome, CLOSED, isGivenUp, settle } from './circuit.ts';
import { verifies } from '../../../../test/verifies.ts';
import { fullBucket, takeToken } from './token-bucket.ts';

describe('an allowance', () => {
  test('is used up at once if need be, and comes back evenly', () => {
    let bucket = fullBucket(3, 0);
    const at = [0, 0, 0, 0, 19_999, 20_000, 20_001, 600_000, 600_000, 600_000, 600_000];
    const waits = at.map((now) => {
      const taken = takeToken(bucket, 3, now);
      bucket = taken.bucket;
      return taken.waitMs;
    });
    expect(waits).toEqual([0, 0, 0, 20_000, 1, 0, 19_999, 0, 0, 0, 20_000]);
  });
});

describe('a circuit', () => {
  const policy = { failures: 3, pauseMs: 1_000, pauses: 2 };
  const after = (outcomes: readonly CircuitOutcome[], from: Circuit = CLOSED, now = 0): Circuit =>
    outcomes.reduce<Circuit>((circuit, outcome) => settle(circuit, outcome, policy, now), from);

  test('opens after failures in a row, and not before', () => {
    verifies('C07');
    expect(after(['failure', 'failure', 'success', 'failure', 'nothing', 'failure']).kind).toBe('closed');
    expect(after(['failure', 'failure', 'failure', 'failure'])).toEqual({
      kind: 'open',
      until: 1_000,
      pauses: 1,
    });
  });

  test('lets one request see whether the service is back', () => {
    verifies('C07');
    const open = after(['failure', 'failure', 'failure']);
    expect(admit(open, 999).passes).toBe(false);
    const { circuit: probing, passes } = admit(open, 1_000);
    expect([passes, probing, admit(probing, 1_000).passes]).toEqual([
      true,
      { kind: 'half-open', pauses: 1 },
      false,
    ]);
    expect(after(['success'], probing)).toEqual(CLOSED);
    expect(admit(after(['nothing'], probing, 1_500), 1_500).passes).toBe(true);
    expect(after(['failure'], probing, 1_000)).toEqual({ kind: 'open', until: 3_000, pauses: 2 });
  });

  test('is given up after as many pauses as the policy says, and pauses have an end', () => {
    const third = after(['failure'], { kind: 'half-open', pauses: 2 }, 0);
    expect([isGivenUp(third, policy), isGivenUp(third, { ...policy, pauses: 0 })]).toEqual([true, false]);
    expect(after(['failure'], { kind: 'half-open', pauses: 40 }, 0)).toMatchObject({ until: 600_000 });
  });
});
