import { CounterpartError, hubError, MAX_REPAIRS, type LoopPlan } from '@counterpart/schemas';
import type { DurableSteps } from '../../kernel/ports.ts';
import type { PromptFacts } from '../prompts/render.ts';
import type { LoopRun } from '../room.ts';
import { askAuthor } from './ask.ts';
import { readPlan } from './read-answer.ts';

/** Of each answer's problem, in the sentence that a build without a plan ends with. */
const SHOWN_CHARACTERS = 240;
/** Of an answer that is shown to its author again: a plan is short, and what is no plan may be megabytes. */
const REPEATED_CHARACTERS = 20_000;

/**
 * Asks the author for the plan, and again with what was wrong with the answer, as often as drafts may be repaired. The error
 * to stop with is returned: what was tried, and how to go on. Throws StageFailed where nobody answers.
 */
export async function askForPlan(
  run: LoopRun,
  steps: DurableSteps,
  facts: Omit<PromptFacts, 'kind'>,
): Promise<LoopPlan | CounterpartError> {
  const problems: string[] = [];
  let before: Pick<PromptFacts, 'before' | 'report'> = {};
  for (let round = 0; round <= MAX_REPAIRS; round += 1) {
    const question = { number: round + 1, stage: 'intake' } as const;
    const answer = await askAuthor(run, steps, question, { ...facts, ...before, kind: 'plan' });
    try {
      return readPlan(answer);
    } catch (cause) {
      if (!(cause instanceof CounterpartError)) throw cause;
      // A no with its reason is an answer.
      if (cause.code !== 'ANSWER_UNUSABLE') return cause;
      problems.push(`${round + 1}. ${String(cause.params['detail']).slice(0, SHOWN_CHARACTERS)}`);
      const problem = `${cause.message}\n${cause.fix}`;
      before = {
        before: answer.slice(0, REPEATED_CHARACTERS),
        report: { round, passed: false, problem, diagnostics: [] },
      };
    }
  }
  return hubError('BUILD_UNPLANNED', {
    build: run.id,
    rounds: `${problems.length} answers`,
    detail: problems.join(' '),
    folder: run.folder.path,
  });
}
