import type { JsonMembers, PendingCalls } from '../../kernel/ports.ts';

/** Characters of one text that are shown, the end included: what stands behind a long text is what it does. */
const SHOWN_START = 1_500;
const SHOWN_END = 500;

const cut = (text: string): string =>
  text.length <= SHOWN_START + SHOWN_END
    ? text
    : `${text.slice(0, SHOWN_START)}… (${text.length} characters) …${text.slice(-SHOWN_END)}`;

/** What is not seen, or turns the reading direction. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu;
const escaped = (characters: string): string =>
  characters
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** A line of others as code: whoever shows answers as Markdown shows every character of it, and makes nothing of any. */
export function asCode(line: string): string {
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  const beside = /^`|`$/.test(line) ? ' ' : '';
  return `${ticks}${beside}${line.replace(UNSEEN, escaped)}${beside}${ticks}`;
}

const argumentsShown = (input: JsonMembers): string =>
  asCode(JSON.stringify(input, (_, value: unknown) => (typeof value === 'string' ? cut(value) : value)));

/** How an answer asks for a person's word: what would be called, with which arguments. */
export function askForApproval({ id, calls }: PendingCalls): string {
  const lines = calls.map(({ tool, arguments: input }) => `- ${tool} ${argumentsShown(input)}`);
  return `\n\nThis changes things, and waits for your word (${id}):\n${lines.join('\n')}\nShall I do it? Answer yes or no.`;
}

/** What the model is told when a person said no. */
export const refusedOutput = 'The person said no: this was not done. Do not try it again in another way.';

/** What a person is told who said no, where no model says it. */
export const notDone = 'All right, I left it.';

/** What stands for the result of a call that was under way when the answer had to end. */
export const interruptedOutput = 'Interrupted: whether it was done is not known.';
