import { LoopPlan, MAX_REPAIRS, type LoopStage } from '@counterpart/schemas';
import type { BuildFolder } from './build-folder.ts';

/** The stage from which a build that stopped in `stage` must be done anew to end otherwise; undefined: it can go on where it is. */
export function stuckIn(folder: BuildFolder, stage: LoopStage | undefined): LoopStage | undefined {
  const { firstDraft } = folder;
  // Whatever was asked for the plan was answered, and none was made of it.
  const isAnswered = folder.answer(firstDraft - 1) !== undefined;
  if (isAnswered && folder.result('intake-0', LoopPlan) === undefined) return 'intake';
  const reports = folder.reports();
  if (stage === undefined || reports.at(-1)?.passed !== false) return undefined;
  // All repairs were made; or nobody is asked for one, and what it is made from was mended by hand.
  const isAsked = folder.question(firstDraft) !== undefined;
  return reports.length > MAX_REPAIRS || !isAsked ? 'write' : undefined;
}
