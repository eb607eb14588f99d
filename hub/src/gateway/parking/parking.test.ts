import { expect, test } from 'vitest';
import type { Asking, Passage } from '../relay/passage.ts';
import { Parking } from './parking.ts';

/** No question is put to its client before a test is over. */
const clock = { now: () => 0, after: () => () => undefined };

function courseOf(principal?: string): Asking {
  const view = { kind: 'all', ...(principal === undefined ? {} : { principal }) } as const;
  const passage: Passage = {
    idText: '1',
    caller: { era: 'modern', capabilities: { elicitation: { form: {} } } },
    view,
    channel: { streams: true, send: () => true, finish: () => undefined, drop: () => undefined },
    ask: () => Promise.reject(new Error('not used')),
    metaText: '{}',
    done: () => undefined,
  };
  return {
    server: 's',
    request: { method: 'tools/call', params: {} },
    passage,
    hasClient: true,
    lacking: undefined,
    recheck: () => undefined,
    onEnd: undefined,
    cancel: () => undefined,
    detach: () => undefined,
    attach: () => undefined,
  };
}

test('calls of one person that wait for answers take half of the places at most, and the others find theirs', async () => {
  const parking = new Parking({
    clock,
    limits: { maxParkedCalls: 4, questionTimeoutMs: 1_000 },
    metaText: '{}',
  });
  const refused: string[] = [];
  const ask = async (course: Asking): Promise<void> => {
    const params = { message: 'In whose name?', requestedSchema: {} };
    const asked = parking.ask({ method: 'elicitation/create', params }, new AbortController().signal, course);
    asked.catch(({ message }: Error) => refused.push(message));
    await new Promise(setImmediate);
  };
  const first = courseOf('anna');
  await ask(first);
  // A second question of a call takes no second place.
  for (const course of [first, courseOf('anna'), courseOf('anna')]) await ask(course);
  expect([parking.size, refused]).toEqual([2, ['Too many calls wait for answers of their clients']]);
  await ask(courseOf('ben'));
  await ask(courseOf());
  expect([parking.size, refused.length]).toEqual([4, 1]);
});
