import type { FlowDocument } from '@counterpart/schemas/flows/flow';
import type { Path } from '../../prompts/yaml-file.ts';
import { syntaxProblem } from './syntax.ts';

/** Code of a node that cannot be read. */
interface CodeProblem {
  readonly path: Path;
  /** Of the code. */
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

/** Stands for what code is given, which it may not declare again. */
const GIVEN = 'const input = 0; ';

/** What is wrong in the writing of a flow's code, which is not run for that. */
export const codeProblems = ({ nodes }: FlowDocument): CodeProblem[] =>
  Object.entries(nodes).flatMap(([name, { code }]) => {
    const problem = code === undefined ? undefined : syntaxProblem(code, GIVEN);
    if (code === undefined || problem === undefined) return [];
    const { line, message } = problem;
    const place = code.trimEnd().includes('\n') ? `line ${line} of the code` : 'the code';
    return [
      {
        path: ['nodes', name, 'code'],
        line,
        message: `${place} cannot be read: ${message}`,
        fix: 'Mend it: code is the body of an async function in JavaScript, without types, that has `input`.',
      },
    ];
  });
