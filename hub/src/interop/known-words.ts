import { isMembers, membersOf } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';

/** What Codex, Gemini CLI, Goose, OpenCode and Windsurf call what the other clients agree on. */
const SAME: Readonly<Record<string, string>> = {
  cmd: 'command',
  environment: 'env',
  envs: 'env',
  http_headers: 'headers',
  httpUrl: 'url',
  serverUrl: 'url',
  uri: 'url',
};

/** Members with nothing to say here: what a list shows, and which format the entry has. */
const SILENT: ReadonlySet<string> = new Set(['name', 'display_name', 'description', 'source']);

/** An entry in the words that most clients share. What is said in a way of the program's own and has no such word stays. */
export function inKnownWords(entry: JsonMembers): JsonMembers {
  const { command, enabled, env_keys, env_vars, env_http_headers, bearer_token_env_var, ...rest } = entry;
  const said: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) if (!SILENT.has(name)) said[SAME[name] ?? name] ??= value;
  const referred = [...listOf(env_keys), ...listOf(env_vars)].filter(isText);
  const env = Object.fromEntries(referred.map((name) => [name, `\${env:${name}}`]));
  const bearer = isText(bearer_token_env_var)
    ? { Authorization: `Bearer \${env:${bearer_token_env_var}}` }
    : {};
  const sent: Record<string, unknown> = { ...bearer };
  for (const [name, from] of Object.entries(membersOf(env_http_headers)))
    if (isText(from)) sent[name] = `\${env:${from}}`;
  return {
    ...said,
    ...launched(command ?? said['command'], said),
    ...withMore(said, 'env', env),
    ...withMore(said, 'headers', sent),
    ...(typeof enabled === 'boolean' && !('disabled' in said) ? { disabled: !enabled } : {}),
  };
}

/** OpenCode writes a command with its arguments as a list; Zed wrote it as an object with its path. */
function launched(command: unknown, { args }: JsonMembers): JsonMembers {
  if (Array.isArray(command)) {
    const [program, ...words] = listOf(command);
    return { command: program, args: [...words, ...listOf(args)] };
  }
  if (isMembers(command)) {
    const { path, ...others } = command;
    return { command: path, ...others };
  }
  return command === undefined ? {} : { command };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isText = (value: unknown): value is string => typeof value === 'string';

const withMore = (said: JsonMembers, member: 'env' | 'headers', more: JsonMembers): JsonMembers =>
  Object.keys(more).length === 0 ? {} : { [member]: { ...more, ...membersOf(said[member]) } };
