import type { Problem } from '@counterpart/schemas';
import { type CodeStyle, createPaint, paintCode } from './text/paint.ts';
import { harmless } from './text/harmless.ts';
import { wrap } from './text/wrap.ts';

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

export interface ErrorScreen extends CodeStyle {
  /** Columns. */
  readonly width: number;
}

/** An error for a person: what, why, what to try, where to read on. Never a stack. */
export function renderProblem(problem: Problem, { colours, program, width }: ErrorScreen): string {
  const paint = createPaint(colours);
  // Causes are quoted: what a server answered or printed, what a description says.
  const code = (text: string) => paintCode(harmless(text), { colours, program });
  const text = [
    `${paint.bad('✗')} ${paint.strong(problem.title)} ${paint.faint(`(${problem.code})`)}`,
    `  ${indent(code(problem.detail))}`,
    `  ${paint.good('→')} ${indent(code(problem.fix))}`,
    `  ${paint.faint(problem.docs)}`,
    '',
  ].join('\n');
  return wrap(text, width);
}
