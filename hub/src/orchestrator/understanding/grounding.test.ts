import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { clarifyingQuestion, ungroundedArguments } from './grounding.ts';

const COMMUTE = {
  name: 'get_commute',
  parameters: {
    type: 'object',
    required: ['destination', 'arrival', 'mode'],
    properties: {
      destination: { type: 'string', description: 'Where to. An address or a place.' },
      arrival: { type: 'string', format: 'date-time' },
      mode: { type: 'string', enum: ['car', 'train'] },
      origin: { type: 'string' },
    },
  },
};
const REFUND = {
  name: 'refund',
  parameters: {
    type: 'object',
    required: ['charge', 'body'],
    properties: {
      charge: { type: 'string' },
      body: {
        type: 'object',
        required: ['email', 'reason'],
        properties: { email: { type: 'string' }, reason: { type: 'string' } },
      },
    },
  },
};
const check = (
  tool: typeof COMMUTE | typeof REFUND,
  given: Record<string, unknown>,
  sentences: string[],
  known: string[] = [],
) => ungroundedArguments(tool, given, { sentences, known });

test('what the person said, a tool answered or an alias stands for is grounded', () => {
  verifies('P13');
  const given = { destination: 'Alexanderplatz 1, Berlin', arrival: '2026-05-04T09:00:00Z', mode: 'car' };
  expect(check(COMMUTE, given, ['When should I leave for Alexanderplatz tomorrow?'])).toEqual({
    missing: [],
    invented: [],
  });
  expect(
    check(COMMUTE, given, ['When should I leave tomorrow?'], ['{"location":"Alexanderplatz 1, Berlin"}']),
  ).toEqual({ missing: [], invented: [] });
});

test('a place, an id and an address that nobody told are invented', () => {
  verifies('P13');
  expect(
    check(COMMUTE, { destination: '123 Main St, San Francisco', arrival: '2026-05-04', mode: 'car' }, [
      'When should I leave tomorrow?',
    ]),
  ).toEqual({ missing: [], invented: ['destination'] });
  expect(
    check(REFUND, { charge: 'ch_12345678', body: { email: 'a@b.com', reason: 'late' } }, [
      'Refund the last charge',
    ]),
  ).toEqual({ missing: [], invented: ['charge', 'body.email'] });
  expect(
    check(REFUND, { charge: 'ch_12345678', body: { email: 'A@b.com', reason: 'late' } }, [
      'Refund ch_12345678 of a@b.com',
    ]),
  ).toEqual({ missing: [], invented: [] });
});

test.each(['', '<destination>', 'YOUR_ADDRESS', 'string', 'unknown', '{{place}}', 'N/A', undefined, null])(
  '%j is a placeholder',
  (destination) => {
    verifies('P13');
    expect(
      check(COMMUTE, { destination, arrival: '2026-05-04', mode: 'car' }, ['leave on May 4']).missing,
    ).toEqual(['destination']);
  },
);

test('one question asks for everything in the words of the tool', () => {
  verifies('P13');
  expect(clarifyingQuestion(COMMUTE, ['destination', 'mode'])).toBe(
    'To use get_commute I need the destination (Where to) and the mode (car, train). What should it be?',
  );
});
