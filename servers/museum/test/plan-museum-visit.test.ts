import { ToolFailure, type Http, type HttpCall } from '@counterpart/kit';
import { testContext } from '@counterpart/kit/testing';
import type { Json } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { planMuseumVisit } from '../src/tools/plan-museum-visit.ts';

const hours = [{ date: '2023-09-15', timeOpen: '10:00', timeClose: '16:00' }];
const events = [
  { eventId: 'e-1', name: 'Weaving', location: 'Pool', dates: ['2023-09-12', '2023-09-15'], price: 15 },
  { name: 'Ballet', location: 'Hall', dates: ['2023-12-15'], price: 40 },
];

/** A museum that answers from memory and remembers what it was asked. */
function museum(answers: Readonly<Record<string, Json>>) {
  const asked: HttpCall[] = [];
  const http: Http = {
    request: () => Promise.reject(new ToolFailure('not asked for')),
    json: (call) => {
      asked.push(call);
      return Promise.resolve(answers[call.path] ?? []);
    },
  };
  const context = { ...testContext(), http };
  const plan = (input: Readonly<Record<string, Json>>) => planMuseumVisit.call(input, context);
  return { asked, plan };
}

test('an open day comes with its hours, and with the events of that day priced for the party', async () => {
  const { asked, plan } = museum({ '/museum-hours': hours, '/special-events': events });
  const result = await plan({ date: '2023-09-15', people: 3 });
  expect(result.structuredContent).toEqual({
    date: '2023-09-15',
    open: true,
    hours: { opens: '10:00', closes: '16:00' },
    events: [{ eventId: 'e-1', name: 'Weaving', location: 'Pool', totalPrice: 45 }],
  });
  expect(asked.map(({ path, query }) => ({ path, query }))).toEqual([
    { path: '/museum-hours', query: { startDate: '2023-09-15', limit: 1 } },
    { path: '/special-events', query: { startDate: '2023-09-15', endDate: '2023-09-15' } },
  ]);
});

test('a day without hours is closed and has no events', async () => {
  const { plan } = museum({ '/museum-hours': hours, '/special-events': events });
  const result = await plan({ date: '2023-09-12' });
  expect(result.structuredContent).toEqual({ date: '2023-09-12', open: false, events: [] });
});

test('a date that is none is refused before the museum is asked', async () => {
  const { asked, plan } = museum({});
  expect(await plan({ date: 'tomorrow' })).toMatchObject({ isError: true });
  expect(asked).toEqual([]);
});

test('an answer in an unknown form is an expected failure', async () => {
  const { plan } = museum({ '/museum-hours': { closed: true } });
  await expect(plan({ date: '2023-09-15' })).rejects.toThrow(ToolFailure);
});
