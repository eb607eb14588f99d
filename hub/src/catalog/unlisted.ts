import { effectOf, type Effect } from '@counterpart/schemas';
import type { ToolDescription, ToolRoute } from '../kernel/ports.ts';
import { hubName, prefixOf } from './naming/names.ts';
import type { SourceItems } from './source-items.ts';

const EFFECTS: readonly Effect[] = ['read', 'write', 'destructive'];

/** What decides whether a server may be asked for a tool that it does not list. */
export interface UnlistedRules {
  /** Whether policies offer a tool like this. */
  readonly visible: (tool: ToolDescription) => boolean;
  /** Whether the owner's word on a tool of this name is missing, or was no. */
  readonly held: (server: string, name: string) => boolean;
}

/**
 * Where a call goes whose tool no server lists: to the server that the name says, whose answer it then is, as if the client had
 * asked it directly. Not when anything that this server lists is left out here: what is hidden must look like what never was.
 * `sources` have the names of the view.
 */
export function unlistedTool(
  name: string,
  sources: readonly SourceItems[],
  rules: UnlistedRules,
): ToolRoute | undefined {
  const items = ownerOf(name, sources);
  if (!items || items.source.onlyListed === true) return undefined;
  const { id, prefix, upstream } = items.source;
  const own = prefix === '' ? name : name.slice(prefixOf(prefix).length);
  if (own === '' || hubName(id, prefix, own) !== name) return undefined;
  if (items.lists.tools.some((tool) => tool.name === own) || rules.held(id, own)) return undefined;
  const described = (effect: Effect): ToolDescription => ({
    server: id,
    name: own,
    hubName: items.nameAtHub(own),
    effect,
  });
  const isWhole = items.tools.every(
    ({ own: listed, hubName: known, value, withheld }) =>
      withheld === undefined &&
      rules.visible({ server: id, name: listed, hubName: known, effect: effectOf(value) }),
  );
  // Nobody knows what it does: it must be allowed whatever that is.
  if (!isWhole || !EFFECTS.every((effect) => rules.visible(described(effect)))) return undefined;
  const definition = { name: own, inputSchema: { type: 'object' as const } };
  return { ...described('destructive'), upstream, definition };
}

/** The server with the longest prefix that the name begins with; one without a prefix has what no other claims. */
function ownerOf(name: string, sources: readonly SourceItems[]): SourceItems | undefined {
  const claiming = sources.filter(
    ({ source: { prefix } }) => prefix !== '' && name.startsWith(prefixOf(prefix)),
  );
  const [first, ...others] = claiming.toSorted((a, b) => b.source.prefix.length - a.source.prefix.length);
  if (first) return others[0]?.source.prefix === first.source.prefix ? undefined : first;
  const bare = sources.filter(({ source }) => source.prefix === '');
  return bare.length === 1 ? bare[0] : undefined;
}
