import { expect, test } from 'vitest';
import { defaultCodeLimits } from '../../code/limits.ts';
import { interpret } from '../../code/sandbox/interpreter.ts';
import type { SandboxSays } from '../../code/sandbox/messages.ts';
import { syntaxProblem } from './syntax.ts';

/** Whether the interpreter refuses code before it runs any of it. */
async function isRefused(code: string): Promise<boolean> {
  const said: SandboxSays[] = [];
  await interpret({ code, table: '[]', limits: defaultCodeLimits }, (message) => void said.push(message));
  const end = said.find((message) => message.kind === 'end')?.end;
  return end?.kind === 'threw' && end.message.startsWith('SyntaxError');
}

test.each([
  'return input +',
  'let a ||= 1',
  'if (1) { return 1',
  'return 1 }',
  'return `${1',
  'return /[/',
  'return 1 /* open',
  'import x from "y"',
  'using x = null; return 1',
  'let x: number = 1; return x',
  'return 1 ?? 2 || 3',
  'return new.target',
  'break',
  'return { __proto__: 1, __proto__: 2 }',
  'const a = 1; const a = 2',
  '@dec class A {}',
  'return /a/v.test("a")',
  'return /(?<a>x)|(?<a>y)/.test("x")',
  'return /(?i:a)b/.test("A")',
  'class A { static { } #x = 1; has(o) { return #x in o } } return 1',
  'for await (const x of []) {} return 1_000',
  'let b; b ??= 1n ** 2n; return 1',
  'return 08',
  'with ({}) {} return 1',
  'return 1 // end',
])('what cannot be read is what the interpreter refuses: %s', async (code) => {
  expect(syntaxProblem(code) !== undefined).toBe(await isRefused(code));
});

test('a mistake is told with its line, whatever is put before the code', () => {
  const code = 'const a = 1;\nconst b = [a, a a];\nreturn b';
  expect(syntaxProblem(code, 'const input = 0; ')).toEqual({ line: 2, message: 'Unexpected token `a`' });
  expect(syntaxProblem('const input = 1', 'const input = 0; ')?.line).toBe(1);
  expect(syntaxProblem('const input = 1')).toBeUndefined();
});

test('code that nests deeper than can be read here is left to the interpreter', () => {
  expect(syntaxProblem(`return ${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeUndefined();
});
