import type { Proposal } from '@counterpart/schemas';
import { definitionDifferences, type Difference } from '../../approvals/differences.ts';
import { diffLines } from '../../interop/line-diff.ts';
import type { Page } from '../pages/local-page.ts';
import { type Markup, markup } from '../pages/markup.ts';
import { decision, diff, many, problemNote } from './parts.ts';
import type { ToolReview } from './review-service.ts';

/** Definitions of one server that changed, each place before and after. */
export const toolsPage = (
  base: string,
  { server, proposals, shown }: ToolReview,
  problem?: string,
): Page => ({
  title: `${server}: ${many(proposals.length, 'tool')} to decide on`,
  width: 'wide',
  body: markup`<nav><a href="${base}">All that waits</a></nav>
${problemNote(problem)}
${proposals.map(proposalPart)}
${
  proposals.length === 0
    ? markup`<p>Nothing of it waits for a decision.</p>`
    : markup`<form method="post" class="decide"><h2>Your decision</h2>
<p class="note">It counts for these definitions as they are shown. Until it is made, nobody sees them.</p>
${decision({ shown }, markup`Approve as shown`, markup`Reject`)}</form>`
}`,
});

function proposalPart({ tool, change, before, after, notices }: Proposal): Markup {
  const about =
    before === undefined
      ? `${change}; was never approved`
      : `${change}; approved ${before.approvedAt.slice(0, 10)} (${before.approvedBy})`;
  return markup`<h2>${tool}</h2><p class="note">${about}</p>
${notices.map(({ where, detail }) => problemNote(`${where}: ${detail}`))}
${definitionDifferences(before?.definition, after).map(differencePart)}`;
}

const differencePart = ({ where, before, after }: Difference): Markup =>
  markup`<p><code>${where}</code></p>${diff(diffLines(before ?? '', after ?? ''))}`;
