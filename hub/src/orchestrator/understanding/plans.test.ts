import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { DEFAULT_PLANS, planFor, planReminder, remainingSteps, type Plan } from './plans.ts';

const TOOLS = ['calendar__list_events', 'maps__getCommuteTime', 'weather__forecast'];

test.each([
  'When should I leave?',
  'What time do we need to… no: what time should we leave for the dentist?',
  'Wann muss ich los?',
  'Quand dois-je partir ?',
  '¿A qué hora debo salir?',
])('%s needs more than one tool', (question) => {
  verifies('P11');
  expect(planFor(question, DEFAULT_PLANS)?.name).toBe('leave-time');
});

test.each(['When does the train leave?', 'leave me alone', 'What is on my calendar?'])(
  '%s needs no plan',
  (question) => {
    expect(planFor(question, DEFAULT_PLANS)).toBeUndefined();
  },
);

test('what is left of a plan shrinks with every call that worked', () => {
  verifies('P11');
  const plan = DEFAULT_PLANS[0]!;
  const left = (...made: { name: string; isError: boolean }[]) =>
    remainingSteps(plan, made, TOOLS).map(({ tools }) => tools);
  const [calendar, commute] = [
    { name: 'calendar__list_events', isError: false },
    { name: 'maps__getCommuteTime', isError: false },
  ];
  expect([
    left(),
    left(calendar),
    left({ ...commute, isError: true }, calendar),
    left(calendar, commute),
  ]).toEqual([
    [['calendar__list_events'], ['maps__getCommuteTime']],
    [['maps__getCommuteTime']],
    [['maps__getCommuteTime']],
    [],
  ]);
});

test('a model that stops is told what is missing, unless the hub has no tool for it', () => {
  const plan = DEFAULT_PLANS[0]!;
  expect(planReminder(remainingSteps(plan, [], TOOLS))).toContain('call maps__getCommuteTime');
  expect(planReminder(remainingSteps(plan, [], []))).toBeUndefined();
});

test('plans are configuration, and a broken pattern fits nothing', () => {
  const plans: readonly Plan[] = [
    { name: 'broken', when: ['('], needs: [] },
    { name: 'trip', when: ['weekend trip'], needs: [['weather'], ['calendar']] },
  ];
  expect(planFor('Plan a weekend trip', plans)?.name).toBe('trip');
});
