import { describe, expect, test } from 'vitest';
import { evaluate, isTrue, resolve } from './evaluate.ts';
import { ExpressionError, parseExpression } from './parse.ts';
import { referencesInText } from './references.ts';
import { bareExpression, partsOf } from './text.ts';

const scope = {
  inputs: { name: 'Ada', count: 3, list: [{ id: 'a' }, { id: 'b' }], empty: null },
  nodes: {
    fetch: { state: 'done', output: { 'first-name': 'Ada', total: 12 } },
    lost: { state: 'skipped', output: null },
  },
};
const value = (text: string) => evaluate(parseExpression(text), scope, 'here');

describe('an expression', () => {
  test.each([
    ['inputs.name', 'Ada'],
    ['inputs.list[1].id', 'b'],
    ['inputs.list[-1].id', 'b'],
    ['inputs.list.length', 2],
    ['nodes.fetch.output.first-name', 'Ada'],
    ['nodes.fetch.output["first-name"]', 'Ada'],
    ['inputs.count > 2 && inputs.name == "Ada"', true],
    ['inputs.count >= 4 || !inputs.empty', true],
    ['"a" in inputs.name', true],
    ['3 in inputs.list', false],
    ['nodes.lost.output.id ?? "none"', 'none'],
    ['inputs.missing ?? inputs.empty ?? 7', 7],
    ['inputs.missing == null', true],
    ['nodes.lost.state == "skipped"', true],
    ["'it''s' != \"\\\"\"".replace("''", "\\'"), true],
    ['(1 < 2) == true', true],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test.each(['', 'inputs.', 'inputs[', 'a +', 'f()', 'inputs.a inputs.b', '"open', 'inputs[name]', '`x`'])(
    'is refused where it is none: %s',
    (text) => {
      expect(() => parseExpression(text)).toThrow(ExpressionError);
    },
  );

  test('reaches only what values hold themselves', () => {
    for (const text of ['inputs.constructor', 'inputs.__proto__', 'inputs.list.map', 'inputs.name.at'])
      expect(() => value(text)).toThrow(/is not there/);
  });

  test('that leads nowhere says what there is instead', () => {
    expect(() => value('nodes.fetch.output.totle')).toThrow(
      'here: nodes.fetch.output.totle is not there. nodes.fetch.output has first-name, total. Did you mean total?',
    );
  });

  test('that nests without end is refused', () => {
    expect(() => parseExpression(`${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).toThrow(/nested too deep/);
  });
});

describe('a text of a flow', () => {
  test('that is one expression keeps the type of its value, and is written out among words', () => {
    const given = {
      whole: '${inputs.list}',
      among: 'Hi ${inputs.name}: ${inputs.list[0]}',
      plain: ['$${x}', 5],
    };
    expect(resolve(given, scope, 'here')).toEqual({
      whole: [{ id: 'a' }, { id: 'b' }],
      among: 'Hi Ada: {"id":"a"}',
      plain: ['${x}', 5],
    });
  });

  test('holds braces in quotes, and is refused where one is not closed', () => {
    expect(resolve('${inputs.missing ?? "}"}', scope, 'here')).toBe('}');
    expect(() => partsOf('a ${inputs.name')).toThrow(/not closed/);
  });

  test('is not read again after values were put in', () => {
    expect(resolve('${inputs.text}', { inputs: { text: '${inputs.secret}' } }, 'here')).toBe(
      '${inputs.secret}',
    );
  });

  test('tells what it refers to, and which of it may be missing', () => {
    expect(referencesInText('${nodes.a.output} ${nodes.b.output ?? inputs.c}')).toEqual([
      { root: 'nodes', steps: ['a', 'output'], isOptional: false },
      { root: 'nodes', steps: ['b', 'output'], isOptional: true },
      { root: 'inputs', steps: ['c'], isOptional: true },
    ]);
  });
});

test('a condition is an expression with or without its braces', () => {
  expect(isTrue(bareExpression('inputs.count'), scope)).toBe(true);
  expect(isTrue(bareExpression('${inputs.empty}'), scope)).toBe(false);
  expect(() => bareExpression('${inputs.a} == 1')).toThrow(/around all of it or none/);
});
