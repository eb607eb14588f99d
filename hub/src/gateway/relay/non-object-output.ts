import type { ToolDefinition } from '@counterpart/schemas';
import { membersOf } from '../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import type { ReplyEdit } from '../wire/answer.ts';
import { findMember, skipBlanks, stringEnd, type Cut } from '../wire/frame.ts';

/**
 * Since 2026-07-28 a tool may return any JSON value; clients of before take objects only, and refuse a whole list for a schema of
 * anything else. For them such values stand under `result`, as the SDKs do it (SEP-2106).
 */
export const needsWrap = (outputSchema: unknown): boolean =>
  outputSchema !== undefined && membersOf(outputSchema)['type'] !== 'object';

/** The schema of what is wrapped. Its definitions stay where references look for them. */
export function wrappedSchema(outputSchema: unknown): JsonMembers {
  const { $schema, $defs, definitions, ...result } = membersOf(outputSchema);
  return { $schema, type: 'object', properties: { result }, required: ['result'], $defs, definitions };
}

/** The edit that also wraps what this tool returns; the given one where nothing is to be wrapped. */
export function withWrap(
  definition: ToolDefinition | undefined,
  edit: ReplyEdit | undefined,
): ReplyEdit | undefined {
  if (!definition || !needsWrap(definition.outputSchema)) return edit;
  return (frame) => [...(edit?.(frame) ?? []), ...wrapCuts(frame)];
}

function wrapCuts(frame: Buffer): readonly Cut[] {
  const result = findMember(frame, 'result');
  if (result === undefined || frame[result] !== 0x7b) return [];
  const span = memberSpan(frame, result, '"structuredContent"');
  return span
    ? [
        [span.start, span.start, '{"result":'],
        [span.end, span.end, '}'],
      ]
    : [];
}

/** One level in at what opens, one out at what closes. */
const step = (byte: number | undefined): number =>
  byte === 0x7b || byte === 0x5b ? 1 : byte === 0x7d || byte === 0x5d ? -1 : 0;

/** Where the value of a member of the object that opens here begins and ends. */
function memberSpan(frame: Buffer, open: number, name: string): { start: number; end: number } | undefined {
  let depth = 0;
  let start: number | undefined;
  for (let i = open + 1; i < frame.length; i++) {
    const byte = frame[i];
    if (byte === 0x22) {
      const close = stringEnd(frame, i);
      const colon = skipBlanks(frame, close);
      if (depth === 0 && frame[colon] === 0x3a && frame.toString('latin1', i, close) === name)
        start = skipBlanks(frame, colon + 1);
      i = close - 1;
    } else if (depth === 0 && (byte === 0x2c || byte === 0x7d)) {
      if (start !== undefined || byte === 0x7d) return start === undefined ? undefined : { start, end: i };
    } else depth += step(byte);
  }
  return undefined;
}
