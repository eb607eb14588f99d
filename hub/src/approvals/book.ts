import type { Pending, ServerBook, ToolRecord, Verdict } from './judge.ts';

/** Approved definitions kept of one tool; the ones approved last. */
export const MOST_APPROVED = 20;

interface Occasion {
  /** ISO 8601. */
  readonly at: string;
  readonly package: string | undefined;
}

/** What is known after a server's list was judged. Pure. */
export function afterReview(
  book: ServerBook | undefined,
  verdicts: readonly Verdict[],
  { at, package: stamp }: Occasion,
): ServerBook {
  const tools = new Map(book?.tools);
  for (const verdict of verdicts) {
    const name = verdict.kind === 'release' ? verdict.tool : verdict.listed.tool;
    const approved = tools.get(name)?.approved ?? [];
    const next = recordAfter(verdict, approved, at);
    // One that was withdrawn before anybody approved it was never there.
    if (next.approved.length === 0 && !next.pending) tools.delete(name);
    else tools.set(name, next);
  }
  return { package: stamp ?? book?.package, tools };
}

function recordAfter(verdict: Verdict, approved: readonly string[], at: string): ToolRecord {
  switch (verdict.kind) {
    case 'release':
      return { approved };
    case 'approve':
      return { approved: withHash(approved, verdict.listed.hash).slice(-MOST_APPROVED) };
    case 'hold': {
      const pending: Pending = {
        hash: verdict.listed.hash,
        state: 'awaiting',
        change: verdict.change,
        seenAt: at,
      };
      return { approved, pending };
    }
  }
}

/** A hash that is there already keeps its place. */
export const withHash = (approved: readonly string[], hash: string): readonly string[] =>
  approved.includes(hash) ? approved : [...approved, hash];

/** What is known after the owner decided on one definition. Pure. */
export function afterDecision(
  book: ServerBook,
  decided: { readonly tool: string; readonly hash: string; readonly state: 'approved' | 'rejected' },
  at: string,
): ServerBook {
  const { tool, hash, state } = decided;
  const before = book.tools.get(tool);
  const known = before?.approved ?? [];
  const seenAt = before?.pending?.seenAt ?? at;
  const change = before?.pending?.change ?? 'changed';
  const approved = state === 'approved' ? withHash(known, hash) : known.filter((each) => each !== hash);
  const pending: Pending | undefined = state === 'rejected' ? { hash, state, change, seenAt } : undefined;
  const tools = new Map(book.tools).set(tool, { approved, pending });
  return { ...book, tools };
}
