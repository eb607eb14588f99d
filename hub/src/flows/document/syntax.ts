import { scriptProblem } from '../../checks/script.ts';
import { asFunction, EDITION, OPENING } from '../../code/body.ts';

/** Why code cannot begin to run. */
interface SyntaxProblem {
  /** Of the code. */
  readonly line: number;
  readonly message: string;
}

/** What is wrong in the writing of code, which is read and not run; `before` is put before it, on its first line. */
export function syntaxProblem(code: string, before = ''): SyntaxProblem | undefined {
  const problem = scriptProblem(asFunction(`${before}${code}`), EDITION);
  if (problem === undefined) return undefined;
  const at = Math.max(0, problem.at - OPENING.length - before.length);
  if (at >= code.length)
    return { line: lineAt(code.trimEnd(), at), message: 'it ends too early, or its brackets do not match' };
  const found = /^(?:[\p{L}\p{N}_$]+|\S)/u.exec(code.slice(at))?.[0] ?? '';
  const { message } = problem;
  return {
    line: lineAt(code, at),
    message: message === 'Unexpected token' ? `${message} \`${found}\`` : message,
  };
}

const lineAt = (code: string, at: number): number => code.slice(0, at).split('\n').length;
