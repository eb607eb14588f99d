import { hubError, type LeftOut, type ToolDefinition } from '@counterpart/schemas';
import type { CatalogSource, JsonMembers, UpstreamLists } from '../kernel/ports.ts';
import { hubName } from './names.ts';
import { sizeProblem, toolProblem } from '../kernel/tool-check.ts';

/** One thing a server offers. */
export interface Item {
  /** What clients call it by: a name in the hub, or a URI. */
  readonly key: string;
  /** The server's own name or URI of it. */
  readonly own: string;
  /** As listed under the hub's name. */
  readonly json: string;
  readonly value: JsonMembers;
}

export interface ToolItem extends Item {
  readonly value: ToolDefinition;
  /** Its name at `/mcp`, also where `key` is another one. */
  readonly hubName: string;
  /** Why it is not offered although it is sound; it keeps its name from others all the same. */
  readonly withheld?: string | undefined;
}

/** Everything one server offers, serialised once and kept until this server changes. */
export interface SourceItems {
  readonly source: CatalogSource;
  readonly lists: UpstreamLists;
  /** The name at `/mcp` of a tool that the server calls so. */
  readonly nameAtHub: (own: string) => string;
  readonly tools: readonly ToolItem[];
  readonly prompts: readonly Item[];
  readonly resources: readonly Item[];
  readonly resourceTemplates: readonly Item[];
  readonly problems: readonly LeftOut[];
}

/** Characters of a name in a report; what is refused may be of any length. */
const LONGEST_TOLD = 200;

/** Why a sound tool must not be offered; undefined when it may. */
export type Quarantined = (server: string, tool: ToolDefinition) => string | undefined;

/** Checks, names and serialises what a server lists; one bad entry is left out alone, with its reason. */
export function itemsOf(source: CatalogSource, lists: UpstreamLists, quarantined: Quarantined): SourceItems {
  const { id, prefix } = source;
  const problems: LeftOut[] = [];
  const nameOf = (name: string): string => hubName(id, prefix, name);
  const refuse = (kind: LeftOut['kind'], name: string, detail: string): void =>
    void problems.push({ server: id, kind, name: name.slice(0, LONGEST_TOLD), code: 'TOOL_INVALID', detail });
  const tools = lists.tools.flatMap((tool): ToolItem[] => {
    const { name } = tool;
    const detail = toolProblem(tool);
    if (detail !== undefined) {
      refuse('tool', name, detail);
      return [];
    }
    const withheld = quarantined(id, tool);
    if (withheld !== undefined)
      problems.push({ server: id, kind: 'tool', name, code: 'TOOL_QUARANTINED', detail: withheld });
    return [{ ...named(tool, name, nameOf), value: tool, hubName: nameOf(name), withheld }];
  });
  const listed = (kind: LeftOut['kind'], values: readonly JsonMembers[], make: MakeItem): Item[] =>
    values.flatMap((value): Item[] => {
      const detail = sizeProblem(value);
      const item = detail === undefined ? make(value) : undefined;
      if (item === undefined) refuse(kind, nameIn(value), detail ?? 'it has no name or no URI');
      return item ? [item] : [];
    });
  const keep = <T extends Item>(kind: LeftOut['kind'], items: readonly T[]): T[] =>
    onlyFirst(id, kind, items, problems);
  return {
    source,
    lists,
    nameAtHub: nameOf,
    tools: keep('tool', tools),
    prompts: keep(
      'prompt',
      listed('prompt', lists.prompts, (value) => textMember(value, 'name', nameOf)),
    ),
    resources: keep(
      'resource',
      listed('resource', lists.resources, (value) => textMember(value, 'uri')),
    ),
    resourceTemplates: keep(
      'resourceTemplate',
      listed('resourceTemplate', lists.resourceTemplates, (value) => textMember(value, 'uriTemplate')),
    ),
    problems,
  };
}

const nameIn = ({ name }: JsonMembers): string => (typeof name === 'string' ? name : 'without a name');

type MakeItem = (value: JsonMembers) => Item | undefined;

/** An item by its name, renamed, or by its URI, which stays; undefined when it has none. */
function textMember(value: JsonMembers, member: string, nameOf?: (own: string) => string): Item | undefined {
  const own = value[member];
  if (typeof own !== 'string' || own === '') return undefined;
  return nameOf ? named(value, own, nameOf) : { key: own, own, value, json: JSON.stringify(value) };
}

function named(value: JsonMembers, own: string, keyOf: (own: string) => string): Item {
  const key = keyOf(own);
  return { key, own, value, json: JSON.stringify(key === own ? value : { ...value, name: key }) };
}

/** A server that lists a name twice is asked for the first one: the second could never be called. */
function onlyFirst<T extends Item>(
  server: string,
  kind: LeftOut['kind'],
  items: readonly T[],
  problems: LeftOut[],
): T[] {
  const seen = new Set<string>();
  return items.filter(({ key, own }) => {
    if (!seen.has(key)) return seen.add(key);
    const { message } = hubError('NAME_COLLISION', { first: server, second: `${server} (again)`, name: key });
    problems.push({ server, kind, name: own, code: 'NAME_COLLISION', detail: message });
    return false;
  });
}
