import { extensionOf, extensions } from '../kernel/protocol/extensions.ts';
import { membersOf } from '../kernel/protocol/members.ts';
import type { CatalogSource, JsonMembers } from '../kernel/ports.ts';
import type { SourceItems, ToolItem } from './source-items.ts';

const LONGEST_INSTRUCTIONS = 8_192;

const offered = ({ upstream }: CatalogSource): JsonMembers => upstream.info?.capabilities ?? {};

const subscribes = (source: CatalogSource): boolean =>
  membersOf(offered(source)['resources'])['subscribe'] === true;

/**
 * What these servers offer together. Lists can always change, because servers come and go, and a client of a session learns
 * this only once: so tools, prompts and resources are announced even while there are none.
 */
export function unionCapabilities(sources: readonly SourceItems[]): JsonMembers {
  const has = (member: string) => sources.some(({ source }) => offered(source)[member] !== undefined);
  const subscribe = sources.some(({ source }) => subscribes(source));
  const union: JsonMembers = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { listChanged: true, ...(subscribe ? { subscribe } : {}) },
  };
  for (const member of ['logging', 'completions']) if (has(member)) union[member] = {};
  const offeredExtensions = unionExtensions(sources);
  if (Object.keys(offeredExtensions).length > 0) union['extensions'] = offeredExtensions;
  const tasks = unionTasks(sources);
  if (tasks) union['tasks'] = tasks;
  return union;
}

/** The extensions that the hub carries, as the first server says that has each; of an app, its tools say it as well. */
function unionExtensions(sources: readonly SourceItems[]): JsonMembers {
  const said: JsonMembers = {};
  for (const { source, tools } of sources) {
    const ui = extensionOf(offered(source), extensions.ui) ?? (tools.some(hasInterface) ? {} : undefined);
    if (ui) said[extensions.ui] ??= ui;
    const tasks = extensionOf(offered(source), extensions.tasks);
    if (tasks && source.upstream.info?.era === 'modern') said[extensions.tasks] ??= tasks;
  }
  return said;
}

const hasInterface = ({ value }: ToolItem): boolean => {
  const meta = membersOf(value['_meta']);
  return meta['ui'] !== undefined || meta['ui/resourceUri'] !== undefined;
};

/** Tasks of 2025-11-25. They are not listed: a shared server could not tell whose they are. */
function unionTasks(sources: readonly SourceItems[]): JsonMembers | undefined {
  const all = sources
    .filter(({ source }) => source.upstream.info?.era === 'legacy')
    .map(({ source }) => membersOf(offered(source)['tasks']));
  const run = all.filter((tasks) => membersOf(membersOf(tasks['requests'])['tools'])['call'] !== undefined);
  if (run.length === 0) return undefined;
  const cancel = run.some((tasks) => tasks['cancel'] !== undefined);
  return { ...(cancel ? { cancel: {} } : {}), requests: { tools: { call: {} } } };
}

/** The servers' own instructions, each under its id when there are several; bounded. */
export function unionInstructions(sources: readonly SourceItems[]): string | undefined {
  const texts = sources.flatMap(({ source, instructions }) =>
    instructions === undefined ? [] : [{ id: source.id, instructions }],
  );
  const [only] = texts;
  if (only === undefined) return undefined;
  const text =
    sources.length === 1
      ? only.instructions
      : texts.map(({ id, instructions }) => `## ${id}\n${instructions}`).join('\n\n');
  return text.slice(0, LONGEST_INSTRUCTIONS);
}
