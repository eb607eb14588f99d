import type { CatalogSource, JsonMembers } from '../kernel/ports.ts';
import type { SourceItems } from './source-items.ts';

const LONGEST_INSTRUCTIONS = 8_192;

const offered = ({ upstream }: CatalogSource): JsonMembers => upstream.info?.capabilities ?? {};

const subscribes = (source: CatalogSource): boolean => {
  const { resources } = offered(source);
  return (
    typeof resources === 'object' &&
    resources !== null &&
    'subscribe' in resources &&
    resources.subscribe === true
  );
};

/**
 * What these servers offer together. Lists can always change, because servers come and go. Tools are always announced, so
 * that a client that came before the first server hears of its tools.
 */
export function unionCapabilities(sources: readonly SourceItems[]): JsonMembers {
  const any = (test: (items: SourceItems) => boolean): boolean => sources.some(test);
  const has = (member: string) => any(({ source }) => offered(source)[member] !== undefined);
  const union: JsonMembers = { tools: { listChanged: true } };
  if (has('prompts') || any(({ prompts }) => prompts.length > 0)) union['prompts'] = { listChanged: true };
  const listed = any(({ resources, resourceTemplates }) => resources.length + resourceTemplates.length > 0);
  if (has('resources') || listed) {
    const subscribe = any(({ source }) => subscribes(source));
    union['resources'] = { listChanged: true, ...(subscribe ? { subscribe } : {}) };
  }
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
