import { membersOf } from '../kernel/members.ts';
import type { CatalogSource, JsonMembers } from '../kernel/ports.ts';
import type { SourceItems } from './source-items.ts';

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
  return union;
}

/** The servers' own instructions, each under its id when there are several; bounded. */
export function unionInstructions(sources: readonly SourceItems[]): string | undefined {
  const texts = sources.flatMap(({ source }) => {
    const { instructions } = source.upstream.info ?? {};
    return instructions === undefined || instructions === '' ? [] : [{ id: source.id, instructions }];
  });
  const [only] = texts;
  if (only === undefined) return undefined;
  const text =
    sources.length === 1
      ? only.instructions
      : texts.map(({ id, instructions }) => `## ${id}\n${instructions}`).join('\n\n');
  return text.slice(0, LONGEST_INSTRUCTIONS);
}
