import { hubError, toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import { isMembers } from '../kernel/protocol/members.ts';
import type { JsonMembers, ToolRoute } from '../kernel/ports.ts';
import { RpcFailure } from './rpc-failure.ts';

/** Characters of a tool's own words in the detail of a problem; the whole result stands beside it. */
const MOST_DETAIL = 2_000;
const INVALID_PARAMS = -32602;

/** The tool that was called. */
type Called = Pick<ToolRoute, 'hubName' | 'server'>;

/** What is answered of a result: the structured content where there is any, or else the content. */
export function bodyOf(result: JsonMembers, raw: boolean): unknown {
  if (raw) return result;
  return result['structuredContent'] === undefined ? (result['content'] ?? []) : result['structuredContent'];
}

/** TOOL_FAILED when the tool says of itself that it failed. */
export function failureOf({ hubName }: Called, result: JsonMembers): CounterpartError | undefined {
  if (result['isError'] !== true) return undefined;
  const { content } = result;
  const texts = (Array.isArray(content) ? content : []).flatMap((block: unknown) =>
    isMembers(block) && typeof block['text'] === 'string' ? block['text'] : [],
  );
  const detail = texts.join('\n').slice(0, MOST_DETAIL);
  return hubError('TOOL_FAILED', { tool: hubName, detail: detail || 'it does not say why' });
}

/** Why a call came to no result, as an error of the catalogue. */
export function refusalOf({ hubName, server }: Called, thrown: unknown): CounterpartError {
  // Only arguments of a depth that nothing can write out make a call throw this.
  if (thrown instanceof RangeError)
    return hubError('ARGUMENTS_INVALID', { tool: hubName, detail: 'they are nested too deeply' });
  if (!(thrown instanceof RpcFailure)) return toCounterpartError(thrown);
  const detail = thrown.message.slice(0, MOST_DETAIL);
  return thrown.code === INVALID_PARAMS
    ? hubError('ARGUMENTS_INVALID', { tool: hubName, detail })
    : hubError('CALL_REFUSED', { server, method: hubName, tool: hubName, detail });
}
