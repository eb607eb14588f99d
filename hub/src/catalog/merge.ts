import { hubError, type LeftOut } from '@counterpart/schemas';
import type { RenameUri } from '../kernel/ports.ts';
import type { Item, Owned, SourceItems, ToolItem } from './source-items.ts';
import { uniqueUris, withRenamedInterface } from './resources/unique-uris.ts';

/** All items of a view in their order, no two of one kind under one key. */
export interface Merged {
  readonly tools: readonly Owned<ToolItem>[];
  /** Tools that are not offered until somebody approves them. */
  readonly withheld: readonly Owned<ToolItem>[];
  readonly prompts: readonly Owned[];
  readonly resources: readonly Owned[];
  readonly resourceTemplates: readonly Owned[];
  /** Found by their URI, listed nowhere. */
  readonly unlisted: readonly Owned[];
  /** By server, where some of its URIs have another form here. */
  readonly renames: ReadonlyMap<string, RenameUri>;
  readonly problems: readonly LeftOut[];
}

/**
 * Puts servers together in the order of their ids. A name that an earlier server has is refused to the later one, with a
 * problem; a URI is offered in a rewritten form instead.
 */
export function mergeSources(sources: readonly SourceItems[]): Merged {
  const problems: LeftOut[] = [];
  const uris = uniqueUris(sources);
  const named = uniqueNames(sources, 'tool', (items) => items.tools, problems).map(({ item, source }) => ({
    item: withRenamedInterface(item, uris.renames.get(source.id)),
    source,
  }));
  return {
    ...uris,
    tools: named.filter(({ item }) => item.withheld === undefined),
    withheld: named.filter(({ item }) => item.withheld !== undefined),
    prompts: uniqueNames(sources, 'prompt', (items) => items.prompts, problems),
    problems,
  };
}

function uniqueNames<T extends Item>(
  sources: readonly SourceItems[],
  kind: LeftOut['kind'],
  itemsOf: (source: SourceItems) => readonly T[],
  problems: LeftOut[],
): Owned<T>[] {
  const owners = new Map<string, string>();
  const kept: Owned<T>[] = [];
  for (const items of sources) {
    const { source } = items;
    for (const item of itemsOf(items)) {
      const first = owners.get(item.key);
      if (first === undefined) {
        owners.set(item.key, source.id);
        kept.push({ item, source });
      } else {
        const { message } = hubError('NAME_COLLISION', { first, second: source.id, name: item.key });
        problems.push({ server: source.id, kind, name: item.own, code: 'NAME_COLLISION', detail: message });
      }
    }
  }
  return kept;
}
