import { join, relative } from 'node:path';
import type { Diagnostic } from '@counterpart/schemas';
import { runNode } from '../run/run-node.ts';
import { programOf, type SourceProject } from './source-project.ts';

const LIMITS = { timeoutMs: 60_000, heapMb: 2_048 };
const PLACE = /^(?<file>.+?)\((?<line>\d+),(?<column>\d+)\): error TS(?<code>\d+): (?<message>.+)$/;
const MOST = 100;

/** Types of a candidate's code under the strict set of this project. Nothing of it is run. Throws TESTS_UNAVAILABLE. */
export async function checkTypes(project: SourceProject, signal: AbortSignal): Promise<Diagnostic[]> {
  const compiler = programOf('typescript', join('bin', 'tsc'));
  const { code, stdout, stderr } = await runNode([compiler, '-p', project.file, '--pretty', 'false'], {
    ...LIMITS,
    signal,
    // Places are told relative to it.
    cwd: project.folder,
  });
  const found = readProblems(stdout, project);
  if (code === 0 || found.length > 0) return found;
  const detail = stderr.trim().slice(0, 400) || stdout.trim().slice(0, 400) || 'took longer than a minute';
  return [problem('.', { line: 1, column: 1 }, `the types cannot be checked: ${detail}`)];
}

function readProblems(output: string, { folder, candidate }: SourceProject): Diagnostic[] {
  return output
    .split('\n')
    .flatMap((line) => {
      const groups = PLACE.exec(line)?.groups;
      if (groups === undefined) return [];
      const file = relative(candidate, join(folder, groups['file'] ?? '')).replaceAll('\\', '/');
      // What is wrong in the hub's own files is not the author's.
      if (file.startsWith('..')) return [];
      const place = { line: Number(groups['line']), column: Number(groups['column']) };
      return [problem(file, place, `${groups['message']} (TS${groups['code']})`)];
    })
    .slice(0, MOST);
}

const problem = (
  file: string,
  { line, column }: { readonly line: number; readonly column: number },
  message: string,
): Diagnostic => ({
  file,
  line,
  column,
  rule: 'types',
  severity: 'error',
  message,
  fix: 'Make the types right; `any` and casts hide the fault and are refused as well.',
});
