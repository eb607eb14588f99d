import { hubError } from '@counterpart/schemas';
import type { CodeLimits } from '../../code/limits.ts';
import type { CallRecord, CodeOutcome } from '../../code/run.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import { textResult } from '../own/own-tool.ts';
import { CHARS_PER_TOKEN, fitResult, type Keep } from '../results/fit-result.ts';
import { layOut } from '../results/page.ts';

/**
 * How a run ended, as the result of `run_code`: what the code returned or threw, what it logged, and what it called. Of a
 * result that is cut, `structuredContent` keeps the calls.
 */
export function outcomeResult(
  outcome: CodeOutcome,
  limits: CodeLimits,
  resultTokens: number | undefined,
  keep: Keep,
): JsonMembers {
  const { calls, logs } = outcome;
  const said = ending(outcome, limits);
  const text = [said.text, ...section('Logs', logs), ...section('Calls', callLines(calls))].join('\n\n');
  const failed = said.error === undefined ? {} : { isError: true };
  const members = said.error === undefined ? { value: said.value } : { error: said.error };
  const whole = { ...textResult(text), ...failed };
  const cut = resultTokens === undefined ? undefined : fitResult(whole, resultTokens * CHARS_PER_TOKEN, keep);
  return cut
    ? { ...cut, structuredContent: { cut: true, calls } }
    : { ...whole, structuredContent: { ...members, logs, calls } };
}

interface Ending {
  readonly text: string;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly line?: number | undefined } | undefined;
}

function ending({ end }: CodeOutcome, limits: CodeLimits): Ending {
  switch (end.kind) {
    case 'returned': {
      if (end.text === '')
        return { text: 'The code returned nothing: what it is to answer must be returned.', value: null };
      const value: unknown = JSON.parse(end.text);
      return { text: typeof value === 'string' ? value : layOut(value), value };
    }
    case 'threw': {
      const { message, line } = end;
      const where = line === undefined ? '' : `Line ${line}: `;
      return { text: `${where}${message}`, error: { message, ...(line === undefined ? {} : { line }) } };
    }
    case 'time':
      return limited(`it computed for more than ${limits.ownMs} ms`);
    case 'total-time':
      return limited(`it was not done after ${limits.totalMs} ms, waiting for tools included`);
    case 'stuck':
      return limited('it awaits a promise that nothing will settle');
    case 'broke':
      return limited(
        `the interpreter gave up, as it does when calls nest too deep or memory is used up (${end.message})`,
      );
    case 'cancelled':
      return limited('it was cancelled');
  }
}

function limited(detail: string): Ending {
  const { message, words } = hubError('CODE_ENDED', { detail });
  return { text: words, error: { message } };
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:\n${lines.join('\n')}`];

/** Calls of one tool with one outcome in a row are one line. */
function callLines(calls: readonly CallRecord[]): string[] {
  const lines: { text: string; count: number }[] = [];
  for (const { tool, outcome } of calls) {
    const text = `${tool}: ${outcome}`;
    const last = lines.at(-1);
    if (last?.text === text) last.count += 1;
    else lines.push({ text, count: 1 });
  }
  return lines.map(({ text, count }) => (count === 1 ? text : `${text} (${count} times)`));
}
