import {
  ApprovalSheet,
  CounterpartError,
  hubError,
  LoopPlan,
  MAX_REPAIRS,
  RoundReport,
  type LoopOrder,
  type LoopStage,
} from '@counterpart/schemas';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { scanTools } from '../checks/facts/tools.ts';
import type { DurableSteps } from '../kernel/ports.ts';
import { askAuthor } from './author/ask.ts';
import { askForPlan } from './author/ask-plan.ts';
import { sketchFiles } from './given/given-files.ts';
import { renderReport } from './prompts/render.ts';
import type { LoopRun } from './room.ts';
import { canaryRound, tellCanary } from './stages/canary/canary.ts';
import { checkCandidate, writeCandidate, type Draft } from './stages/draft.ts';
import { installCandidate } from './stages/install.ts';
import { Found, lookForSource, planOfFolder, planOfSource, type Researcher } from './stages/intake.ts';
import { probeServer } from './stages/probe.ts';
import { makeSheet } from './stages/sheet.ts';
import { guarded, runStage, skipStage, StageFailed } from './stages/steps.ts';
import { recordCandidate, testCandidate } from './stages/test-candidate.ts';

const Done = z.strictObject({ detail: z.string() });
const tell = ({ detail }: z.infer<typeof Done>): string => detail;

/**
 * A build from its order to an installed server. What every stage made is kept before the next begins, so that it can be cut
 * off anywhere. Answers how it ended; throws StageFailed.
 */
export async function runLoop(run: LoopRun, steps: DurableSteps): Promise<'installed' | 'rejected'> {
  const plan = await intake(run, steps);
  const found = await runStage(
    run,
    steps,
    {
      stage: 'research',
      kind: 'waiting',
      schema: Found,
      tell: ({ source, tried }) => source ?? (tried.join('; ') || 'nothing to look for'),
    },
    async () => {
      const { signal } = run;
      const { order, person } = await run.record();
      return lookForSource(order, plan, { signal, person, research: researcherOf(run) });
    },
  );
  const report = await attempts(run, steps, { plan, found });
  const sheet = await runStage(run, steps, { stage: 'approval', schema: ApprovalSheet }, () =>
    makeSheet(run, report),
  );
  await run.room.records.update(run.id, { sheet, server: sheet.server });
  const decision = await decisionOn(run, steps, sheet);
  if (decision === 'reject') return 'rejected';
  await afterApproval(run, steps, sheet);
  return 'installed';
}

/** The model for research, where the configuration names one and the author is a model too: others look for themselves. */
function researcherOf({ room, signal }: LoopRun): Researcher | undefined {
  const model = room.researchModel();
  if (model === undefined) return undefined;
  return async ({ system, prompt: text }) => {
    const answer = await room.models.ask({ system, messages: [{ role: 'user', text }] }, { model, signal });
    return answer.text;
  };
}

async function intake(run: LoopRun, steps: DurableSteps): Promise<LoopPlan> {
  const { order, person } = await run.record();
  const { claims } = run.room;
  // Nobody is asked, and nothing paid, for what could not be tested in the end.
  await guarded(run, steps, { name: 'sandbox', stage: 'intake' }, async () => {
    await run.room.openSandbox(order.unsafeLocal === true);
  });
  const isTold = order.folder !== undefined || order.from !== undefined;
  const given = isTold
    ? undefined
    : await askForPlan(run, steps, {
        wish: order.text,
        findings: [
          ...(await run.room.memory.list((server) => person === undefined || claims.sees(person, server))),
          ...(order.seen ?? []),
        ],
        files: await sketchFiles(order.files ?? []),
      });
  const plan = await runStage(
    run,
    steps,
    { stage: 'intake', schema: LoopPlan, tell: ({ kind, name }) => `${name}: ${KINDS[kind]}` },
    async () => {
      const plan = await planOf(order, given);
      // Before anything of a server that has the name is looked at: it may be one that they are not to know of.
      if (person !== undefined) claims.assertFree(plan.name, person);
      return plan;
    },
  );
  await run.room.records.update(run.id, { plan, server: plan.name });
  return plan;
}

async function planOf(order: LoopOrder, given: LoopPlan | CounterpartError | undefined): Promise<LoopPlan> {
  if (order.folder !== undefined) return await planOfFolder(order.folder);
  if (given === undefined) return planOfSource(order);
  if (given instanceof CounterpartError) throw given;
  return order.name === undefined ? given : { ...given, name: order.name };
}

const KINDS = {
  description: 'there may be a description to compile',
  blueprint: 'its interface is described first',
  code: 'its tools are written',
} as const;

interface Findings {
  readonly plan: LoopPlan;
  readonly found: Found;
}

/** Write, check, test; and again with the whole report, as often as repairs are allowed. */
async function attempts(run: LoopRun, steps: DurableSteps, { plan, found }: Findings): Promise<RoundReport> {
  const { order } = await run.record();
  const folder = order.folder;
  const kind =
    found.source !== undefined ? 'description' : plan.kind === 'description' ? 'blueprint' : plan.kind;
  const isWritten = folder === undefined && kind !== 'description';
  let before: { answer: string; report: RoundReport } | undefined;
  for (let round = 0; ; round += 1) {
    const answer = isWritten ? await draftOf(run, steps, { round, kind, plan, found, before }) : undefined;
    const draft: Draft = { kind, plan, answer, source: found.source, folder };
    const report = await judge(run, steps, draft, round);
    run.folder.keepReport(report);
    if (report.passed) return report;
    if (answer === undefined || round >= MAX_REPAIRS) throw unrepaired(run, report, folder);
    before = { answer, report };
  }
}

interface DraftOrder extends Findings {
  readonly round: number;
  readonly kind: 'blueprint' | 'code';
  readonly before: { readonly answer: string; readonly report: RoundReport } | undefined;
}

async function draftOf(
  run: LoopRun,
  steps: DurableSteps,
  { round, kind, plan, found, before }: DraftOrder,
): Promise<string> {
  const { order } = await run.record();
  const stage: LoopStage = kind === 'blueprint' ? 'blueprint' : 'write';
  const files = await sketchFiles(order.files ?? []);
  const facts = { wish: order.text, plan, findings: [...found.tried, ...(order.seen ?? [])], files };
  return await askAuthor(
    run,
    steps,
    { number: run.folder.firstDraft + round, stage },
    before === undefined
      ? { ...facts, kind }
      : { ...facts, kind: 'repair', repairs: kind, before: before.answer, report: before.report },
  );
}

/** One round: what was written becomes a candidate, its code is read, and its tests run behind the walls. */
async function judge(run: LoopRun, steps: DurableSteps, draft: Draft, round: number): Promise<RoundReport> {
  const stage = (name: LoopStage, work: () => Promise<RoundReport>): Promise<RoundReport> =>
    runStage(run, steps, { stage: name, round, schema: RoundReport, tell: sentence, isGood }, work);
  const written = await stage('write', () => writeCandidate(run, draft, round));
  if (!written.passed) return written;
  const checked = await stage('check', () => checkCandidate(run, round));
  if (!checked.passed) return checked;
  const tested = await stage('test', () => testRound(run, draft, checked));
  const server = draft.plan.name;
  if (!tested.passed || tested.replaces !== true) return tested;
  return await runStage(
    run,
    steps,
    { stage: 'canary', round, schema: RoundReport, tell: tellCanary, isGood },
    () => canaryRound(run, { server, kind: draft.kind }, tested),
  );
}

const isGood = ({ passed }: RoundReport): boolean => passed;

async function testRound(run: LoopRun, draft: Draft, checked: RoundReport): Promise<RoundReport> {
  const { candidate } = run.folder;
  const { serversDir } = run.room;
  const limits = run.room.limits();
  const { order } = await run.record();
  const sandbox = await run.room.openSandbox(order.unsafeLocal === true);
  if (draft.kind === 'code') {
    const listed = await recordCandidate(candidate, { sandbox, serversDir, limits }, run.signal).catch(
      (cause: unknown) => {
        run.signal.throwIfAborted();
        return cause instanceof Error ? cause.message : String(cause);
      },
    );
    if (typeof listed === 'string') return { ...checked, passed: false, problem: listed };
    // What the code put together is a text like any other by now.
    const said = scanTools(listed);
    if (said.length > 0) return { ...checked, passed: false, diagnostics: [...checked.diagnostics, ...said] };
  }
  const { tests, diagnostics } = await testCandidate(candidate, { sandbox, limits }, run.signal);
  const passed = tests.failures.length === 0 && diagnostics.length === 0;
  // Kept with the report: a build that goes on after its install must not take itself for the version before.
  const isInUse = existsSync(join(serversDir, draft.plan.name, 'manifest.json'));
  const replaces = isInUse ? { replaces: true as const } : {};
  return { ...checked, ...replaces, passed, diagnostics: [...checked.diagnostics, ...diagnostics], tests };
}

function sentence({ passed, problem, diagnostics, tests }: RoundReport): string {
  if (problem !== undefined) return problem.split('\n')[0] ?? '';
  if (tests !== undefined) return testSentence(tests);
  if (passed) return 'nothing refused';
  return `refused: ${diagnostics.length} finding${diagnostics.length === 1 ? '' : 's'}`;
}

const testSentence = ({ passed, failures, coverage, sandbox }: NonNullable<RoundReport['tests']>): string =>
  `${passed} tests passed, ${failures.length} failed${coverage === undefined ? '' : `, ${coverage} % of the code run`}, inside ${sandbox}`;

function unrepaired(run: LoopRun, report: RoundReport, given: string | undefined): StageFailed {
  const detail = renderReport(report).split('\n').slice(0, 3).join(' ').replace(/\s+/g, ' ');
  const stage = report.canary !== undefined ? 'canary' : report.tests === undefined ? 'check' : 'test';
  const rounds = report.round === 0 ? '1 attempt' : `${report.round + 1} attempts`;
  // What a person wrote is mended where they wrote it.
  const folder = given ?? run.folder.candidate;
  return new StageFailed(stage, hubError('BUILD_UNREPAIRED', { build: run.id, rounds, detail, folder }));
}

/** Waits for a person's word on exactly this sheet. */
async function decisionOn(
  run: LoopRun,
  steps: DurableSteps,
  { hash }: ApprovalSheet,
): Promise<'approve' | 'reject'> {
  const onThis = () => {
    const decision = run.folder.decision();
    return decision?.hash === hash ? decision.decision : undefined;
  };
  if (onThis() === undefined) {
    await run.room.records.update(run.id, { state: 'waiting', stage: 'approval', waitsFor: 'approval' });
    await run.room.announce(run.id);
  }
  await steps.wait('decision', async () => onThis() !== undefined);
  return onThis() ?? 'reject';
}

async function afterApproval(run: LoopRun, steps: DurableSteps, sheet: ApprovalSheet): Promise<void> {
  const { server } = sheet;
  await runStage(run, steps, { stage: 'install', schema: Done, tell }, async () => {
    const decision = run.folder.decision();
    if (decision?.hash !== sheet.hash || decision.decision !== 'approve')
      throw hubError('BUILD_OUTDATED', { build: run.id });
    await installCandidate(run, sheet, decision);
    await run.room.reload(server);
    return { detail: `${server} ${sheet.version} is installed` };
  });
  await credentials(run, steps, sheet);
  const missing = await run.room.missingSettings(server);
  if (missing.length > 0) await skipStage(run, 'probe', `not without ${missing.join(', ')}`);
  else
    await runStage(run, steps, { stage: 'probe', schema: Done, tell }, async () => {
      const outcomes = await probeServer(run, sheet);
      return { detail: outcomes.join('; ') || 'no tool can be tried without arguments' };
    });
  await runStage(run, steps, { stage: 'remember', schema: Done, tell }, async () => {
    await run.room.memory.keep(server, `${sheet.title}: ${(await run.record()).order.text}`);
    return { detail: 'told to models that are asked later' };
  });
}

/** Waits until what the server needs is there, or somebody says to go on without. */
async function credentials(run: LoopRun, steps: DurableSteps, { server }: ApprovalSheet): Promise<void> {
  const isDone = async () =>
    run.folder.isSkipped('credentials') || (await run.room.missingSettings(server)).length === 0;
  if (!(await isDone())) {
    await run.room.records.step(run.id, { stage: 'credentials', round: 0, state: 'running' });
    await run.room.records.update(run.id, { state: 'waiting', stage: 'credentials', waitsFor: 'secrets' });
    await run.room.announce(run.id);
    await steps.wait('secrets', isDone);
  }
  const missing = await run.room.missingSettings(server);
  const detail = missing.length === 0 ? 'all there' : `gone on without ${missing.join(', ')}`;
  await run.room.records.step(run.id, { stage: 'credentials', round: 0, state: 'done', detail });
}
