import { LoopPlan, MAX_REPAIRS, type LoopStage } from '@counterpart/schemas';
import type { BuildFolder } from './build-folder.ts';

/** Number of the question for the plan; drafts follow it. */
const PLAN = 1;

/** The stage from which a build that stopped in `stage` must be done anew to end otherwise; undefined: it can go on where it is. */
export function stuckIn(folder: BuildFolder, stage: LoopStage | undefined): LoopStage | undefined {
  // An answer was given, and it was no plan.
  if (folder.answer(PLAN) !== undefined && folder.result('intake-0', LoopPlan) === undefined) return 'intake';
  const reports = folder.reports();
  if (stage === undefined || reports.at(-1)?.passed !== false) return undefined;
  // All repairs were made; or nobody is asked for one, and what it is made from was mended by hand.
  const isAsked = folder.question(PLAN + 1) !== undefined;
  return reports.length > MAX_REPAIRS || !isAsked ? 'write' : undefined;
}
