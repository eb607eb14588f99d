import type { Problem } from '@counterpart/schemas';
import { paintCode, type Paint } from './paint.ts';
import { wrap } from './wrap.ts';

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

export interface ErrorScreen {
  readonly paint: Paint;
  readonly colours: boolean;
  /** Columns. */
  readonly width: number;
}

/** An error for a person: what, why, what to try, where to read on. Never a stack. */
export function renderProblem(problem: Problem, { paint, colours, width }: ErrorScreen): string {
  const text = [
    `${paint.bad('✗')} ${paint.strong(problem.title)} ${paint.faint(`(${problem.code})`)}`,
    `  ${indent(problem.detail)}`,
    `  ${paint.good('→')} ${indent(paintCode(problem.fix, paint, colours))}`,
    `  ${paint.faint(problem.docs)}`,
    '',
  ].join('\n');
  return wrap(text, width);
}
