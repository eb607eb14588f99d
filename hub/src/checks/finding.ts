import type { Diagnostic } from '@counterpart/schemas';

/** A diagnostic before its file is known. `at` counts lines from 1 and columns from 0, as parsers do. */
export interface Finding extends Pick<Diagnostic, 'rule' | 'severity' | 'message' | 'fix'> {
  readonly at: { readonly line: number; readonly column: number };
}

export const START = { line: 1, column: 0 } as const;
