import { expect, test } from 'vitest';
import { freeVersion, nextVersion, type BuiltState } from './next-version.ts';

const tool = (name: string, description = '', properties: Record<string, object> = {}) => ({
  name,
  description,
  inputSchema: { type: 'object' as const, properties },
});
const built: BuiltState = { version: '1.2.3', blueprintHash: 'a', tools: [tool('get_a'), tool('get_b')] };
const next = (change: Partial<BuiltState>) => nextVersion(built, { ...built, ...change });

test('a first build is 1.0.0', () => {
  expect(nextVersion(undefined, built)).toBe('1.0.0');
});

test('a build that changes nothing keeps its version', () => {
  expect(next({})).toBe('1.2.3');
});

test('another blueprint with the same tools is a patch', () => {
  expect(next({ blueprintHash: 'b' })).toBe('1.2.4');
});

test('another wording of a tool is a patch, even from an equal blueprint', () => {
  expect(next({ tools: [tool('get_a', 'better words'), tool('get_b')] })).toBe('1.2.4');
});

test('an added tool is a minor version', () => {
  expect(next({ tools: [...built.tools, tool('get_c')] })).toBe('1.3.0');
});

test('a removed tool is a major version, also when another was added', () => {
  expect(next({ tools: [tool('get_a'), tool('get_c')] })).toBe('2.0.0');
});

test('a changed input is a major version', () => {
  expect(next({ tools: [tool('get_a', '', { id: {} }), tool('get_b')] })).toBe('2.0.0');
});

test.each([
  ['1.1.0', '1.0.0', ['1.1.0'], '1.2.0'],
  ['2.0.0', '1.0.0', ['1.1.0', '2.0.0', '3.0.0'], '4.0.0'],
  ['1.0.1', '1.0.0', ['1.0.1'], '1.0.2'],
  ['1.0.0', '1.0.0', ['1.0.0', '1.0.1'], '1.0.2'],
  ['1.1.0', '1.0.0', ['1.0.0'], '1.1.0'],
])('%s after %s, with %j taken, becomes %s', (version, previous, taken, expected) => {
  expect(freeVersion(version, { previous, taken: new Set(taken) })).toBe(expected);
});
