import { relative } from 'node:path';
import { type CounterpartError, hubError, toCounterpartError } from '@counterpart/schemas';
import type { BesideProgram, Candidate } from '../builds/room.ts';
import type { LiveCatalog } from '../catalog/catalog.ts';
import { didYouMean } from '../kernel/nearest.ts';
import type { EventLog } from '../kernel/events.ts';
import type { CatalogSource, ServerOutcome, UpstreamLists } from '../kernel/ports.ts';
import { discoverServers } from '../registry/discover.ts';
import { secretsStamp } from '../vault/given-secrets.ts';
import { type Desired, type DesiredServer, toChange, toDesired } from './desired.ts';
import { Learner } from './learner.ts';
import { outcomeOf, outcomeOfProblem } from './outcomes.ts';
import { wantedSecrets } from './member-secrets.ts';
import { createMember, type Member, type MemberOptions } from './member.ts';

export interface FleetOptions extends Omit<MemberOptions, 'config' | 'host'> {
  readonly config: () => MemberOptions['config'];
  readonly host: () => MemberOptions['host'];
  readonly serversDir: string;
  readonly catalog: LiveCatalog;
  readonly events: EventLog;
  /** Servers that are part of the hub itself, such as control tools of mirrors. */
  readonly ownSources: () => readonly CatalogSource[];
}

/** Before servers are made once more that the data folder kept from being made. */
const RETRY_MS = 5_000;
/** How long calls in flight may finish on a server that was replaced or removed. */
const DRAIN_MS = 30_000;
/** The same when the hub stops: a person waits for it. */
const STOP_DRAIN_MS = 3_000;

/** The servers of this hub: what folder and configuration want, brought about. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, Member>();
  /** Since when a server cannot be reached, or sleeps; milliseconds since the epoch. */
  readonly #unavailable = new Map<string, number>();
  #problems: ReadonlyMap<string, CounterpartError> = new Map();
  #queue: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;
  readonly #retiring = new Set<Member['upstream']>();
  #closed = false;
  #retry: (() => void) | undefined;

  readonly #unsubscribe: () => void;
  readonly #learner: Learner;

  constructor(options: FleetOptions) {
    this.#options = options;
    const { catalog, events, clock, log } = options;
    this.#learner = new Learner({ clock, log, isUnlisted: (member) => this.#isUnlisted(member) });
    this.#unsubscribe = catalog.subscribe(() =>
      events.publish({ kind: 'catalog-changed', tools: this.toolCount() }),
    );
  }

  get members(): ReadonlyMap<string, Member> {
    return this.#members;
  }

  /** Servers that cannot be had as they stand, by id or folder. */
  get problems(): ReadonlyMap<string, CounterpartError> {
    return this.#problems;
  }

  /** Rejects with SERVER_UNKNOWN. */
  get(id: string): Member {
    const member = this.#members.get(id);
    if (member) return member;
    throw (
      this.#problems.get(id) ??
      hubError('SERVER_UNKNOWN', { server: id, suggestion: didYouMean(id, this.#members.keys()) })
    );
  }

  /**
   * Brings the running servers in line with folder and configuration: new ones are made first, the catalog is swapped, old
   * ones finish their calls and stop. Runs one at a time; a call while one waits joins it.
   */
  reconcile(): Promise<void> {
    this.#waiting ??= this.#queue.then(async () => {
      this.#waiting = undefined;
      if (!this.#closed) await this.#reconcileNow();
    });
    this.#queue = this.#waiting.catch(() => undefined);
    return this.#waiting;
  }

  async #reconcileNow(): Promise<void> {
    const { serversDir, events, log } = this.#options;
    const secrets = await this.#options.vault.list();
    const desired = toDesired(discoverServers(serversDir), this.#options.config(), (id, origin) =>
      secretsStamp(secrets, id, wantedSecrets(origin)),
    );
    const change = toChange(new Map([...this.#members].map(([id, member]) => [id, member.desired])), desired);
    const problems = new Map(desired.problems);
    const gone = change.removed.filter((id) => !this.#isBroken(id, problems));
    const retired: Member[] = [];
    for (const id of [...change.added, ...change.changed]) {
      const old = this.#members.get(id);
      const made = await this.#make(desired, id, problems);
      if (!made) continue; // the old one, if any, stays: last good
      if (old) retired.push(old);
      this.#unavailable.delete(id);
      this.#members.set(id, { ...made, before: old && listsOf(old) });
      events.publish({ kind: old ? 'server-changed' : 'server-added', server: id });
    }
    for (const id of gone) {
      const old = this.#members.get(id);
      if (old) retired.push(old);
      this.#members.delete(id);
      this.#unavailable.delete(id);
      await this.#uninstall(id);
      events.publish({ kind: 'server-removed', server: id });
    }
    this.#problems = problems;
    this.publish();
    if (change.added.length + change.changed.length + gone.length > 0)
      log.info({ added: change.added, changed: change.changed, removed: gone }, 'servers changed');
    for (const member of retired) this.#retire(member);
    await this.#export();
    this.#learn();
  }

  /** A package that is there and cannot be read, such as one half written: what ran goes on. */
  #isBroken(id: string, problems: Desired['problems']): boolean {
    const origin = this.#members.get(id)?.desired.origin;
    const folder =
      origin?.kind === 'built' ? relative(this.#options.serversDir, origin.found.directory) : undefined;
    return folder !== undefined && problems.has(folder);
  }

  /** For other programs to read; a folder that cannot be written does not keep the hub from serving. */
  async #export(): Promise<void> {
    const { registry, serversDir, log } = this.#options;
    const failed = (cause: unknown) =>
      log.warn({ problem: toCounterpartError(cause).message }, 'registry was not exported');
    await registry.exportTo(serversDir).catch(failed);
  }

  /** The registry is a record: a disk that takes nothing more must not keep a removed server running. */
  async #uninstall(id: string): Promise<void> {
    const { registry, approvals, log } = this.#options;
    const failed = (cause: unknown) =>
      log.error({ server: id, problem: toCounterpartError(cause).message }, 'removal was not recorded');
    await registry.uninstall(id).catch(failed);
    await approvals.forget(id).catch(failed);
  }

  async #make(
    desired: Desired,
    id: string,
    problems: Map<string, CounterpartError>,
  ): Promise<Member | undefined> {
    const wanted = desired.servers.get(id);
    if (!wanted) return undefined;
    try {
      const member = await createMember(wanted, this.#memberOptions());
      this.#follow(member, wanted);
      return member;
    } catch (thrown) {
      const problem = toCounterpartError(thrown);
      problems.set(id, problem);
      // A disk that is full or a database that is locked need not stay so.
      if (problem.code === 'DATA_UNWRITABLE') this.#tryLater();
      this.#options.log.warn({ server: id, code: problem.code }, problem.message);
      return undefined;
    }
  }

  #tryLater(): void {
    this.#retry?.();
    this.#retry = this.#options.clock.after(RETRY_MS, () => {
      this.reconcile().catch((cause: unknown) =>
        this.#options.log.warn({ problem: toCounterpartError(cause).message }, 'servers could not be made'),
      );
    });
  }

  #memberOptions(): MemberOptions {
    return { ...this.#options, config: this.#options.config(), host: this.#options.host() };
  }

  /** Keeps what a server says of itself, so that the next start can list it without running it. */
  #follow({ upstream }: Member, { id, hash }: DesiredServer): void {
    const { registry, log, clock } = this.#options;
    upstream.on('lists-changed', (lists) => {
      // One that was replaced says nothing of the one in its place.
      if (this.#members.get(id)?.upstream !== upstream) return;
      const failed = (cause: unknown) => log.error({ server: id, cause }, 'snapshot was not kept');
      registry.saveSnapshot(id, hash, { lists, info: upstream.info }).catch(failed);
    });
    upstream.on('availability-changed', (available) => {
      if (this.#members.get(id)?.upstream !== upstream) return;
      if (available) this.#foundAgain(id);
      else if (!this.#unavailable.has(id)) this.#expireLater(id, clock.now());
      this.judge();
    });
  }

  #expireLater(id: string, since: number): void {
    this.#unavailable.set(id, since);
    this.#expireAfter(id, this.#graceLeft(id));
  }

  #expireAfter(id: string, delayMs: number): void {
    this.#options.clock.after(delayMs, () => {
      // A timer is early by as long as the turn took that set it.
      const left = this.#graceLeft(id);
      if (left > 0) return this.#expireAfter(id, left);
      this.publish();
      const member = this.#members.get(id);
      // Nobody can call it any more, and so find out that it is back.
      if (member && this.#isUnlisted(member)) this.#learner.again(member);
    });
  }

  /** What had left the lists is offered again. */
  #foundAgain(id: string): void {
    const late = this.#isLate(id);
    this.#unavailable.delete(id);
    if (late) this.publish();
  }

  #isLate(id: string): boolean {
    return this.#unavailable.has(id) && this.#graceLeft(id) <= 0;
  }

  /** Milliseconds for which what it offered stays listed; 0 or less where it is over, or there is nothing to wait for. */
  #graceLeft(id: string): number {
    const since = this.#unavailable.get(id);
    if (since === undefined) return 0;
    const { graceMs } = this.#options.config().defaults;
    return since + graceMs + 1 - this.#options.clock.now();
  }

  /** Gives the catalog the servers as they are now. */
  publish(): void {
    if (this.#closed) return;
    const { profiles, aliases } = this.#options.config();
    this.#options.catalog.setProfiles(profiles);
    this.#options.catalog.setAliases(aliases);
    const members = [...this.#members.values()].map((member) => this.#source(member));
    const own = this.#options.ownSources().filter(({ id }) => !this.#members.has(id));
    this.#options.catalog.set([...members, ...own]);
    this.judge();
  }

  /** Tells the catalog which servers do not serve as they should; to be called when one may have changed. */
  judge(): void {
    const outcomes = new Map<string, ServerOutcome>();
    for (const [id, problem] of this.#problems)
      outcomes.set(id, outcomeOfProblem(problem, this.#members.has(id)));
    for (const [id, member] of this.#members) {
      const facts = { expired: this.#isExpired(member), listed: listsOf(member) !== undefined };
      const { enabled, upstream, desired } = member;
      const { snapshot, listProblem } = upstream;
      const judged = { enabled, isRemote: desired.origin.kind === 'remote', snapshot, listProblem };
      const outcome = outcomeOf(judged, facts);
      if (outcome) outcomes.set(id, outcome);
    }
    this.#options.catalog.setOutcomes(outcomes);
  }

  #source(member: Member): CatalogSource {
    const { id, prefix } = member.desired;
    const { upstream } = member;
    return {
      id,
      prefix,
      upstream,
      known: listsOf(member),
      enabled: member.enabled && !this.#isExpired(member),
      packaged: member.desired.origin.kind === 'built',
      onlyListed: member.onlyListed,
    };
  }

  /** Without a problem it only sleeps until its next call, and whoever is to call it must find it. */
  #isExpired({ desired, upstream }: Member): boolean {
    return upstream.snapshot.problem !== undefined && this.#isLate(desired.id);
  }

  toolCount(): number {
    return this.#options.catalog.view({ kind: 'all' })?.toolCount ?? 0;
  }

  /** Of the member as it is now: it may have been disabled or replaced since. */
  #isUnlisted({ desired: { id }, upstream }: Member): boolean {
    const now = this.#members.get(id);
    if (this.#closed || now?.upstream !== upstream || !now.enabled) return false;
    return listsOf(now) === undefined || this.#isExpired(now);
  }

  /** Third-party servers must run once before anyone knows what they offer. */
  #learn(): void {
    for (const member of this.#members.values())
      if (member.known === undefined && member.enabled) this.#learner.learn(member);
  }

  /** Enables or disables in place; a disabled server is stopped after its calls and leaves the lists. */
  async setEnabled(id: string, enabled: boolean): Promise<void> {
    const member = this.get(id);
    await this.#options.registry.setEnabled(id, enabled);
    this.#members.set(id, { ...member, enabled });
    this.publish();
    if (!enabled) await member.upstream.process?.stop();
    else member.upstream.process?.reset();
    await this.#export();
    this.#learn();
  }

  /** Starts a new version of a built server beside it; in words, what keeps it from that. Rejects with SERVER_UNKNOWN. */
  async openBeside(candidate: Candidate): Promise<BesideProgram | string> {
    const { openBeside } = await import('./programs/beside.ts');
    return await openBeside(candidate, this.get(candidate.server).desired, this.#memberOptions());
  }

  /** Disables a server whose service stays away; a person enables it again. */
  async giveUp(id: string, detail: string): Promise<void> {
    const { events, log } = this.#options;
    log.warn({ server: id, detail }, 'server is disabled');
    events.publish({ kind: 'server-disabled', server: id, detail });
    await this.setEnabled(id, false).catch((cause: unknown) =>
      log.error({ server: id, problem: toCounterpartError(cause).message }, 'server was not disabled'),
    );
  }

  #retire({ upstream, release }: Member): void {
    this.#retiring.add(upstream);
    const failed = (cause: unknown) =>
      this.#options.log.error({ server: upstream.id, cause }, 'a server that was replaced did not end');
    void upstream
      .close({ drainMs: DRAIN_MS })
      .then(release)
      .catch(failed)
      .finally(() => this.#retiring.delete(upstream));
  }

  /** Calls in flight may finish within a few seconds; then they fail, and every server is ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    this.#retry?.();
    this.#learner.close();
    await this.#queue;
    const upstreams = [...[...this.#members.values()].map(({ upstream }) => upstream), ...this.#retiring];
    await Promise.allSettled(upstreams.map((upstream) => upstream.close({ drainMs: STOP_DRAIN_MS })));
  }
}

const listsOf = ({ upstream, known, before }: Member): UpstreamLists | undefined =>
  upstream.lists ?? known ?? before;
