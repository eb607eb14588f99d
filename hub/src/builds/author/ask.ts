import type { AuthorQuestion, LoopOrder, LoopStage } from '@counterpart/schemas';
import type { DurableSteps } from '../../kernel/ports.ts';
import type { GivenAnswer } from '../keep/build-folder.ts';
import { renderPrompt, type PromptFacts } from '../prompts/render.ts';
import type { LoopRun } from '../room.ts';
import { guarded } from '../stages/steps.ts';

/** Longer answers are cut off by most providers; a whole server fits. */
const MOST_TOKENS = 32_000;

/**
 * Asks the author of a build and waits for the answer, however long: a model is asked at once, a client or a person answers
 * when they do. A question of one number is asked once, also over restarts. Throws StageFailed with what the provider of a
 * model says.
 */
export async function askAuthor(
  run: LoopRun,
  steps: DurableSteps,
  { number, stage }: { readonly number: number; readonly stage: LoopStage },
  facts: PromptFacts,
): Promise<string> {
  const given = run.folder.answer(number);
  if (given !== undefined) return given.text;
  const question = run.folder.question(number) ?? {
    build: run.id,
    number,
    kind: facts.kind,
    ...renderPrompt(facts),
  };
  run.folder.ask(question);
  const { order } = await run.record();
  if (order.author === 'model') {
    const work = async () => run.folder.keepAnswer(number, await askModel(run, question, order));
    await guarded(run, steps, { name: `ask ${number}`, stage, kind: 'waiting' }, work);
  } else {
    await run.room.records.update(run.id, { state: 'waiting', stage, waitsFor: 'author' });
    await run.room.announce(run.id);
    await steps.wait(`answer ${number}`, async () => run.folder.answer(number) !== undefined);
  }
  return run.folder.answer(number)?.text ?? '';
}

async function askModel(
  { room, signal }: LoopRun,
  { system, prompt, schema, kind }: AuthorQuestion,
  { model, trace }: Pick<LoopOrder, 'model' | 'trace'>,
): Promise<GivenAnswer> {
  const answer = await room.models.ask(
    {
      system,
      messages: [{ role: 'user', text: prompt }],
      maxTokens: MOST_TOKENS,
      // Code is asked for in fenced blocks: inside strings of JSON models write worse code, and more tokens.
      ...(schema === undefined || kind !== 'plan' ? {} : { answer: { name: kind, schema } }),
    },
    { model, trace, signal },
  );
  return { text: answer.text, model: answer.model, usage: answer.usage };
}
