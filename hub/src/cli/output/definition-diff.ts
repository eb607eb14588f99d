import type { DefinitionNotice, Proposal } from '@counterpart/schemas';
import { madeVisible } from '../../approvals/visible.ts';
import { diffLines } from '../../interop/line-diff.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
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

export interface Difference {
  /** Place in the definition, such as `inputSchema.properties.path.type`. */
  readonly where: string;
  /** Undefined: it was not there. */
  readonly before: string | undefined;
  /** Undefined: it is gone. */
  readonly after: string | undefined;
}

/** Where two definitions differ, in the order of the newer one. The order of members is no difference. Pure. */
export function definitionDifferences(before: unknown, after: unknown): Difference[] {
  const old = leavesOf(before);
  const now = leavesOf(after);
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((where) => {
    const difference = { where, before: old.get(where), after: now.get(where) };
    return difference.before === difference.after ? [] : [difference];
  });
}

/** The parts of a definition that have none of their own, as text, by place; a list of plain values is one part. */
function leavesOf(value: unknown, where = '', into = new Map<string, string>()): Map<string, string> {
  const parts = Array.isArray(value)
    ? value.some(isMembers)
      ? value.map((part, at) => [`${where}[${at}]`, part] as const)
      : undefined
    : isMembers(value)
      ? Object.entries(value).map(([key, part]) => [where === '' ? key : `${where}.${key}`, part] as const)
      : undefined;
  if (parts === undefined || (parts.length === 0 && where !== '')) {
    if (value !== undefined) into.set(where, typeof value === 'string' ? value : JSON.stringify(value));
  } else for (const [place, part] of parts) leavesOf(part, place, into);
  return into;
}

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
