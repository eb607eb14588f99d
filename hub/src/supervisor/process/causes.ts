import { delimiter } from 'node:path';
import type { ProcessSpec } from '../../kernel/ports.ts';

/** How a process ended, as the system reports it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How much of standard error goes into a failure. */
const MOST_LINES = 12;
const MOST_CHARACTERS = 300;

/** "exited with status 3" or "was ended by SIGKILL". */
export function describeExit({ code, signal }: Exit): string {
  if (signal === 'SIGKILL') return 'it was ended by SIGKILL, as the system does when memory runs out';
  if (signal !== null) return `it was ended by ${signal}`;
  return `it exited with status ${code ?? 'unknown'}`;
}

/** The line that names an error, as runtimes write it above a stack and what else the error holds. */
const ERROR_LINE = /^(?:[\w.$]*(?:Error|Exception)(?: \[\w+\])?|panic): /;

/** The last lines, with the one that names the error first where it stands above them. */
function tellingLines(lines: readonly string[]): readonly string[] {
  const said = lines.filter((line) => line.trim() !== '');
  const last = said.slice(-MOST_LINES);
  const cause = said.findLast((line) => ERROR_LINE.test(line));
  return cause === undefined || last.includes(cause) ? last : [cause, '…', ...last.slice(2)];
}

/** What standard error tells, as the end of a sentence. */
export function describeStderr(lines: readonly string[]): string {
  const last = tellingLines(lines);
  if (last.length === 0) return '; it printed nothing to standard error';
  const shown = last.map(
    (line) => `  ${line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line}`,
  );
  return `; the last it printed to standard error:\n${shown.join('\n')}`;
}

/** Why the system would not make the process, and what to do about it. */
export function describeSpawnError({ command, cwd, env }: ProcessSpec, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return command.includes('/')
        ? `there is no program at ${command} (or the interpreter its first line names is missing); correct the path`
        : `the program "${command}" is in no folder of its PATH (${shortPath(env['PATH'])}); install it, or give its full path`;
    case 'EACCES':
      return `${command} may not be executed; make it executable (chmod +x), or start it through its interpreter`;
    case 'ENOEXEC':
      return `${command} is not a program this system can run; start it through its interpreter`;
    case 'E2BIG':
      return 'its arguments and environment together are too long for the system';
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return `the system has no room for another process (${code}); stop some, or raise its limits`;
    default: {
      const words = error instanceof Error ? error.message : String(error);
      return `the system refused to run ${command}${cwd === undefined ? '' : ` in ${cwd}`}: ${words}`;
    }
  }
}

/** Folders of a PATH that are named; a whole one fills the screen. */
const MOST_FOLDERS = 3;

function shortPath(path: string | undefined): string {
  if (path === undefined || path === '') return 'not set';
  const folders = path.split(delimiter);
  const more = folders.length - MOST_FOLDERS;
  return more > 0 ? `${folders.slice(0, MOST_FOLDERS).join(delimiter)} and ${more} more` : path;
}
