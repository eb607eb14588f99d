import { expect, test } from 'vitest';
import { templatePattern } from './uri-template.ts';

test.each([
  ['file:///{path}', ['file:///a'], ['file:///a/b', 'file://x']],
  ['file:///{+path}', ['file:///a/b', 'file:///'], ['note:x']],
  ['db://{table}/rows{?limit,after}', ['db://t/rows', 'db://t/rows?limit=1&after=2'], ['db://t/rows/1']],
  ['repo://o{/owner,name}', ['repo://o/a/b', 'repo://o'], ['repo://x/a']],
  ['a.b:{x}{y}', ['a.b:1', 'a.b:'], ['aXb:1']],
  ['x:{a}y{b}z', ['x:yz', 'x:1y2z', 'x:yyyzz'], ['x:zy', 'x:y/z', 'x:yz?']],
  ['x:{.a}{;b}{&c}', ['x:', 'x:.a;b=1&c=2', 'x:&c', 'x:..'], ['x:a', 'x:.a#']],
])('%s matches what it can expand to', (template, inside, outside) => {
  const pattern = templatePattern(template);
  expect([inside.map((uri) => pattern?.test(uri)), outside.map((uri) => pattern?.test(uri))]).toEqual([
    inside.map(() => true),
    outside.map(() => false),
  ]);
});

test.each(['{a}', '{a}y', '{+a}y{b}', '{/a}{?b}y', '{.a}y{&b}'])(
  'many of %s are matched in no time',
  (part) => {
    const pattern = templatePattern(`x:${part.repeat(100)}!`);
    const before = performance.now();
    expect(pattern?.test(`x:${'y'.repeat(8_000)}`)).toBe(false);
    expect(pattern?.test(`x:${'y'.repeat(8_000)}!`)).toBeTypeOf('boolean');
    expect(performance.now() - before).toBeLessThan(1_000);
  },
);

test('a template too long to be trusted is not matched', () => {
  expect(templatePattern(`x:${'a'.repeat(2_000)}`)).toBeUndefined();
});
