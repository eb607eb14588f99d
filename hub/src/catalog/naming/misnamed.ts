import type { Misnamed, Profile } from '@counterpart/schemas';

/** What the settings are held against. */
export interface Present {
  /** Ids of all servers, those that are disabled or down among them. */
  readonly servers: ReadonlySet<string>;
  /** Names of all tools in the hub, whether they may be called or not. */
  readonly tools: ReadonlySet<string>;
}

/** Profiles of servers that are not there, and aliases that lead nowhere or hide behind a tool of the same name. */
export function misnamedSettings(
  profiles: ReadonlyMap<string, Profile>,
  aliases: ReadonlyMap<string, string>,
  present: Present,
): Misnamed[] {
  return [
    ...[...profiles].flatMap(([name, { servers = [] }]) =>
      servers.filter((server) => !present.servers.has(server)).map((server) => unknownServer(name, server)),
    ),
    ...[...aliases].flatMap(([old, name]) => misleading(old, name, present.tools) ?? []),
  ];
}

const unknownServer = (profile: string, server: string): Misnamed => ({
  setting: `profiles.${profile}.servers`,
  detail: `There is no server named ${server}; the profile offers nothing of it.`,
  fix: 'Correct the id, or take it out; `hub list` shows the servers there are.',
});

function misleading(old: string, name: string, tools: ReadonlySet<string>): Misnamed | undefined {
  const setting = `aliases.${old}`;
  if (tools.has(old))
    return {
      setting,
      detail: `${old} is the name of a tool, which is called by it; the alias is never used.`,
      fix: 'Take the alias out, or choose a name that no tool has.',
    };
  if (tools.has(name)) return undefined;
  return {
    setting,
    detail: `There is no tool named ${name}; a call of ${old} is answered like that of an unknown tool.`,
    fix: 'Correct the name; `hub list --tools` shows the tools there are.',
  };
}
