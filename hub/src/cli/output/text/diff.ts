import { diffLines } from '../../../interop/line-diff.ts';
import { maskRow } from '../../../interop/hide-secrets.ts';
import type { Paint } from './paint.ts';

/** What an edit changes in a file, in the manner of `diff -u`, secrets masked; empty when nothing. */
export function renderDiff(file: string, before: string, after: string, paint: Paint): string {
  const lines = diffLines(before, after);
  if (lines.length === 0) return '';
  const body = lines.map(({ kind, text: raw }) => {
    const text = maskRow(raw);
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
