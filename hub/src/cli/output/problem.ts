import type { Problem } from '@counterpart/schemas';
import { paintCode, type Paint } from './paint.ts';

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

/** An error for a person: what, why, what to try, where to read on. Never a stack. */
export function renderProblem(problem: Problem, paint: Paint, colours: boolean): string {
  return [
    `${paint.bad('✗')} ${paint.strong(problem.title)} ${paint.faint(`(${problem.code})`)}`,
    `  ${indent(problem.detail)}`,
    `  ${paint.good('→')} ${indent(paintCode(problem.fix, paint, colours))}`,
    `  ${paint.faint(problem.docs)}`,
    '',
  ].join('\n');
}
