import type { Effect } from '@counterpart/schemas';

/** Tools of the hub itself, where tools are found by search; no server's tool is listed under one of these names there. */
export const hubTools = {
  find: 'find_tools',
  describe: 'describe_tool',
  call: {
    read: 'call_tool_read',
    write: 'call_tool_write',
    destructive: 'call_tool_destructive',
  } satisfies Record<Effect, string>,
} as const;

export const HUB_TOOL_NAMES: ReadonlySet<string> = new Set([
  hubTools.find,
  hubTools.describe,
  ...Object.values(hubTools.call),
]);
