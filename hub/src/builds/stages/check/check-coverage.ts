import type { Diagnostic } from '@counterpart/schemas';
import type { TestCoverage } from '../../../kernel/ports.ts';

const MOST = 20;
const FIX = 'Write a test in `test/` that calls it: a good case and a bad one.';

/** Share of the statements that tests ran, in whole percent; 100 where there are none. */
export const percentOf = ({ statements: { covered, total } }: TestCoverage): number =>
  total === 0 ? 100 : Math.floor((covered / total) * 100);

/** What tests leave out: offered functions that none of them runs, and statements where fewer ran than `floor` percent. */
export function checkCoverage(coverage: TestCoverage, floor: number): Diagnostic[] {
  const { missed } = coverage;
  const functions = missed.filter(({ kind, isOffered }) => kind === 'function' && isOffered === true);
  const found = functions.map(({ file, line, column, name }) =>
    finding({ file, line, column }, `no test runs ${name ?? 'this function'}`),
  );
  const percent = percentOf(coverage);
  if (percent >= floor) return found;
  const statements = missed.filter(({ kind }) => kind === 'statement');
  const lines = statements.map(({ file, line, column }) =>
    finding(
      { file, line, column },
      `no test reaches this; tests run ${percent} % of all statements, and ${floor} % are asked for`,
    ),
  );
  return [...found, ...lines].slice(0, MOST);
}

const finding = (place: Pick<Diagnostic, 'file' | 'line' | 'column'>, message: string): Diagnostic => ({
  ...place,
  rule: 'coverage',
  severity: 'error',
  message,
  fix: FIX,
});
