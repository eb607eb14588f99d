import { isMembers, membersOf } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';

/** A server under its name in a client's file. */
export interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

/** Where programs keep their servers, and nothing else. */
const BLOCKS: readonly (readonly string[])[] = [
  // Claude, Cursor, Windsurf, Gemini CLI, Cline, LM Studio; Continue and Augment write a list.
  ['mcpServers'],
  // VS Code, and its settings.json before it had mcp.json.
  ['servers'],
  ['mcp', 'servers'],
  // Codex, Zed, Amp.
  ['mcp_servers'],
  ['context_servers'],
  ['amp.mcpServers'],
];

/** Where OpenCode and Goose keep theirs, beside other things: what says how it is reached is a server. */
const MIXED_BLOCKS = ['mcp', 'extensions'] as const;

const REACHED_BY = ['command', 'cmd', 'url', 'uri', 'httpUrl', 'serverUrl'] as const;

const isServer = (value: unknown): boolean =>
  isMembers(value) && REACHED_BY.some((member) => value[member] !== undefined);

/** The servers of a client's file; a file that is nothing but servers by their names is read, too. Throws what `refuse` makes of a place that holds none. */
export function serversOf(document: JsonMembers, refuse: (detail: string) => Error): NamedValue[] {
  const blocks = [
    ...BLOCKS.map((path) => blockAt(document, path, refuse)),
    // Claude Code keeps servers of single projects in the user's file.
    ...Object.entries(membersOf(document['projects'])).map(([project, value]) =>
      blockAt(membersOf(value), ['mcpServers'], (detail) => refuse(`projects.${project}.${detail}`)),
    ),
    ...MIXED_BLOCKS.map((key) =>
      Object.entries(membersOf(document[key])).filter(([, value]) => isServer(value)),
    ),
  ];
  const found = blocks.flatMap((block) => block ?? []);
  const bare = Object.entries(document);
  const servers = found.length === 0 && bare.every(([, value]) => isServer(value)) ? bare : found;
  return servers.map(([name, value]) => ({ name, value }));
}

function blockAt(
  document: JsonMembers,
  path: readonly string[],
  refuse: (detail: string) => Error,
): [string, unknown][] | undefined {
  let value: unknown = document;
  for (const key of path) {
    value = membersOf(value)[key];
    if (value === undefined) return undefined;
  }
  if (isMembers(value)) return Object.entries(value);
  if (!Array.isArray(value)) throw refuse(`${path.join('.')} is not an object`);
  return value.map((item: unknown, at) => {
    const { name, ...entry } = membersOf(item);
    return [typeof name === 'string' ? name : `${at + 1}`, entry];
  });
}
