import { Fault } from '@counterpart/schemas/mirror/fault';
import { describe, expect, test } from 'vitest';
import { createFaultPlan } from './fault-plan.ts';

const plan = (seed = 1, now = () => 0) => createFaultPlan(seed, now);
const fault = (value: object) => Fault.parse(value);

describe('a plan of faults', () => {
  test('strikes the operations it names, so often as it says, and is over then', () => {
    const faults = plan();
    faults.inject(fault({ kind: 'error', operations: ['get_pet'], times: 2 }));
    const struck = ['list_pets', 'get_pet', undefined, 'get_pet', 'get_pet'].map(
      (operation) => faults.strikes(operation).length,
    );
    expect(struck).toEqual([0, 1, 0, 1, 0]);
    expect(faults.active).toEqual([]);
  });

  test('strikes the same calls with the same seed, and others with another', () => {
    const course = (seed: number): string => {
      const faults = plan(seed);
      faults.inject(fault({ kind: 'error', rate: 0.5 }));
      return Array.from({ length: 40 }, () => faults.strikes('a').length).join('');
    };
    expect(course(1)).toBe(course(1));
    expect(course(1)).not.toBe(course(2));
    expect(course(1).replaceAll('0', '').length).toBeGreaterThan(8);
  });

  test('lets calls through until the limit of a window, and tells when it ends', () => {
    let now = 0;
    const faults = plan(1, () => now);
    faults.inject(fault({ kind: 'rate-limit', limit: 2, windowMs: 10_000 }));
    expect([1, 2].map(() => faults.strikes('a').length)).toEqual([0, 0]);
    now = 4_000;
    expect(faults.strikes('a')[0]?.retryAfterS).toBe(6);
    now = 10_000;
    expect(faults.strikes('a')).toEqual([]);
  });

  test('a fault that answers by itself leaves the ones after it for the next call', () => {
    const faults = plan();
    faults.inject(fault({ kind: 'latency', ms: 5 }));
    faults.inject(fault({ kind: 'error', times: 1 }));
    faults.inject(fault({ kind: 'truncate', times: 1 }));
    const kinds = () => faults.strikes('a').map((strike) => strike.fault.kind);
    expect([kinds(), kinds(), kinds()]).toEqual([['latency', 'error'], ['latency', 'truncate'], ['latency']]);
  });

  test.each(['uniform', 'normal', 'exponential'])(
    'waits at least what it says, with %s jitter',
    (distribution) => {
      const faults = plan(7);
      faults.inject(fault({ kind: 'latency', ms: 100, jitterMs: 50, distribution }));
      const waits = Array.from({ length: 200 }, () => faults.strikes('a')[0]?.waitMs ?? 0);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(100);
      expect(Math.max(...waits)).toBeLessThanOrEqual(600);
      expect(new Set(waits).size).toBeGreaterThan(20);
    },
  );

  test('counts go on where they were', () => {
    const faults = plan();
    faults.inject(fault({ kind: 'error', id: 'again', times: 3 }), 2);
    expect(faults.active).toEqual([
      { id: 'again', fault: fault({ kind: 'error', id: 'again', times: 3 }), struck: 2, left: 1 },
    ]);
    faults.strikes('a');
    expect(faults.active).toEqual([]);
  });
});
