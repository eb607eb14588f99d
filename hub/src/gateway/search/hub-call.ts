import { hubError, type Effect } from '@counterpart/schemas';
import { hubTools } from '../../kernel/tools/hub-tools.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import type { JsonMembers, ToolRoute } from '../../kernel/ports.ts';
import { DEFAULT_HITS, MOST_HITS } from '../own/definitions.ts';
import { answerWith, misfit, refused, textResult, type Offer, type OwnCall } from '../own/own-tool.ts';
import { fitDefinition } from './fit-definition.ts';
import { hitLines } from './hits.ts';
import { searching } from './searching.ts';

/** Weakest first. */
const EFFECTS: readonly Effect[] = ['read', 'write', 'destructive'];

export const NOTHING_FOUND =
  'No tool fits. Try other words, English ones: the thing, and what is to happen to it.';

/** The number of hits that was asked for, within bounds. */
export const hitsWanted = (limit: unknown, otherwise = DEFAULT_HITS): number =>
  typeof limit === 'number' ? Math.min(MOST_HITS, Math.max(1, Math.floor(limit))) : otherwise;

/** Answers a search with one line a tool. */
export const find = ({ tools }: Offer, query: string, limit: unknown): OwnCall => ({
  kind: 'own',
  answer: async () => {
    const { indexOf } = await searching.open();
    const index = await indexOf(tools);
    return textResult(hitLines(tools, index.find(query, hitsWanted(limit))) || NOTHING_FOUND);
  },
});

/** One definition that needs nothing beside it: under the hub's name, with the tool by which it is called. */
export function describe({ tool, unknown }: Offer, asked: string): OwnCall {
  const route = tool(asked);
  if (!route) return answerWith(refused(unknown(asked)));
  const { definition, effect, hubName: name } = route;
  return answerWith(
    textResult(
      JSON.stringify(fitDefinition({ ...definition, name, effect, callWith: hubTools.call[effect] })),
    ),
  );
}

/** The call that one of `call_tool_…` stands for, when its effect is not stronger than that tool's name says. */
export function callFound(used: string, { tool, unknown }: Offer, given: JsonMembers): OwnCall {
  const { name } = given;
  if (typeof name !== 'string') return misfit(used, 'name must be a string, the name of a tool');
  const route = tool(name);
  if (!route) return answerWith(refused(unknown(name)));
  const allowed = EFFECTS.find((effect) => hubTools.call[effect] === used) ?? 'read';
  return call({ used, allowed, name }, route, given);
}

interface Call {
  readonly used: string;
  readonly allowed: Effect;
  readonly name: string;
}

function call({ used, allowed, name }: Call, route: ToolRoute, given: JsonMembers): OwnCall {
  const { effect } = route;
  if (EFFECTS.indexOf(effect) > EFFECTS.indexOf(allowed))
    return answerWith(
      refused(hubError('TOOL_EFFECT', { tool: name, effect, used, needed: hubTools.call[effect] })),
    );
  const strays = Object.keys(given).filter((key) => key !== 'name' && key !== 'arguments');
  if (strays.length > 0)
    return misfit(used, `${strays.slice(0, 3).join(', ')} belongs into "arguments", an object`);
  const { arguments: args } = given;
  if (args !== undefined && !isMembers(args)) return misfit(used, '"arguments" must be an object');
  return { kind: 'call', route, args };
}
