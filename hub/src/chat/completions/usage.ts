import type { RunEvent } from '../../kernel/ports.ts';

/** The last event of a run. */
export type RunEnd = Extract<RunEvent, { readonly type: 'end' }>;

/** Why an answer ended, as its client knows it. */
export const finishOf = ({ finish }: RunEnd, functions: object | undefined): string =>
  functions !== undefined && finish === 'tool_calls' ? 'function_call' : finish;

/** Tokens and cost as `/v1/chat/completions` tells them; `cost` is in United States dollars. */
export const chatUsage = ({ usage: { input, output, cached, reasoning }, costUsd }: RunEnd) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached ?? 0 },
  completion_tokens_details: { reasoning_tokens: reasoning ?? 0 },
  cost: costUsd,
});

/** What the hub has to say of a run beside its answer. */
export const hubReport = ({ rounds, agreement, reward, cached, problem }: RunEnd) => ({
  rounds,
  ...(agreement === undefined ? {} : { agreement }),
  ...(reward === undefined ? {} : { reward }),
  ...(cached === undefined ? {} : { cache: cached }),
  ...(problem === undefined
    ? {}
    : { problem: { code: problem.code, message: problem.message, fix: problem.fix } }),
});
