import {
  hubError,
  ListedPrompt,
  ListedResource,
  type LeftOut,
  type ToolDefinition,
} from '@counterpart/schemas';
import { instructionsSubject, promptSubject } from '../kernel/tools/approval-subjects.ts';
import type { CatalogSource, JsonMembers, UpstreamLists } from '../kernel/ports.ts';
import { hubName } from './naming/names.ts';
import { shapeProblem, sizeProblem, toolProblem } from '../kernel/tools/tool-check.ts';

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

/** An item and whose it is. */
export interface Owned<T extends Item = Item> {
  readonly item: T;
  readonly source: CatalogSource;
}

/** Everything one server offers, serialised once and kept until this server changes. */
export interface SourceItems {
  readonly source: CatalogSource;
  readonly lists: UpstreamLists;
  /** The name at `/mcp` of a tool that the server calls so. */
  readonly nameAtHub: (own: string) => string;
  /** What it tells models at its start, if that may be passed on. */
  readonly instructions: string | undefined;
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
  const sorting: Sorting = { source, problems, quarantined, nameOf: (name) => hubName(id, prefix, name) };
  const listed = (kind: LeftOut['kind'], values: readonly JsonMembers[], make: MakeItem): Item[] =>
    values.flatMap((value): Item[] => {
      const tooMuch = sizeProblem(value);
      const item = tooMuch === undefined ? make(value) : undefined;
      const shape = kind === 'prompt' ? ListedPrompt : ListedResource;
      const detail = tooMuch ?? (item ? shapeProblem(shape, value) : 'it has no name or no URI');
      if (detail === undefined && item) return [item];
      refuse(sorting, kind, nameIn(value), detail ?? '');
      return [];
    });
  const keep = <T extends Item>(kind: LeftOut['kind'], items: readonly T[]): T[] =>
    onlyFirst(id, kind, items, problems);
  const prompts = listed('prompt', lists.prompts, (value) => textMember(value, 'name', sorting.nameOf));
  return {
    source,
    lists,
    nameAtHub: sorting.nameOf,
    instructions: instructionsOf(sorting),
    tools: keep(
      'tool',
      lists.tools.flatMap((tool) => toolItem(tool, sorting) ?? []),
    ),
    prompts: keep(
      'prompt',
      prompts.filter(({ own, value }) => !holds(sorting, 'prompt', own, promptSubject(value))),
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

/** What the items of one server are made with. */
interface Sorting {
  readonly source: CatalogSource;
  readonly problems: LeftOut[];
  readonly quarantined: Quarantined;
  readonly nameOf: (own: string) => string;
}

function refuse({ source, problems }: Sorting, kind: LeftOut['kind'], name: string, detail: string): void {
  problems.push({ server: source.id, kind, name: name.slice(0, LONGEST_TOLD), code: 'TOOL_INVALID', detail });
}

function toolItem(tool: ToolDefinition, sorting: Sorting): ToolItem | undefined {
  const { source, problems, quarantined, nameOf } = sorting;
  const { name } = tool;
  const detail = toolProblem(tool);
  if (detail !== undefined) {
    refuse(sorting, 'tool', name, detail);
    return undefined;
  }
  const withheld = quarantined(source.id, tool);
  if (withheld !== undefined)
    problems.push({ server: source.id, kind: 'tool', name, code: 'TOOL_QUARANTINED', detail: withheld });
  return { ...named(tool, name, nameOf), value: tool, hubName: nameOf(name), withheld };
}

/** Whether words of a server must not be told; those of a package are its owner's. */
function holds(
  { source, problems, quarantined }: Sorting,
  kind: 'prompt' | 'instructions',
  name: string,
  subject: ToolDefinition,
): boolean {
  const detail = source.packaged === true ? undefined : quarantined(source.id, subject);
  if (detail === undefined) return false;
  const told = name.slice(0, LONGEST_TOLD);
  problems.push({ server: source.id, kind, name: told, code: 'TOOL_QUARANTINED', detail });
  return true;
}

function instructionsOf(sorting: Sorting): string | undefined {
  const { known, packaged, upstream } = sorting.source;
  const { instructions } = upstream.info ?? {};
  if (instructions === undefined || instructions === '') return undefined;
  // What it says of itself is looked at with its first lists; before them there is nothing that anybody could approve.
  if (packaged !== true && known === undefined && upstream.lists === undefined) return undefined;
  const subject = instructionsSubject(instructions);
  return holds(sorting, 'instructions', sorting.source.id, subject) ? undefined : instructions;
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
