import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  hubError,
  LoopDetail,
  LoopStage,
  LoopSummary,
  toCounterpartError,
  type AuthorQuestion,
  type LoopDecision,
  type LoopOrder,
} from '@counterpart/schemas';
import { z } from 'zod';
import { lazily, type Lazy } from '../kernel/lazily.ts';
import type {
  AuditAct,
  BuildService,
  CandidateReview,
  DurableEngine,
  DurableSteps,
} from '../kernel/ports.ts';
import { newTrace } from '../kernel/protocol/trace.ts';
import { BuildFolder, type KeptDecision } from './keep/build-folder.ts';
import type { EngineOptions } from './engine.ts';
import type { HandedContent } from './given/handed-files.ts';
import { createServerMemory } from './keep/memory.ts';
import { createBuildRecords, type BuildRecord, type BuildRecords } from './keep/records.ts';
import { stuckIn } from './keep/stuck.ts';
import type { LoopRoom, LoopRun } from './room.ts';
import { StageFailed } from './stages/steps.ts';
import type { Db } from '../store/store.ts';

export interface BuildsOptions extends Omit<LoopRoom, 'records' | 'memory' | 'folderOf' | 'announce'> {
  readonly db: Db;
  /** Of the hub; builds have their folders below it. */
  readonly dataDir: string;
  /** Builds at work at once; those that wait for somebody take no place. */
  readonly concurrency: number;
  /** Builds beyond these whose model is being asked. */
  readonly asking: number;
}

/** Builds from words, from their order to their end. */
export interface Builds extends BuildService {
  /** As the port says; what a client handed in is kept with the build, and read as a file of the person's. */
  start(order: LoopOrder, person?: string, handed?: readonly HandedContent[]): Promise<LoopSummary>;
  /** As the port says; `model` is the one that wrote the answer, where it is known. */
  answer(id: string, text: string, model?: string): Promise<LoopSummary>;
  /** The package that a build would install; undefined: it waits for no decision. */
  candidate(id: string): Promise<CandidateReview | undefined>;
  /** Builds of a person who leaves are the owner's. */
  disown(person: string): Promise<void>;
  /** Goes on with builds that were cut off. */
  resume(): Promise<void>;
  /** Something happened that builds may wait for, such as a new secret. */
  wakeAll(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the builds of a hub; those that were cut off go on with `resume`, or with the next order. */
export async function openBuilds(options: BuildsOptions): Promise<Builds> {
  const records = createBuildRecords(options);
  const directory = join(options.dataDir, 'builds');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const room: LoopRoom = {
    ...options,
    records,
    memory: createServerMemory(options),
    folderOf: (id) => new BuildFolder(join(directory, id)),
    async announce(id, { round, detail } = {}) {
      const { state, stage, waitsFor, server, order } = await records.get(id);
      options.events.publish({
        kind: 'build-changed',
        build: id,
        state,
        ...without({ stage, round, waitsFor, server, detail, trace: order.trace }),
      });
    },
  };
  return new HubBuilds(room, {
    file: join(directory, 'work.db'),
    concurrency: options.concurrency,
    waiting: options.asking,
  });
}

/** Members whose value is undefined are left out. */
const without = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never; // What it says.

const ENDED = new Set(['installed', 'failed', 'rejected', 'cancelled']);
const STAGES = LoopStage.options;

class HubBuilds implements Builds {
  readonly #room: LoopRoom;
  readonly #records: BuildRecords;
  /** With its database it is opened for the first build: most hubs only relay. */
  readonly #engine: Lazy<DurableEngine>;
  /** Builds on which somebody's word is being written down. */
  readonly #deciding = new Set<string>();

  constructor(room: LoopRoom, engine: Pick<EngineOptions, 'file' | 'concurrency' | 'waiting'>) {
    this.#room = room;
    this.#records = room.records;
    this.#engine = lazily(async () => {
      const { openEngine } = await import('./engine.ts');
      return await openEngine({
        ...engine,
        name: 'build',
        log: room.log,
        work: (run, steps) => this.#work(run, steps),
      });
    });
  }

  async resume(): Promise<void> {
    const unfinished = (await this.#records.list()).filter(({ state }) => !ENDED.has(state));
    // Also what was kept and not begun: the order stands before its run.
    for (const { id, attempt } of unfinished) await (await this.#engine.open()).start(runOf(id, attempt));
  }

  async start(
    given: LoopOrder,
    person?: string,
    handed: readonly HandedContent[] = [],
  ): Promise<LoopSummary> {
    const at = new Date(this.#room.clock.now()).toISOString();
    const id = newBuildId(this.#room.clock.now());
    const kept = handed.map(({ name, content }) => this.#room.folderOf(id).keepGiven(name, content));
    const files = [...(given.files ?? []), ...kept];
    const order = {
      ...given,
      trace: given.trace ?? newTrace(),
      ...(files.length === 0 ? {} : { files }),
    };
    const { text, author } = order;
    const record: BuildRecord = {
      id,
      order,
      text,
      author,
      state: 'queued',
      attempt: 1,
      ...without({ person }),
      createdAt: at,
      updatedAt: at,
    };
    await this.#records.insert(record);
    await this.#room.announce(id);
    await (await this.#engine.open()).start(runOf(id, 1));
    return toSummary(record);
  }

  async list(): Promise<LoopSummary[]> {
    return (await this.#records.list()).map(toSummary);
  }

  async show(id: string): Promise<LoopDetail> {
    const { attempt: _, ...record } = await this.#records.get(id);
    const folder = this.#room.folderOf(id);
    const report = folder.reports().at(-1);
    const question = openQuestion(folder);
    const decided = record.sheet === undefined ? undefined : folder.decision();
    return LoopDetail.parse({
      ...record,
      steps: await this.#records.steps(id),
      folder: folder.path,
      asked: folder
        .questions()
        .map(({ number, pack, tokens }) => ({ number, pack, tokens, ...usageOf(folder, number) })),
      ...without({ report, question, decision: decided && toldOf(decided) }),
    });
  }

  async candidate(id: string): Promise<CandidateReview | undefined> {
    const { waitsFor, sheet } = await this.#records.get(id);
    if (waitsFor !== 'approval' || sheet === undefined) return undefined;
    const { reviewCandidate } = await import('./review/candidate.ts');
    const { serversDir } = this.#room;
    return await reviewCandidate(this.#room.folderOf(id).candidate, { serversDir, sheet });
  }

  async cancel(id: string): Promise<LoopSummary> {
    const { state, attempt } = await this.#records.get(id);
    if (ENDED.has(state))
      throw hubError('BUILD_STATE', { build: id, state, detail: 'there is nothing to cancel' });
    const record = await this.#records.update(id, { state: 'cancelled', waitsFor: undefined });
    await (await this.#engine.open()).cancel(runOf(id, attempt));
    await this.#room.announce(id);
    return toSummary(record);
  }

  async retry(id: string, from?: LoopStage): Promise<LoopSummary> {
    const { state, attempt, stage } = await this.#records.get(id);
    if (state === 'running' || state === 'queued')
      throw hubError('BUILD_STATE', { build: id, state, detail: 'it is at work already; cancel it first' });
    const folder = this.#room.folderOf(id);
    const first = from ?? stuckIn(folder, stage);
    if (first !== undefined) {
      const again = againFrom(first);
      folder.dropResults((name) => again.some((stage) => name.startsWith(`${stage}-`)));
      folder.dropAnswers(firstAnswerOf(first, folder), attempt);
      await this.#records.dropSteps(id, again);
    }
    folder.forgetDecision();
    await (await this.#engine.open()).cancel(runOf(id, attempt));
    const record = await this.#records.update(id, {
      state: 'queued',
      attempt: attempt + 1,
      waitsFor: undefined,
      problem: undefined,
      sheet: undefined,
    });
    await (await this.#engine.open()).start(runOf(id, attempt + 1));
    await this.#room.announce(id);
    return toSummary(record);
  }

  async decide(id: string, decision: LoopDecision): Promise<LoopSummary> {
    // Of two words at the same time the first one counts, and only it is recorded.
    if (this.#deciding.has(id))
      throw hubError('BUILD_STATE', { build: id, state: 'waiting', detail: 'it is being decided on' });
    this.#deciding.add(id);
    try {
      return await this.#decide(id, decision);
    } finally {
      this.#deciding.delete(id);
    }
  }

  async #decide(id: string, { reason: words, ...decision }: LoopDecision): Promise<LoopSummary> {
    const { state, waitsFor, sheet, attempt, order } = await this.#records.get(id);
    if (waitsFor !== 'approval' || sheet === undefined)
      throw hubError('BUILD_STATE', { build: id, state, detail: 'it waits for no decision' });
    if (sheet.hash !== decision.hash) throw hubError('BUILD_OUTDATED', { build: id });
    const by = `owner via ${decision.via}`;
    const reason = words === undefined ? {} : { reason: this.#room.clean(words) };
    const at = new Date(this.#room.clock.now()).toISOString();
    const decide = async () => this.#room.folderOf(id).decide({ ...decision, ...reason, by, at });
    const act: AuditAct = {
      action: decision.decision === 'approve' ? 'build.approve' : 'build.reject',
      subject: sheet.server,
      principal: by,
      trace: order.trace,
      facts: { build: id, hash: sheet.hash, version: sheet.version, ...reason },
    };
    await (this.#room.versions.audit?.acting(act, decide) ?? decide());
    return await this.#goOn(id, attempt);
  }

  async answer(id: string, text: string, model?: string): Promise<LoopSummary> {
    const record = await this.#records.get(id);
    const folder = this.#room.folderOf(id);
    const question = openQuestion(folder);
    if (record.waitsFor !== 'author' || question === undefined)
      throw hubError('BUILD_STATE', {
        build: id,
        state: record.state,
        detail: 'it asks its author nothing now',
      });
    folder.keepAnswer(question.number, { text, ...without({ model }) });
    return await this.#goOn(id, record.attempt);
  }

  async skip(id: string): Promise<LoopSummary> {
    const record = await this.#records.get(id);
    if (record.waitsFor !== 'secrets')
      throw hubError('BUILD_STATE', {
        build: id,
        state: record.state,
        detail: 'only waiting for secrets can be skipped',
      });
    this.#room.folderOf(id).skip('credentials');
    return await this.#goOn(id, record.attempt);
  }

  disown(person: string): Promise<void> {
    return this.#records.disown(person);
  }

  async wakeAll(): Promise<void> {
    const waiting = (await this.#records.list()).filter(({ waitsFor }) => waitsFor === 'secrets');
    for (const { id, attempt } of waiting) await (await this.#engine.open()).wake(runOf(id, attempt));
  }

  async close(): Promise<void> {
    await (await this.#engine.opened())?.close();
  }

  /** What a build waited for is written: whoever looks from now on sees it at work. */
  async #goOn(id: string, attempt: number): Promise<LoopSummary> {
    const record = await this.#records.update(id, { state: 'running', waitsFor: undefined });
    await (await this.#engine.open()).wake(runOf(id, attempt));
    return toSummary(record);
  }

  async #work(runId: string, steps: DurableSteps): Promise<void> {
    const id = runId.slice(0, runId.lastIndexOf('.'));
    const run: LoopRun = {
      room: this.#room,
      folder: this.#room.folderOf(id),
      id,
      signal: steps.signal,
      record: () => this.#records.get(id),
    };
    try {
      // With all that compiles and checks, which a hub that builds nothing never loads.
      const { runLoop } = await import('./loop.ts');
      const state = await runLoop(run, steps);
      await this.#end(id, { state, waitsFor: undefined });
    } catch (failure) {
      // Whatever the library throws to rest or to be resumed is its own.
      if (!(failure instanceof StageFailed)) throw failure;
      const error = toCounterpartError(failure.cause);
      const problem = error.words;
      await this.#end(id, { state: 'failed', stage: failure.stage, waitsFor: undefined, problem });
    }
  }

  async #end(id: string, change: Parameters<BuildRecords['update']>[1]): Promise<void> {
    const { state } = await this.#records.get(id);
    if (state === 'cancelled') return;
    await this.#records.update(id, change);
    await this.#room.announce(id, { detail: change.problem });
  }
}

const toldOf = ({ decision, by, at, reason }: KeptDecision) => ({
  decision,
  by,
  at,
  ...without({ reason }),
});

const usageOf = (folder: BuildFolder, number: number) => {
  const usage = folder.answer(number)?.usage;
  return usage === undefined
    ? {}
    : { usage: { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens } };
};

const runOf = (id: string, attempt: number): string => `${id}.${attempt}`;

/** Sorts by time; two of one millisecond differ. */
const newBuildId = (now: number): string =>
  `b-${Math.floor(now / 1_000)
    .toString(36)
    .padStart(7, '0')
    .slice(-7)}${randomInt(36 ** 3)
    .toString(36)
    .padStart(3, '0')}`;

function openQuestion(folder: BuildFolder): AuthorQuestion | undefined {
  const last = folder.questions().at(-1);
  return last !== undefined && folder.answer(last.number) === undefined ? last : undefined;
}

/** Stages that are done anew; a candidate that is checked again is also made again, of what was answered. */
const againFrom = (stage: LoopStage): LoopStage[] =>
  STAGES.slice(Math.min(STAGES.indexOf(stage), ...(isJudged(stage) ? [STAGES.indexOf('write')] : [])));
const isJudged = (stage: LoopStage): boolean => /^(?:check|test|canary)$/.test(stage);

/** Number of the first answer that is asked for anew. */
function firstAnswerOf(stage: LoopStage, { firstDraft }: BuildFolder): number {
  if (stage === 'intake') return 1;
  return STAGES.indexOf(stage) <= STAGES.indexOf('write') ? firstDraft : Number.MAX_SAFE_INTEGER;
}

/** A record has more members than its summary. */
const Summary = z.object(LoopSummary.shape);
const toSummary = (record: BuildRecord): LoopSummary => Summary.parse(record);
