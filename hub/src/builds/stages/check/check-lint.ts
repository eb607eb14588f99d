import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError, type Diagnostic } from '@counterpart/schemas';
import { z } from 'zod';
import { runNode } from '../run/run-node.ts';
import { programOf, type SourceProject } from './source-project.ts';

const RULES = fileURLToPath(new URL('./strict.json', import.meta.url));
const LIMITS = { timeoutMs: 60_000, heapMb: 512 };
const MOST = 100;
const Output = z.looseObject({
  diagnostics: z.array(
    z.looseObject({
      message: z.string(),
      code: z.string().default('lint'),
      help: z.string().optional(),
      note: z.string().optional(),
      filename: z.string(),
      labels: z.array(z.looseObject({ span: z.looseObject({ line: z.int(), column: z.int() }) })).default([]),
    }),
  ),
});

/**
 * What oxlint says to a candidate's code under the strict set, with types. Settings and comments of the candidate itself count
 * for nothing. Nothing of it is run. Throws TESTS_UNAVAILABLE.
 */
export async function checkLint(project: SourceProject, signal: AbortSignal): Promise<Diagnostic[]> {
  const linter = programOf('oxlint', join('bin', 'oxlint'));
  const args = ['-c', RULES, '--disable-nested-config', '--no-ignore', '--threads', '1', '--format', 'json'];
  // Not the bundle, which nobody wrote.
  const written = ['src', 'test']
    .map((name) => join(project.candidate, name))
    .filter((path) => existsSync(path));
  const { stdout, stderr } = await runNode([linter, '--type-aware', ...args, ...written], {
    ...LIMITS,
    signal,
    cwd: project.folder,
  });
  const output = Output.safeParse(parse(stdout));
  if (!output.success)
    throw hubError('TESTS_UNAVAILABLE', {
      server: project.candidate,
      detail: `oxlint does not answer: ${(stderr || stdout).trim().slice(0, 400)}`,
    });
  return output.data.diagnostics
    .map(({ message, code, help, note, filename, labels }): Diagnostic => {
      const { line, column } = labels[0]?.span ?? { line: 1, column: 1 };
      const rule = /\((?<name>[^)]+)\)/.exec(code)?.groups?.['name'] ?? code;
      return {
        file: relative(project.candidate, join(project.folder, filename)).replaceAll('\\', '/'),
        line: Math.max(1, line),
        column: Math.max(1, column),
        rule: 'lint',
        severity: 'error',
        message: `${message.replace(/\.$/, '')} (${rule})`,
        fix: INSTEAD[rule] ?? help ?? note ?? 'Write it otherwise; the rule is explained at oxc.rs.',
      };
    })
    .slice(0, MOST);
}

/** Where the linter's own advice is not ours. */
const INSTEAD: Readonly<Record<string, string>> = {
  'no-explicit-any': 'Name the type, or take `unknown` and parse it with zod.',
  'consistent-type-assertions':
    'Parse the value with zod, or narrow it with a check; a cast hides the fault.',
  'no-non-null-assertion': 'Say what happens when it is missing: a default, or `throw new ToolFailure(…)`.',
  'expect-expect': 'A test proves something: call `expect` on what came out.',
  'no-disabled-tests': 'A test runs, or it does not stand there.',
  'no-focused-tests': 'All tests run: take `.only` away.',
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
