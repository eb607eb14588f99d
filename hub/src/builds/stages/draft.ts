import { writeFileSync } from 'node:fs';
import {
  toCounterpartError,
  type CodeDraft,
  type CounterpartError,
  type Diagnostic,
  type LoopKind,
  type LoopPlan,
  type RoundReport,
} from '@counterpart/schemas';
import { ensureBundle } from '../../builder/ensure-bundle.ts';
import { scanServer } from '../../checks/scan-server.ts';
import { readCode, readDocument } from '../author/read-answer.ts';
import type { LoopRun } from '../room.ts';
import { isOwners } from './intake.ts';
import { checkLint } from './check/check-lint.ts';
import { checkTypes } from './check/check-types.ts';
import { withProject } from './check/source-project.ts';
import { compileCandidate } from './compile.ts';
import { packageCode, packageFolder } from './package-code.ts';

/** What a candidate is made from: an answer, a source that was found, or a person's folder. */
export interface Draft {
  readonly kind: LoopKind;
  readonly plan: LoopPlan;
  readonly answer?: string | undefined;
  readonly source?: string | undefined;
  readonly folder?: string | undefined;
}

/** Makes the candidate. What is wrong with an answer is a report for its author; anything else rejects. */
export async function writeCandidate(run: LoopRun, draft: Draft, round: number): Promise<RoundReport> {
  const passed: RoundReport = { round, passed: true, diagnostics: [] };
  try {
    await write(run, draft, round);
    return passed;
  } catch (cause) {
    run.signal.throwIfAborted();
    const error = toCounterpartError(cause);
    if (draft.answer === undefined || !isOfAuthor(error)) throw error;
    return { ...passed, passed: false, problem: `${error.message}\n${error.fix}` };
  }
}

async function write(
  run: LoopRun,
  { kind, plan, answer, source, folder }: Draft,
  round: number,
): Promise<void> {
  const { candidate } = run.folder;
  const { order, person } = await run.record();
  const { serversDir } = run.room;
  const category = order.category;
  if (folder !== undefined) return packageFolder(candidate, folder);
  if (kind === 'code') {
    const draft: CodeDraft = readCode(answer ?? '');
    return packageCode(candidate, { plan, draft, category, given: order.files });
  }
  if (answer === undefined) {
    const from = source ?? plan.description ?? '';
    const isForeign = !isOwners(order, person, from);
    return void (await compileCandidate(
      { from, name: order.name, category, select: order.select, serversDir, candidate, isForeign },
      run.signal,
    ));
  }
  const from = run.folder.draft(`${round}.yaml`);
  writeFileSync(from, readDocument(answer), { mode: 0o600 });
  const written = { from, name: plan.name, category, serversDir, candidate, isForeign: true };
  await compileCandidate(written, run.signal);
}

/** Faults that lie in what was written, not in the machine it was built on. */
const isOfAuthor = ({ code }: CounterpartError): boolean =>
  /^(?:SOURCE_|BLUEPRINT_|ANSWER_|BUILD_FAILED|MANIFEST_|INPUT_INVALID|OPENRPC_|GRAPHQL_)/.test(code);

/**
 * Reads all code that is not compiled, without running it: the static scan, then types and lint. Only what nothing refuses is
 * bundled.
 */
export async function checkCandidate(run: LoopRun, round: number): Promise<RoundReport> {
  const { candidate } = run.folder;
  const scanned = (await scanServer(candidate, run.signal)).diagnostics;
  const further = hasErrors(scanned) ? [] : await checkSource(candidate, run.signal);
  const diagnostics = [...scanned, ...further];
  if (hasErrors(diagnostics)) return { round, passed: false, diagnostics };
  const problem = await bundleProblem(candidate, run.signal);
  return { round, passed: problem === undefined, diagnostics, ...(problem === undefined ? {} : { problem }) };
}

/** Types, and where they are right what the linter says: it asks the types. */
const checkSource = (candidate: string, signal: AbortSignal): Promise<Diagnostic[]> =>
  withProject(candidate, async (project) => {
    const types = await checkTypes(project, signal);
    return types.length > 0 ? types : await checkLint(project, signal);
  });

/** What the bundler says against it; undefined when it made one file of it. */
async function bundleProblem(candidate: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    await ensureBundle(candidate, signal);
    return undefined;
  } catch (cause) {
    signal.throwIfAborted();
    const error = toCounterpartError(cause);
    if (!isOfAuthor(error)) throw error;
    return `${error.message}\n${error.fix}`;
  }
}

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');
