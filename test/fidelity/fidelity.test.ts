import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BEHAVIOURS } from './behaviours/index.ts';
import { CELLS, cellName } from './cells.ts';
import { expectedBehaviours, expectedFailure } from './expected-failures.ts';
import { startHubSubject } from './hub-subject.ts';
import { Prober } from './probe.ts';
import type { Subject } from './subject.ts';

const LIMIT_MS = 10_000;
/** What is known to fail is not waited for so long. */
const SHORT_MS = 1_000;

let subject: Subject | undefined;
let prober: Prober | undefined;

beforeAll(async () => {
  subject = await startHubSubject();
  prober = new Prober(subject, { limitMs: LIMIT_MS });
});

afterAll(async () => {
  await prober?.close();
  await subject?.close();
});

it('at least 60 behaviours are looked at, each under a name of its own, and the known failures are among them', () => {
  const ids = BEHAVIOURS.map(({ id }) => id);
  expect(ids.length).toBeGreaterThanOrEqual(60);
  expect(new Set(ids).size).toBe(ids.length);
  expect(expectedBehaviours.filter((id) => !ids.includes(id))).toEqual([]);
});

for (const cell of CELLS)
  describe(`a client cannot tell the hub from the server behind it: ${cellName(cell)}`, () => {
    for (const behaviour of BEHAVIOURS) {
      if (behaviour.absent?.(cell) !== undefined || isForProcesses(behaviour.kind, cell.upstream)) continue;
      const known = expectedFailure(behaviour.id, cell);
      it(`${behaviour.id}: ${behaviour.title}${known === undefined ? '' : ' (known to fail)'}`, async () => {
        const outcome = await prober?.probe(behaviour, cell, known === undefined ? undefined : SHORT_MS);
        // A known failure that passes now is taken out of expected-failures.txt.
        const wanted = known === undefined ? 'pass' : 'fail';
        expect(known === undefined ? outcome : { kind: outcome?.kind }).toEqual({ kind: wanted });
      });
    }
  });

/** The hub runs no remote server, so it can neither crash nor be stopped by it. */
function isForProcesses(kind: string | undefined, upstream: string): boolean {
  return kind === 'fragile' && upstream === 'http';
}
