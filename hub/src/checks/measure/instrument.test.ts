import { expect, test } from 'vitest';
import { COUNTER, instrument } from './instrument.ts';

/** Runs code that was made to note what it reaches; the points that were reached, as `line:name`. */
function reached(text: string, use: string): string[] {
  const made = instrument('a.ts', text);
  const hits = new Set<number>();
  const body = `${made.text.replaceAll(/^export (?:default )?/gm, '')}\nreturn ${use};`;
  // What is tested is code that writes code.
  const run = new Function(COUNTER, body) as (note: (file: string, point: number) => void) => unknown; // oxlint-disable-line no-new-func, no-implied-eval
  run((_, point) => hits.add(point));
  return made.points.flatMap(({ kind, line, name }, at) => (hits.has(at) ? [`${line} ${name ?? kind}`] : []));
}

test.each([
  [
    'a block',
    'function f(a: number): number {\n  const b = a;\n  return b;\n}',
    'f(1)',
    ['1 f', '2 statement', '3 statement'],
  ],
  ['an expression', 'const f = (a: number) => a + 1;', 'f(1)', ['1 f']],
  ['an object in parentheses', 'const f = () => ({ a: 1 });', 'f()', ['1 f']],
  ['nested arrows', 'const f = (a: number) => (b: number) => a * b;', 'f(1)(2)', ['1 f', '1 function']],
  [
    'a branch without braces',
    'function f(a: number) {\n  if (a > 1)\n    return 1;\n  else if (a < 0) throw a;\n  return 2;\n}',
    'f(2)',
    ['1 f', '2 statement', '3 statement'],
  ],
  [
    'a loop without braces',
    'function f() {\n  for (const a of [1])\n    f.call;\n  return 1;\n}',
    'f()',
    ['1 f', '2 statement', '4 statement', '3 statement'],
  ],
  [
    'a switch',
    'function f(a: number) {\n  switch (a) {\n    case 1:\n      return 1;\n    default:\n      return 2;\n  }\n}',
    'f(3)',
    ['1 f', '2 statement', '6 statement'],
  ],
  ['a class', 'class A {\n  run() {\n    return 1;\n  }\n}', 'new A().run()', ['2 function', '3 statement']],
])('what runs of %s is noted, and nothing else', (_, text, use, expected) => {
  expect(reached(text, use)).toEqual(expected);
});

test('functions that a file offers are told from those that it keeps to itself', () => {
  const text = `export const t = defineTool({ name: 'find_notes', run: () => 1 });
export function a() { return 1; }
export const b = () => 2;
const c = () => 3;`;
  const { points } = instrument('a.ts', text);
  expect(
    points.flatMap(({ name, isOffered }) => (name === undefined ? [] : [`${name} ${isOffered ?? false}`])),
  ).toEqual(['find_notes true', 'a true', 'b true', 'c false']);
});
