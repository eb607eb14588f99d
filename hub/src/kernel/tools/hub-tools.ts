import type { Effect } from '@counterpart/schemas';

/** Tools of the hub itself; a view that offers them lists no server's tool under the same name. */
export const hubTools = {
  find: 'find_tools',
  describe: 'describe_tool',
  call: {
    read: 'call_tool_read',
    write: 'call_tool_write',
    destructive: 'call_tool_destructive',
  } satisfies Record<Effect, string>,
  run: 'run_code',
  readResult: 'read_result',
} as const;

/** How a view shows the tools it has. */
export type ViewMode = 'full' | 'search' | 'code';

const OF_MODE: Readonly<Record<ViewMode, readonly string[]>> = {
  full: [],
  search: [hubTools.find, hubTools.describe, ...Object.values(hubTools.call)],
  code: [hubTools.find, hubTools.describe, hubTools.run],
};

/** The hub's own tools in a view, in the order of its list. */
export const ownToolNames = (mode: ViewMode, cutsResults: boolean): ReadonlySet<string> =>
  new Set([...OF_MODE[mode], ...(cutsResults ? [hubTools.readResult] : [])]);
