import type { DefinitionNotice, Proposal } from '@counterpart/schemas';
import { definitionDifferences, type Difference } from '../../approvals/differences.ts';
import { madeVisible } from '../../approvals/visible.ts';
import { diffLines } from '../../interop/line-diff.ts';
import type { Paint } from './text/paint.ts';

/** What there is to decide on, for a person: each place that differs, before and after, and what to read with care. */
export function renderProposal(proposal: Proposal, paint: Paint): string {
  const { tool, change, state, before, after, notices } = proposal;
  const about =
    before === undefined
      ? 'was never approved'
      : `approved ${before.approvedAt.slice(0, 16).replace('T', ' ')} (${before.approvedBy})`;
  const heading = `${paint.strong(madeVisible(tool))}  ${state === 'rejected' ? 'rejected' : change}, ${about}`;
  const differences = definitionDifferences(before?.definition, after);
  return [
    heading,
    ...differences.flatMap((difference) => renderDifference(difference, paint)),
    ...notices.map((notice) => renderNotice(notice, paint)),
  ].join('\n');
}

const renderNotice = ({ where, detail }: DefinitionNotice, paint: Paint): string =>
  `  ${paint.bad('!')} ${madeVisible(`${where} ${detail}`)}`;

function renderDifference({ where, before, after }: Difference, paint: Paint): string[] {
  const place = `  ${paint.faint(madeVisible(where))}`;
  const marked = (mark: string, text: string) =>
    text.split('\n').map((line) => `  ${mark} ${madeVisible(line)}`);
  if (before === undefined) return [place, ...marked('+', after ?? '').map(paint.good)];
  if (after === undefined) return [place, ...marked('-', before).map(paint.bad)];
  const lines = diffLines(before, after).map(({ kind, text }) => {
    const shown = madeVisible(text);
    if (kind === 'added') return paint.good(`  + ${shown}`);
    if (kind === 'removed') return paint.bad(`  - ${shown}`);
    return kind === 'gap' ? paint.faint('    ⋮') : `    ${shown}`;
  });
  return [place, ...lines];
}
