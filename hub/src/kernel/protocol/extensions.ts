import { isMembers, membersOf } from './members.ts';
import type { JsonMembers } from '../ports.ts';

/** Extensions of MCP that the hub carries (2026-07-28, versioning: extensions). */
export const extensions = {
  /** `tools/call` may be answered with a task, which is asked for later (tasks extension, 2026-07-28). */
  tasks: 'io.modelcontextprotocol/tasks',
  /** Tools may come with a user interface at a `ui://` resource (MCP Apps, 2026-01-26). */
  ui: 'io.modelcontextprotocol/ui',
} as const;

/** What a client or server says of an extension in its capabilities; undefined when it does not have it. */
export function extensionOf(capabilities: JsonMembers, name: string): JsonMembers | undefined {
  const settings = membersOf(capabilities['extensions'])[name];
  return isMembers(settings) ? settings : undefined;
}

/** The capabilities without one extension; the same object when it was not there. */
export function withoutExtension(capabilities: JsonMembers, name: string): JsonMembers {
  if (extensionOf(capabilities, name) === undefined) return capabilities;
  const { [name]: _left, ...others } = membersOf(capabilities['extensions']);
  return { ...capabilities, extensions: others };
}
