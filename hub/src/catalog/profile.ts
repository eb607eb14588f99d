import { effectOf, type Profile } from '@counterpart/schemas';
import { HUB_TOOL_NAMES } from '../kernel/hub-tools.ts';
import { matchTools } from '../kernel/tool-patterns.ts';
import type { Merged, Owned } from './merge.ts';
import type { ToolItem } from './source-items.ts';

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

/** The tools that `tools/list` names beside the hub's own; undefined where all are listed. */
export function visibleTools(merged: Merged, profile: Profile): readonly Owned<ToolItem>[] | undefined {
  if (profile.mode === 'full') return undefined;
  const visible = matchTools(profile.alwaysVisible);
  return merged.tools.filter(
    ({ item: { key, value } }) => !HUB_TOOL_NAMES.has(key) && visible(key, effectOf(value)),
  );
}
