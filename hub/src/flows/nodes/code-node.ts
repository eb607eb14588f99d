import { JsonValue, hubError, type Json } from '@counterpart/schemas';
import { defaultCodeLimits } from '../../code/limits.ts';
import { runCode, type CodeOutcome } from '../../code/run.ts';
import type { Try } from './try.ts';

/** Code of flows computes and calls nothing: what a flow does to the world stands in its nodes. */
const NO_TOOLS = '[]';

/** Runs code in an interpreter of its own; what it returns. Throws FLOW_CODE_FAILED with the line of the code. */
export async function computeCode(
  node: string,
  code: string,
  input: Json,
  { room, signal, timeoutMs }: Try,
): Promise<Json> {
  const limits =
    timeoutMs === undefined
      ? defaultCodeLimits
      : { ...defaultCodeLimits, ownMs: Math.min(timeoutMs, defaultCodeLimits.ownMs) };
  const outcome = await runCode({
    // On the code's first line, so that lines are told as they are written. Text, for an object literal reads `__proto__` otherwise.
    code: `const input = JSON.parse(${JSON.stringify(JSON.stringify(input))}); ${code}`,
    table: NO_TOOLS,
    limits,
    call: () => Promise.resolve({ kind: 'failure', message: 'code of a flow calls no tools' }),
    signal,
  });
  signal.throwIfAborted();
  const { end } = outcome;
  if (end.kind !== 'returned')
    throw hubError('FLOW_CODE_FAILED', { node, detail: whyNot(end, limits.ownMs) });
  if (end.text === '') throw hubError('FLOW_CODE_FAILED', { node, detail: 'it returned nothing' });
  const value: unknown = JSON.parse(room.clean(end.text));
  return JsonValue.parse(value);
}

function whyNot(end: Exclude<CodeOutcome['end'], { kind: 'returned' }>, ownMs: number): string {
  switch (end.kind) {
    case 'threw':
      return `${end.line === undefined ? '' : `line ${end.line}: `}${end.message}`;
    case 'time':
    case 'total-time':
      return `it computed for more than ${ownMs} ms`;
    case 'stuck':
      return 'it awaits a promise that nothing will settle';
    case 'broke':
      return `the interpreter gave up, as it does when calls nest too deep or memory is used up (${end.message})`;
    case 'cancelled':
      return 'it was cancelled';
  }
}
