import { rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError, type Diagnostic } from '@counterpart/schemas';
import { runNode } from './run-node.ts';

const own = createRequire(import.meta.url);
const HOME = fileURLToPath(new URL('../../../../', import.meta.url));
const LIMITS = { timeoutMs: 60_000, heapMb: 2_048 };
const PLACE = /^(?<file>.+?)\((?<line>\d+),(?<column>\d+)\): error TS(?<code>\d+): (?<message>.+)$/;
const MOST = 100;

/** Types of a candidate's code under the strict set of this project. Nothing of it is run. Throws TESTS_UNAVAILABLE. */
export async function checkTypes(candidate: string, signal: AbortSignal): Promise<Diagnostic[]> {
  const compiler = findCompiler(candidate);
  const folder = dirname(candidate);
  const packages = join(folder, 'node_modules');
  const project = join(folder, 'tsconfig.json');
  try {
    // A candidate has no packages of its own: it is lent the hub's.
    await rm(packages, { force: true });
    await symlink(join(HOME, 'node_modules'), packages, 'dir');
    await writeFile(project, JSON.stringify(projectOf(candidate)));
    const { code, stdout, stderr } = await runNode([compiler, '-p', project, '--pretty', 'false'], {
      ...LIMITS,
      signal,
      // Places are told relative to it.
      cwd: folder,
    });
    const found = readProblems(stdout, { from: folder, candidate });
    if (code === 0 || found.length > 0) return found;
    const detail = stderr.trim().slice(0, 400) || stdout.trim().slice(0, 400) || 'took longer than a minute';
    return [problem('.', { line: 1, column: 1 }, `the types cannot be checked: ${detail}`)];
  } finally {
    await rm(packages, { force: true });
    await rm(project, { force: true });
  }
}

function findCompiler(candidate: string): string {
  try {
    return join(dirname(own.resolve('typescript/package.json')), 'bin', 'tsc');
  } catch {
    throw hubError('TESTS_UNAVAILABLE', { server: candidate, detail: 'typescript is not installed' });
  }
}

const projectOf = (candidate: string) => ({
  extends: join(HOME, 'tsconfig.base.json'),
  compilerOptions: { typeRoots: [join(HOME, 'node_modules', '@types')] },
  include: [join(candidate, 'src'), join(candidate, 'test')],
});

function readProblems(
  output: string,
  { from, candidate }: { from: string; candidate: string },
): Diagnostic[] {
  return output
    .split('\n')
    .flatMap((line) => {
      const groups = PLACE.exec(line)?.groups;
      if (groups === undefined) return [];
      const file = relative(candidate, join(from, groups['file'] ?? '')).replaceAll('\\', '/');
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
