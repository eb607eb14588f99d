import { expect, test } from 'vitest';
import { compareVersions, satisfies, SemVerRange } from './semver.ts';

test('versions stand in the order of Semantic Versioning 2.0.0', () => {
  const order = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  expect(order.toReversed().toSorted(compareVersions)).toEqual(order);
});

test.each<[range: string, inside: string[], outside: string[]]>([
  ['*', ['0.0.0', '9.9.9'], ['1.0.0-rc.1']],
  ['', ['1.2.3'], []],
  ['1.2.3', ['1.2.3'], ['1.2.4', '1.2.3-rc.1']],
  ['1.2', ['1.2.0', '1.2.9'], ['1.3.0', '1.1.9']],
  ['1.x', ['1.0.0', '1.9.9'], ['2.0.0', '2.0.0-rc.1', '0.9.9']],
  ['^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0', '2.0.0-rc.1']],
  ['^0.2.3', ['0.2.3', '0.2.9'], ['0.3.0', '0.2.2']],
  ['^0.0.3', ['0.0.3'], ['0.0.4']],
  ['^0', ['0.0.0', '0.9.9'], ['1.0.0']],
  ['^0.0', ['0.0.0', '0.0.9'], ['0.1.0']],
  ['^1', ['1.0.0', '1.9.9'], ['2.0.0']],
  ['~1.2.3', ['1.2.3', '1.2.9'], ['1.3.0']],
  ['~1', ['1.0.0', '1.9.9'], ['2.0.0']],
  ['>=1.0.0 <3.0.0', ['1.0.0', '2.9.9'], ['3.0.0', '0.9.9']],
  ['>= 1.0.0 < 3', ['1.0.0', '2.9.9'], ['3.0.0']],
  ['>1.2', ['1.3.0'], ['1.2.9']],
  ['<=1.2', ['1.2.9', '0.1.0'], ['1.3.0']],
  ['1.0.0 - 1.5', ['1.0.0', '1.5.9'], ['1.6.0']],
  ['1.0.0 || ^3.0.0', ['1.0.0', '3.1.0'], ['2.0.0']],
  ['^1.2.3-beta.2', ['1.2.3-beta.2', '1.2.3-beta.10', '1.2.3', '1.3.0'], ['1.2.3-beta.1', '1.3.0-rc.1']],
])('%s takes what npm would take', (range, inside, outside) => {
  expect(inside.filter((version) => !satisfies(version, range))).toEqual([]);
  expect(outside.filter((version) => satisfies(version, range))).toEqual([]);
});

test.each(['latest', '^a', '1.2.3.4', '>', 'git+https://example.test/x'])('%s is no range', (text) => {
  expect([SemVerRange.safeParse(text).success, satisfies('1.0.0', text)]).toEqual([false, false]);
});
