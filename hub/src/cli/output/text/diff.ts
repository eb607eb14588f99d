import { diffLines, type DiffLine } from '../../../interop/line-diff.ts';
import { maskRow } from '../../../interop/hide-secrets.ts';
import type { Paint } from './paint.ts';

/** What an edit changes in a file, line by line, secrets masked; empty when nothing. */
export const changedLines = (before: string, after: string): DiffLine[] =>
  diffLines(before, after).map(({ kind, text }) => ({ kind, text: maskRow(text) }));

/** What an edit changes in a file, in the manner of `diff -u`, secrets masked; empty when nothing. */
export function renderDiff(file: string, before: string, after: string, paint: Paint): string {
  const lines = changedLines(before, after);
  if (lines.length === 0) return '';
  const body = lines.map(({ kind, text }) => {
    switch (kind) {
      case 'added':
        return paint.good(`+ ${text}`);
      case 'removed':
        return paint.bad(`- ${text}`);
      case 'gap':
        return paint.faint('  ⋮');
      case 'same':
        return `  ${text}`;
    }
  });
  return [paint.strong(file), ...body].join('\n');
}
