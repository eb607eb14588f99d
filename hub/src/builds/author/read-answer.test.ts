import { hubError } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { readPlan } from './read-answer.ts';

const PLAN = { kind: 'code', name: 'notes', title: 'Notes', summary: 'Counts notes.' };

test('a plan is read from the midst of words', () => {
  expect(readPlan(`Here it is:\n${JSON.stringify(PLAN)}\nShall I go on?`)).toEqual({ ...PLAN, net: [] });
});

test('an author that finds nothing to build ends the build with its own words', () => {
  const summary = 'Which bank? Name it, or give its statements with --with.';
  expect(() => readPlan(JSON.stringify({ ...PLAN, kind: 'none', summary }))).toThrow(
    hubError('BUILD_DECLINED', { detail: summary }),
  );
});

test('what is wrong with a plan is named, member by member', () => {
  expect(() => readPlan('{"kind":"app","name":"Not A Name","title":"","summary":"x"}')).toThrow(
    /kind: .*; name: .*; title: /,
  );
  expect(() => readPlan('I cannot help with that.')).toThrow('the plan is missing');
});
