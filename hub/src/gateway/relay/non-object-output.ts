import type { ToolDefinition } from '@counterpart/schemas';
import { membersOf } from '../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import type { ReplyEdit } from '../wire/answer.ts';
import { wrapCuts } from '../wire/non-object-value.ts';

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
