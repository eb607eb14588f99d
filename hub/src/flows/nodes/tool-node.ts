import { JsonValue, hubError, toCounterpartError, type Json } from '@counterpart/schemas';
import { z } from 'zod';
import { answerText, type Called } from '../../code/answer.ts';
import { needsApproval } from '../../orchestrator/loop/tools/call-tools.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { EVERYTHING, type FlowRoom } from '../room.ts';
import type { Try } from './try.ts';

/** JSON text of one result. */
const MOST_BYTES = 4 * 1024 * 1024;
const Members = z.record(z.string(), JsonValue);

/** Whether a person has to say yes before: the same rule as in chats. */
export function asksFirst(room: FlowRoom, tool: string): boolean {
  const route = room.tools.route(tool);
  return route !== undefined && needsApproval(route.effect, room.config().approve);
}

/** Whether a call that was cut off may be made again. */
export function isRepeatable(room: FlowRoom, tool: string): boolean {
  const route = room.tools.route(tool);
  return (
    route !== undefined && (route.effect === 'read' || route.definition.annotations?.idempotentHint === true)
  );
}

/** Calls a tool with its arguments; its structured result, or its text. Throws FLOW_TOOL_FAILED with the tool's own words. */
export async function callTool(
  tool: string,
  input: Json,
  { room, meter, signal, timeoutMs }: Try,
): Promise<Json> {
  const given = Members.parse(input);
  const began = room.clock.now();
  const called = await answerOf(tool, given, { room, meter, signal, timeoutMs });
  const { ok, text } = answerText(tool, called, MOST_BYTES);
  const durationMs = room.clock.now() - began;
  meter.calls.push({ name: tool, arguments: given, isError: !ok, durationMs });
  room.log.info({ tool, isError: !ok, durationMs }, 'a flow called a tool');
  if (!ok) throw hubError('FLOW_TOOL_FAILED', { detail: room.clean(text) });
  const value: unknown = JSON.parse(room.clean(text));
  return JsonValue.parse(value);
}

async function answerOf(
  tool: string,
  input: Readonly<Record<string, Json>>,
  { room, signal, timeoutMs }: Try,
): Promise<Called> {
  try {
    const result = await room.calls.call({
      view: EVERYTHING,
      tool,
      arguments: { ...input },
      via: 'flow',
      exact: true,
      signal,
      timeoutMs: timeoutMs ?? room.config().callTimeoutMs,
    });
    return { kind: 'result', result };
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof RpcFailure) return { kind: 'failure', message: thrown.message };
    return { kind: 'failure', message: toCounterpartError(thrown).words };
  }
}
