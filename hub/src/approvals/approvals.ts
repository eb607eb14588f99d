import { hubError, type PendingTool, type Proposal, type ToolDefinition } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { EventLog } from '../kernel/events.ts';
import type { Logger } from '../kernel/log.ts';
import { toolProblem } from '../kernel/tools/tool-check.ts';
import type { Db } from '../store/store.ts';
import { written } from '../store/written.ts';
import { definitionHash } from './definition.ts';
import { afterDecision, afterReview } from './book.ts';
import { judge, judgeRemembered, type Rules, type ServerBook, trustOf, type Verdict } from './judge.ts';
import { noticesOf } from './notices.ts';
import { ApprovalRecords, GROUNDS_BY } from './records.ts';

export interface ApprovalOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly log: Logger;
}

/** Tools as a server lists them, or as they are remembered of the last time it did. */
export interface ListedTools {
  readonly server: string;
  readonly tools: readonly ToolDefinition[];
  readonly rules: Rules;
  /** From memory: it says nothing of what the server has become since. */
  readonly remembered?: boolean | undefined;
}

export interface OwnersWord {
  readonly server: string;
  /** Without a hash the definition at hand is meant, which can only be rejected so. */
  readonly tools: readonly { readonly tool: string; readonly hash?: string | undefined }[];
  readonly decision: 'approve' | 'reject';
  /** Principal in words, such as `owner via cli`. */
  readonly by: string;
  /** What the server lists now: for a tool that is offered and is to be so no longer. */
  readonly listed: readonly ToolDefinition[];
}

/** Which definitions of tools may be offered: what was approved, and nothing that came after it. */
export interface Approvals {
  /**
   * Looks at what a server lists before anybody sees it. What has to be kept is written first; where it cannot be, it is
   * logged and holds for this run: a full disk lets nothing through that was not approved. Never rejects.
   */
  review(listed: ListedTools): Promise<void>;
  /** Why a tool is left out, in words; undefined when it may be offered. Asks memory only. */
  withheld(server: string, tool: ToolDefinition): string | undefined;
  /** Whether a definition of this name awaits the owner's word or was rejected, also when it is not listed any more. */
  held(server: string, tool: string): boolean;
  /** Everything that is left out, by server and name. */
  pending(server?: string): PendingTool[];
  /** The same of one server, with what was approved before and what is to be read. */
  proposals(server: string): Promise<Proposal[]>;
  /** Rejects with APPROVAL_OUTDATED for a definition that is not the one at hand, and has then decided nothing. */
  decide(word: OwnersWord): Promise<void>;
  /** A removed server is seen for the first time when it comes again. */
  forget(server: string): Promise<void>;
  /** Told which server's tools were decided on. */
  subscribe(listener: (server: string) => void): () => void;
}

/** Reads what was decided in earlier runs. */
export async function createApprovals(options: ApprovalOptions): Promise<Approvals> {
  const records = new ApprovalRecords(options.db, () => new Date(options.clock.now()).toISOString());
  return new ApprovalBooks(options, records, await records.load());
}

class ApprovalBooks implements Approvals {
  readonly #options: ApprovalOptions;
  readonly #records: ApprovalRecords;
  readonly #books: Map<string, ServerBook>;
  readonly #listeners = new Set<(server: string) => void>();
  /** Memory follows the disk, one change after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ApprovalOptions, records: ApprovalRecords, books: Map<string, ServerBook>) {
    this.#options = options;
    this.#records = records;
    this.#books = books;
  }

  review(listed: ListedTools): Promise<void> {
    return this.#inTurn(() => this.#review(listed));
  }

  withheld(server: string, tool: ToolDefinition): string | undefined {
    const record = this.#books.get(server)?.tools.get(tool.name);
    if (record && !record.pending && record.approved.includes(definitionHash(tool))) return undefined;
    const { state = 'awaiting', change = 'changed' } = record?.pending ?? {};
    return state === 'rejected' ? REASONS.rejected : REASONS[change];
  }

  held(server: string, tool: string): boolean {
    return this.#books.get(server)?.tools.get(tool)?.pending !== undefined;
  }

  pending(server?: string): PendingTool[] {
    const books = server === undefined ? [...this.#books] : [[server, this.#books.get(server)] as const];
    return books
      .flatMap(([id, book]) =>
        [...(book?.tools ?? [])].flatMap(([tool, { pending }]) =>
          pending ? [{ server: id, tool, ...pending }] : [],
        ),
      )
      .sort((a, b) => (`${a.server} ${a.tool}` < `${b.server} ${b.tool}` ? -1 : 1));
  }

  async proposals(server: string): Promise<Proposal[]> {
    const found = this.pending(server).map(async (pending): Promise<Proposal[]> => {
      const after = await this.#records.definition(server, pending.tool, pending.hash);
      const before = await this.#records.lastApproved(server, pending.tool);
      return after
        ? [{ ...pending, ...(before ? { before } : {}), after, notices: [...noticesOf(after)] }]
        : [];
    });
    return (await Promise.all(found)).flat();
  }

  decide(word: OwnersWord): Promise<void> {
    return this.#inTurn(() => this.#decide(word));
  }

  forget(server: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#books.delete(server);
      await this.#records.forget(server);
    });
  }

  subscribe(listener: (server: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #review({ server, tools, rules, remembered = false }: ListedTools): Promise<void> {
    const book = this.#books.get(server);
    const trusted = trustOf(book, rules);
    // What the catalog leaves out is nothing to decide on, and may be too deep or too large to be read.
    const sound = tools.filter((tool) => toolProblem(tool) === undefined);
    const list = sound.map((tool) => ({ tool: tool.name, hash: definitionHash(tool) }));
    const verdicts = book && remembered && !trusted ? judgeRemembered(book, rules) : judge(book, list, rules);
    if (verdicts.length === 0 && !trusted) return;
    const definitions = new Map(sound.map((tool) => [definitionHash(tool), tool]));
    const baseline = trusted && { package: rules.package ?? null };
    const at = new Date(this.#options.clock.now()).toISOString();
    await this.#records.keepReview({ server, verdicts, definitions, baseline }).catch((cause: unknown) => {
      this.#options.log.error({ server, cause }, 'what was seen of its tools was not kept');
    });
    this.#books.set(server, afterReview(book, verdicts, { at, package: rules.package }));
    this.#tell(server, verdicts);
  }

  #tell(server: string, verdicts: readonly Verdict[]): void {
    const { events, log } = this.#options;
    for (const verdict of verdicts) {
      if (verdict.kind === 'hold') {
        const { listed, change } = verdict;
        events.publish({ kind: 'tool-quarantined', server, ...listed, change });
        log.warn({ server, ...listed, change }, `a tool of ${server} awaits approval`);
      } else if (verdict.kind === 'approve' && verdict.grounds === 'configuration')
        events.publish({ kind: 'tool-approved', server, ...verdict.listed, by: GROUNDS_BY.configuration });
    }
  }

  async #decide({ server, tools, decision, by, listed }: OwnersWord): Promise<void> {
    const state = decision === 'approve' ? ('approved' as const) : ('rejected' as const);
    // All are looked up before the first is written.
    const found = [];
    for (const { tool, hash } of tools) {
      const definition = await this.#definition({ server, tool, hash, state, listed });
      if (!definition) throw hubError('APPROVAL_OUTDATED', { server, tool, hash: hash ?? '(none given)' });
      found.push({ server, tool, hash: definitionHash(definition), state, by, definition });
    }
    for (const each of found) {
      await written(this.#records.keepDecision(each));
      const book = this.#books.get(server);
      const at = new Date(this.#options.clock.now()).toISOString();
      if (book) this.#books.set(server, afterDecision(book, each, at));
      const { tool, hash } = each;
      const kind = state === 'approved' ? ('tool-approved' as const) : ('tool-rejected' as const);
      this.#options.events.publish({ kind, server, tool, hash, by });
    }
    for (const listener of this.#listeners) listener(server);
  }

  /** What waits can be approved; what waits or is offered can be rejected; what was rejected can be approved after all. */
  async #definition(asked: {
    readonly server: string;
    readonly tool: string;
    readonly hash: string | undefined;
    readonly state: 'approved' | 'rejected';
    readonly listed: readonly ToolDefinition[];
  }): Promise<ToolDefinition | undefined> {
    const { server, tool, hash, state, listed } = asked;
    const { pending, approved } = this.#books.get(server)?.tools.get(tool) ?? {};
    const rejects = state === 'rejected';
    if (pending && (hash === undefined ? rejects : hash === pending.hash))
      return this.#records.definition(server, tool, pending.hash);
    const isOffered = (each: ToolDefinition) => approved?.includes(definitionHash(each)) === true;
    const offered = listed.find((each) => each.name === tool && isOffered(each));
    if (!rejects || pending || !offered) return undefined;
    return hash === undefined || hash === definitionHash(offered) ? offered : undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

const REASONS = {
  changed: 'its definition is not the one that was approved',
  new: 'its server did not have it before, and nobody has approved it',
  rejected: 'its definition was rejected, and it stays out until it changes',
} as const;
