import { fitDefinition } from '../../hub/src/gateway/search/fit-definition.ts';
import { hitLines } from '../../hub/src/gateway/search/hits.ts';
import { ownTools } from '../../hub/src/gateway/own/definitions.ts';
import { createCatalog } from '../../hub/src/catalog/catalog.ts';
import { Profile } from '@counterpart/schemas';
import { createLog } from '../../hub/src/kernel/log.ts';
import { MemoryUpstream } from '../fixtures/gateway/memory-upstream.ts';
import { hitsOf, type Question, type Searched } from './services.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** What 99 of 100 descriptions of a service's tools take at most, in bytes, as `describe_tool` gives them. */
export function descriptionBytes(id: string, { routes }: Searched): number {
  const sizes = [...routes.values()]
    .filter(({ server }) => server === id)
    .map(({ definition }) => bytesOf(fitDefinition(definition)))
    .toSorted((a, b) => a - b);
  return sizes[Math.ceil(sizes.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
}

/** What the largest answer to one of these questions takes, in bytes. */
export const answerBytes = ({ index, routes }: Searched, asked: readonly Question[]): number =>
  Math.max(...asked.map(({ question }) => Buffer.byteLength(hitLines(routes, hitsOf(index, question)))));

/** What the first list takes in a profile that finds tools by search, in bytes. */
export function firstListBytes({ routes }: Searched): number {
  const upstream = new MemoryUpstream({});
  const tools = [...routes.values()].map(({ definition, hubName }) => ({ ...definition, name: hubName }));
  const known = { tools, prompts: [], resources: [], resourceTemplates: [] };
  const catalog = createCatalog({ log: createLog({ level: 'silent' }) });
  catalog.set([{ id: upstream.id, prefix: 'all', upstream, known, enabled: true }]);
  catalog.setProfiles({ found: Profile.parse({ mode: 'search' }) });
  const view = catalog.view({ kind: 'profile', name: 'found' });
  if (!view) return Number.POSITIVE_INFINITY;
  return bytesOf(ownTools(view)) + Buffer.byteLength(view.page('tools', undefined)?.items ?? '');
}
