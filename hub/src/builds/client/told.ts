import type { LoopDetail } from '@counterpart/schemas';
import type { SecretRequest } from './ask-client.ts';

/** What a client's model needs to go on, and no more. */
export function told({ id, state, stage, waitsFor, server, problem, question, report }: LoopDetail) {
  return {
    build: id,
    state,
    ...(stage === undefined ? {} : { stage }),
    ...(server === undefined ? {} : { server }),
    ...(problem === undefined ? {} : { problem }),
    ...(report === undefined ? {} : { passed: report.passed }),
    ...(question === undefined ? {} : { instructions: question.system, material: question.prompt }),
    next: nextOf(id, { waitsFor, state, kind: question?.kind, isCode: question?.schema !== undefined }),
  };
}

function nextOf(
  id: string,
  asked: { waitsFor: LoopDetail['waitsFor']; state: string; kind: string | undefined; isCode: boolean },
): string {
  if (asked.waitsFor === 'author') {
    if (asked.kind === 'plan') return 'Call build_continue; or build_start with the plan.';
    return asked.isCode
      ? 'Call build_write with all files.'
      : 'Call build_blueprint with the whole document.';
  }
  if (asked.waitsFor === 'approval')
    return `Call build_submit, show it to the person, and ask them to run \`hub review ${id}\`, which opens a page, or \`hub builds approve ${id}\`, where they are not asked by their client.`;
  if (asked.waitsFor === 'secrets')
    return 'It is installed. Call build_submit: it says where the person can type the secrets. Never ask for a secret in the chat.';
  if (asked.state === 'queued' || asked.state === 'running')
    return 'It is at work, which may take minutes. Call build_status now and then until it waits for something or has ended.';
  return asked.state === 'installed' ? 'It is installed; its tools can be used.' : 'Nothing is left to do.';
}

/** What is said of secrets where the client cannot send its person to a page. */
export const toldOfPages = (pages: readonly SecretRequest[]) => ({
  pages,
  next: 'Show the person these addresses: each opens a page on their own machine on which they type one secret, once, within ten minutes. Do not open them yourself, and never ask for a secret in the chat.',
});
