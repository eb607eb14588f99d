import type { ToolChange } from '@counterpart/schemas';

/** A definition of a tool that is not offered. */
export interface Pending {
  readonly hash: string;
  readonly state: 'awaiting' | 'rejected';
  readonly change: ToolChange;
  /** ISO 8601. */
  readonly seenAt: string;
}

/** What is known of one tool. */
export interface ToolRecord {
  /** Hashes of every definition that may be offered; a list, because a set of one or two takes several times the memory. */
  readonly approved: readonly string[];
  readonly pending?: Pending | undefined;
}

/** What is known of one server's tools; a server without a book is seen for the first time. */
export interface ServerBook {
  readonly package: string | undefined;
  readonly tools: ReadonlyMap<string, ToolRecord>;
}

export interface Listed {
  readonly tool: string;
  readonly hash: string;
}

export interface Rules {
  readonly changedTools: 'quarantine' | 'allow';
  readonly newTools: 'quarantine' | 'allow';
  /** What the owner's package is now: another one than before is the owner's own act. Absent for other programs. */
  readonly package?: string | undefined;
}

/** Why a definition is approved without anybody being asked. */
export type Grounds = 'first sight' | 'own package' | 'configuration';

export type Verdict =
  | {
      readonly kind: 'approve';
      readonly listed: Listed;
      readonly grounds: Grounds;
      readonly change: ToolChange;
    }
  | { readonly kind: 'hold'; readonly listed: Listed; readonly change: ToolChange }
  /** Back at a definition that was approved, or no longer there: nothing is to be decided. */
  | { readonly kind: 'release'; readonly tool: string };

/** What a server's list comes to, for every tool whose standing it changes. Pure. */
export function judge(book: ServerBook | undefined, list: readonly Listed[], rules: Rules): Verdict[] {
  const standing = { trusted: trustOf(book, rules), rules };
  const names = Map.groupBy(list, ({ tool }) => tool);
  const verdicts = [...names].flatMap(([tool, entries]) => {
    const hashes = new Set(entries.map(({ hash }) => hash));
    return judgeTool(tool, [...hashes], book?.tools.get(tool), standing);
  });
  const gone = [...(book?.tools ?? [])].filter(
    ([tool, { pending }]) => pending?.state === 'awaiting' && !names.has(tool),
  );
  return [...verdicts, ...gone.map(([tool]): Verdict => ({ kind: 'release', tool }))];
}

/** What `allow` does to tools that have been waiting; nothing else can be told from a list that is only remembered. Pure. */
export function judgeRemembered(book: ServerBook, rules: Rules): Verdict[] {
  return [...book.tools].flatMap(([tool, { pending }]): Verdict[] =>
    pending?.state === 'awaiting' && allows(rules, pending.change)
      ? [approval({ tool, hash: pending.hash }, 'configuration', pending.change)]
      : [],
  );
}

/** Whether all a server lists is taken as it is. */
export function trustOf(
  book: ServerBook | undefined,
  rules: Rules,
): Extract<Grounds, 'first sight' | 'own package'> | undefined {
  if (!book) return 'first sight';
  return rules.package !== undefined && rules.package !== book.package ? 'own package' : undefined;
}

interface Standing {
  readonly trusted: ReturnType<typeof trustOf>;
  readonly rules: Rules;
}

/** `hashes`: of every definition listed under the name; one that is approved does not cover for another. */
function judgeTool(
  tool: string,
  hashes: readonly string[],
  record: ToolRecord | undefined,
  { trusted, rules }: Standing,
): Verdict[] {
  const pending = record?.pending;
  const unknown = hashes.filter((hash) => record?.approved.includes(hash) !== true);
  const [first] = unknown.filter((hash) => !(pending?.state === 'rejected' && pending.hash === hash));
  if (unknown.length === 0) return pending ? [{ kind: 'release', tool }] : [];
  if (first === undefined) return [];
  const change = changeOf(record);
  const grounds = trusted ?? (allows(rules, change) ? ('configuration' as const) : undefined);
  if (grounds) return unknown.map((hash) => approval({ tool, hash }, grounds, change));
  return pending?.hash === first ? [] : [{ kind: 'hold', listed: { tool, hash: first }, change }];
}

/** One that never was offered stays new however often it changes meanwhile; one that was rejected can only change. */
function changeOf(record: ToolRecord | undefined): ToolChange {
  if (!record) return 'new';
  return record.pending?.state === 'awaiting' ? record.pending.change : 'changed';
}

const allows = (rules: Rules, change: ToolChange): boolean =>
  (change === 'new' ? rules.newTools : rules.changedTools) === 'allow';

const approval = (listed: Listed, grounds: Grounds, change: ToolChange): Verdict => ({
  kind: 'approve',
  listed,
  grounds,
  change,
});
