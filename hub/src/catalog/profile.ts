import { effectOf, type Profile } from '@counterpart/schemas';
import { ownToolNames } from '../kernel/tools/hub-tools.ts';
import type { Presentation } from '../kernel/ports.ts';
import { matchTools } from '../kernel/tools/tool-patterns.ts';
import type { Merged } from './merge.ts';
import type { Owned, ToolItem } from './source-items.ts';

/**
 * What a profile offers of everything the hub serves. Names and URIs stay those of the whole hub, so that no name means
 * another tool in a profile than it does at `/mcp`.
 */
export function selectProfile(merged: Merged, profile: Profile): Merged {
  const servers = profile.servers && new Set<string>(profile.servers);
  const offers = ({ source }: Owned): boolean => servers?.has(source.id) ?? true;
  const included = profile.tools?.include && matchTools(profile.tools.include);
  const excluded = matchTools(profile.tools?.exclude ?? []);
  const wanted = ({ item: { key, value } }: Owned<ToolItem>): boolean =>
    (included?.(key, effectOf(value)) ?? true) && !excluded(key, effectOf(value));
  return {
    tools: merged.tools.filter((owned) => offers(owned) && wanted(owned)),
    withheld: merged.withheld.filter((owned) => offers(owned) && wanted(owned)),
    prompts: merged.prompts.filter(offers),
    resources: merged.resources.filter(offers),
    resourceTemplates: merged.resourceTemplates.filter(offers),
    unlisted: merged.unlisted.filter(offers),
    renames: merged.renames,
    problems: [],
  };
}

/** Tokens of a result in profiles that name no number: about what a page of search results takes. */
const DEFAULT_RESULT_TOKENS = 10_000;

/** What a profile shows beside the servers' tools; undefined when that is nothing. */
export function presentationOf({ mode, resultTokens }: Profile): Presentation | undefined {
  const tokens = resultTokens ?? (mode === 'full' ? 0 : DEFAULT_RESULT_TOKENS);
  if (mode === 'full' && tokens === 0) return undefined;
  return {
    mode,
    ownTools: ownToolNames(mode, tokens > 0),
    resultTokens: tokens === 0 ? undefined : tokens,
  };
}

/** The servers' tools that `tools/list` names, as it shows them. */
export function listedTools(
  merged: Merged,
  profile: Profile,
  presentation: Presentation | undefined,
): readonly Owned<ToolItem>[] {
  if (!presentation) return merged.tools;
  const { mode, ownTools, resultTokens } = presentation;
  const visible = mode === 'full' ? () => true : matchTools(profile.alwaysVisible);
  const listed = merged.tools.filter(
    ({ item: { key, value } }) => !ownTools.has(key) && visible(key, effectOf(value)),
  );
  return resultTokens === undefined ? listed : listed.map(withoutOutputSchema);
}

/** A client that knows the schema refuses a result without structured content, which one that was cut is. */
function withoutOutputSchema(owned: Owned<ToolItem>): Owned<ToolItem> {
  const { item } = owned;
  if (item.value.outputSchema === undefined) return owned;
  const { outputSchema: _, ...shown } = item.value;
  return { ...owned, item: { ...item, json: JSON.stringify({ ...shown, name: item.key }) } };
}
