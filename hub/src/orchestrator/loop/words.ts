import type { PendingCalls } from '../../kernel/ports.ts';

const SHOWN = 2_000;

/** How an answer asks for a person's word: what would be called, with which arguments. */
export function askForApproval({ id, calls }: PendingCalls): string {
  const lines = calls.map(({ tool, arguments: input }) => {
    const text = JSON.stringify(input);
    return `- ${tool} ${text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text}`;
  });
  return `\n\nThis changes things, and waits for your word (${id}):\n${lines.join('\n')}\nShall I do it? Answer yes or no.`;
}

/** What the model is told when a person said no. */
export const refusedOutput = 'The person said no: this was not done. Do not try it again in another way.';

/** What a person is told who said no, where no model says it. */
export const notDone = 'All right, I left it.';

/** What stands for the result of a call that was under way when the answer had to end. */
export const interruptedOutput = 'Interrupted: whether it was done is not known.';
