import type { HubConfig } from '@counterpart/schemas';
import { hubTools } from '../kernel/tools/hub-tools.ts';
import { didYouMean } from '../kernel/nearest.ts';
import { nodeAt, type JsonNode } from '../kernel/files/jsonc.ts';
import type { Issue } from './dialects.ts';

/** Tools that are known before any server runs: those of the packages in the servers folder. */
export interface PackagedTools {
  /** Names in the hub, and the id of each one's server. */
  readonly tools: ReadonlyMap<string, string>;
  /** Beginnings of names that only these servers have, with the separator, and the server's id. */
  readonly prefixes: ReadonlyMap<string, string>;
}

type Aliases = HubConfig['aliases'];

const OWN_TOOLS: ReadonlySet<string> = new Set(
  Object.values(hubTools).flatMap((name) => (typeof name === 'string' ? [name] : Object.values(name))),
);

/** Aliases that can never do what they say, whatever servers there are; `root` is the file as it was written. Pure. */
export function aliasIssues(aliases: Aliases, root: JsonNode): Issue[] {
  const issues = Object.entries(aliases).flatMap(([old, name]) => {
    const message = faultOf(old, name, aliases);
    return message === undefined ? [] : [{ message, path: ['aliases', old] }];
  });
  return [...issues, ...writtenTwice(root)];
}

function faultOf(old: string, name: string, aliases: Aliases): string | undefined {
  if (old === name)
    return `"${old}" leads to itself; take the alias out, or write the name that the tool has now`;
  if (OWN_TOOLS.has(old)) return `"${old}" is a tool of the hub itself; choose another name`;
  const next = aliases[name];
  return next === undefined
    ? undefined
    : `"${name}" is an alias too, and aliases are followed once; write "${old}": "${next}"`;
}

/** JSON takes the last of two members of one name, and the other would be lost without a word. */
function writtenTwice(root: JsonNode): Issue[] {
  const node = nodeAt(root, ['aliases']);
  if (node?.kind !== 'object') return [];
  const written = Map.groupBy(node.members, ({ key }) => key);
  return [...written].flatMap(([old, members]) => {
    const names = members.map(({ value }) => (value.kind === 'scalar' ? `"${String(value.value)}"` : '…'));
    const message = `"${old}" is written ${members.length} times, for ${names.join(' and ')}; keep one`;
    return members.length > 1 ? [{ message, path: ['aliases', old] }] : [];
  });
}

/** Aliases that a packaged server proves wrong: one that its tool hides, and one that leads to a tool it does not have. Pure. */
export function packagedAliasIssues(aliases: Aliases, { tools, prefixes }: PackagedTools): Issue[] {
  return Object.entries(aliases).flatMap(([old, name]): Issue[] => {
    const path = ['aliases', old];
    const owner = tools.get(old);
    if (owner !== undefined)
      return [
        {
          message: `"${old}" is a tool of the server ${owner}, which is called by that name, never the alias; take the alias out, or give that server another "prefix"`,
          path,
        },
      ];
    const home = tools.has(name) ? undefined : [...prefixes].find(([prefix]) => name.startsWith(prefix))?.[1];
    if (home === undefined) return [];
    const own = [...tools].flatMap(([tool, server]) => (server === home ? [tool] : []));
    return [
      {
        message: `There is no tool "${name}": the server ${home} has none of that name.${didYouMean(name, own)}`,
        path,
      },
    ];
  });
}
