import { expect, test } from 'vitest';
import { afterDecision, afterReview, MOST_APPROVED } from './book.ts';
import { judge, judgeRemembered, type Listed, type Rules, type ServerBook } from './judge.ts';

const strict: Rules = { changedTools: 'quarantine', newTools: 'quarantine' };
const usual: Rules = { ...strict, newTools: 'allow' };
const open: Rules = { changedTools: 'allow', newTools: 'allow' };
const list = (text: string): Listed[] =>
  text.split(' ').map((word) => ({ tool: word.slice(0, 1), hash: word }));

/** Lists one after the other, and how the tools stand after the last. */
function after(rules: Rules, ...texts: readonly string[]): ServerBook {
  let book: ServerBook | undefined;
  for (const text of texts)
    book = afterReview(book, judge(book, list(text), rules), { at: text, package: rules.package });
  return book ?? { package: undefined, tools: new Map() };
}
const held = (book: ServerBook) =>
  [...book.tools].flatMap(([, { pending }]) =>
    pending ? [`${pending.hash} ${pending.change} ${pending.state}`] : [],
  );

test.each([
  ['what is listed first is trusted', usual, ['a1 b1'], []],
  ['a change is held', usual, ['a1 b1', 'a2 b1'], ['a2 changed awaiting']],
  ['a change is allowed', open, ['a1', 'a2', 'a3'], []],
  ['a new tool is allowed', usual, ['a1', 'a1 b1'], []],
  ['a new tool is held', strict, ['a1', 'a1 b1'], ['b1 new awaiting']],
  [
    'a new tool that changes before anybody decided stays new',
    strict,
    ['a1', 'a1 b1', 'a1 b2'],
    ['b2 new awaiting'],
  ],
  [
    'a tool that was offered as new can only change from then on',
    usual,
    ['a1', 'a1 b1', 'a1 b2'],
    ['b2 changed awaiting'],
  ],
  ['the way back is free', usual, ['a1', 'a2', 'a1'], []],
  ['the newest change is the one that waits', usual, ['a1', 'a2', 'a3'], ['a3 changed awaiting']],
  ['what waits and goes is nothing to decide', usual, ['a1 b1', 'a2 b1', 'b1'], []],
  ['what went comes back as it was', usual, ['a1 b1', 'b1', 'a1 b1'], []],
  ['what went comes back changed', usual, ['a1 b1', 'b1', 'a2 b1'], ['a2 changed awaiting']],
  [
    'no definition hides behind an approved one of the same name',
    usual,
    ['a1 b1', 'a1 a2 b1'],
    ['a2 changed awaiting'],
  ],
  ['a name listed twice from the start may stay so', usual, ['a1 a2', 'a1 a2', 'a2 a1'], []],
] as const)('%s', (_, rules, texts, expected) => {
  expect(held(after(rules, ...texts))).toEqual(expected);
});

test('an owner who changes the package changes its tools; a program that changes by itself does not', () => {
  const first = after({ ...usual, package: 'one' }, 'a1');
  expect(judge(first, list('a2'), { ...usual, package: 'one' })).toMatchObject([{ kind: 'hold' }]);
  expect(judge(first, list('a2'), { ...usual, package: 'two' })).toMatchObject([
    { kind: 'approve', grounds: 'own package' },
  ]);
});

test('a rejected definition is not asked about again, not even where changes are allowed, until it is another one', () => {
  const rejected = afterDecision(
    after(usual, 'a1 b1', 'a2 b1'),
    { tool: 'a', hash: 'a2', state: 'rejected' },
    '',
  );
  expect(held(rejected)).toEqual(['a2 changed rejected']);
  expect(judge(rejected, list('a2 b1'), open)).toEqual([]);
  expect(judge(rejected, list('b1'), usual)).toEqual([]);
  expect(judge(rejected, list('a3 b1'), usual)).toMatchObject([{ kind: 'hold', change: 'changed' }]);
  expect(judge(rejected, list('a1 b1'), usual)).toEqual([{ kind: 'release', tool: 'a' }]);
});

test('an offered tool that is rejected is no new tool when it changes', () => {
  const rejected = afterDecision(after(usual, 'a1'), { tool: 'a', hash: 'a1', state: 'rejected' }, '');
  expect(judge(rejected, list('a2'), usual)).toMatchObject([{ kind: 'hold', change: 'changed' }]);
});

test('a list that is only remembered clears nothing; a configuration that allows changes does', () => {
  const waiting = after(usual, 'a1 b1', 'a2 b1');
  expect(judgeRemembered(waiting, usual)).toEqual([]);
  expect(judgeRemembered(waiting, open)).toMatchObject([{ kind: 'approve', listed: { hash: 'a2' } }]);
});

test('a server that is allowed every change does not fill the memory with them', () => {
  const texts = Array.from({ length: MOST_APPROVED + 5 }, (_, at) => `a${at}`);
  const approved = after(open, ...texts).tools.get('a')?.approved ?? [];
  expect([approved.length, approved.at(-1)]).toEqual([MOST_APPROVED, texts.at(-1)]);
});
