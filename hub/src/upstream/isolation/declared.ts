import { isMembers } from '../../kernel/members.ts';
import type { Caller, JsonMembers } from '../../kernel/ports.ts';

/** Methods during which a server may ask its client something (2026-07-28, basic/patterns/mrtr). */
export const ASKING_METHODS: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/**
 * What a legacy server that runs for this caller alone is told in `initialize`. Of roots only that they can be listed:
 * the hub passes no notification of their changes on.
 */
export function declaredFor({ capabilities }: Caller): JsonMembers {
  const declared: JsonMembers = {};
  for (const name of ['elicitation', 'sampling'])
    if (isMembers(capabilities[name])) declared[name] = capabilities[name];
  if (isMembers(capabilities['roots'])) declared['roots'] = {};
  return declared;
}
