import { expect, test } from 'vitest';
import { callerOf, newTrace, traceOf, traceparentOf } from './trace.ts';

test('a trace is found again in what a request of it carries, whose span is new each time', () => {
  const trace = newTrace();
  const [one, other] = [traceparentOf(trace), traceparentOf(trace)];
  expect([traceOf(one), traceOf(other)]).toEqual([trace, trace]);
  expect(one).not.toBe(other);
});

test.each([
  ['of a later version, with more', `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-more`, 'a'.repeat(32)],
  ['of zeros', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, undefined],
  ['of a caller of zeros', `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`, undefined],
  ['of the forbidden version', `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, undefined],
  ['in capital letters', `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`, undefined],
  ['cut off', `00-${'a'.repeat(32)}`, undefined],
  ['that is not there', undefined, undefined],
])('a traceparent %s', (_, given, trace) => {
  expect(traceOf(given)).toBe(trace);
  expect(callerOf(given)).toEqual(trace && { trace, parent: 'b'.repeat(16) });
});
