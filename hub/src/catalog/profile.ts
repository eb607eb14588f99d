import { effectOf, type Profile, type ToolDefinition } from '@counterpart/schemas';
import { HUB_TOOL_NAMES } from '../kernel/hub-tools.ts';
import type { Merged, Owned } from './merge.ts';
import type { ToolItem } from './source-items.ts';

const EFFECT = /^effect:(.+)$/;

type ToolTest = (hubName: string, definition: ToolDefinition) => boolean;

/** Whether any of these patterns means a tool: a name in the hub, in which `*` stands for any text, or `effect:…`. */
export function matchTools(patterns: readonly string[]): ToolTest {
  const effects = new Set(patterns.flatMap((pattern) => EFFECT.exec(pattern)?.[1] ?? []));
  const names = patterns.filter((pattern) => !EFFECT.test(pattern)).map(toExpression);
  return (hubName, definition) =>
    effects.has(effectOf(definition)) || names.some((name) => name.test(hubName));
}

/** Lazy stars between literal parts: linear enough for names of at most 128 characters. */
const toExpression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.split(/\*+/).map(escapeLiteral).join('.*?')}$`, 's');

const escapeLiteral = (text: string): string => text.replace(/[.\\+?^${}()|[\]-]/g, String.raw`\$&`);

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
    (included?.(key, value) ?? true) && !excluded(key, value);
  return {
    tools: merged.tools.filter((owned) => offers(owned) && wanted(owned)),
    prompts: merged.prompts.filter(offers),
    resources: merged.resources.filter(offers),
    resourceTemplates: merged.resourceTemplates.filter(offers),
    problems: [],
  };
}

/** The tools that `tools/list` names beside the hub's own; undefined where all are listed. */
export function visibleTools(merged: Merged, profile: Profile): readonly Owned<ToolItem>[] | undefined {
  if (profile.mode === 'full') return undefined;
  const visible = matchTools(profile.alwaysVisible);
  return merged.tools.filter(({ item: { key, value } }) => !HUB_TOOL_NAMES.has(key) && visible(key, value));
}
