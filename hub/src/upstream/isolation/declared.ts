import { extensionOf, extensions } from '../../kernel/protocol/extensions.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import type { Caller, JsonMembers } from '../../kernel/ports.ts';

/** Methods during which a server may ask its client something (2026-07-28, basic/patterns/mrtr). */
export const ASKING_METHODS: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** Methods that concern what an earlier call of the same session left behind. */
export const TASK_METHODS: ReadonlySet<string> = new Set(['tasks/get', 'tasks/result', 'tasks/cancel']);

/**
 * What the process of a legacy server that only lists is told, since some list what asks only to those who can be asked.
 * Nothing is called there; what it asks all the same is refused.
 */
export const EVERYTHING: JsonMembers = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

/**
 * What a legacy server that runs for this caller alone is told in `initialize`. That its roots may change only where there
 * is a session that can say so.
 */
export function declaredFor({ capabilities, session }: Caller): JsonMembers {
  const declared: JsonMembers = {};
  for (const name of ['elicitation', 'sampling'])
    if (isMembers(capabilities[name])) declared[name] = capabilities[name];
  const { roots } = capabilities;
  if (isMembers(roots))
    declared['roots'] = session && roots['listChanged'] === true ? { listChanged: true } : {};
  const ui = extensionOf(capabilities, extensions.ui);
  if (ui) declared['extensions'] = { [extensions.ui]: ui };
  return declared;
}
