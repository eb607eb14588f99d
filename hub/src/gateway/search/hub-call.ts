import { hubError, type CounterpartError, type Effect } from '@counterpart/schemas';
import { hubTools } from '../../kernel/hub-tools.ts';
import { isMembers } from '../../kernel/members.ts';
import type { JsonMembers, ToolRoute } from '../../kernel/ports.ts';
import { DEFAULT_HITS, MOST_HITS } from './definitions.ts';
import { hitLines } from './hits.ts';
import { indexOf } from './tool-search.ts';

type Tools = ReadonlyMap<string, ToolRoute>;

/** What a call of one of the hub's tools comes to: a result of its own, or the call of another tool. */
export type HubCall =
  | { readonly kind: 'own'; readonly result: Promise<JsonMembers> }
  /** `args` as they came; undefined when there were none. */
  | { readonly kind: 'call'; readonly route: ToolRoute; readonly args: unknown };

/** The tools to choose from, and how a name that is not among them is answered. */
export interface Offer {
  readonly tools: Tools;
  readonly unknown: (name: string) => CounterpartError;
}

/** Weakest first. */
const EFFECTS: readonly Effect[] = ['read', 'write', 'destructive'];

/** Reads a call of `HUB_TOOL_NAMES`. What is wrong with it becomes a result that the model can act on. */
export function readHubCall(used: string, args: unknown, offer: Offer): HubCall {
  const given = isMembers(args) ? args : {};
  if (used === hubTools.find) return find(offer.tools, given);
  const { name } = given;
  if (typeof name !== 'string') return misfit(used, 'name must be a string, the name of a tool');
  const route = offer.tools.get(name);
  if (!route) return refusal(offer.unknown(name));
  if (used === hubTools.describe) return text(describe(name, route));
  const allowed = EFFECTS.find((effect) => hubTools.call[effect] === used) ?? 'read';
  return call({ used, allowed, name }, route, given);
}

function find(tools: Tools, { query, limit }: JsonMembers): HubCall {
  if (typeof query !== 'string' || query.trim() === '')
    return misfit(hubTools.find, 'query must be text that says what the tool is to do');
  const most = typeof limit === 'number' ? Math.min(MOST_HITS, Math.max(1, Math.floor(limit))) : DEFAULT_HITS;
  const lines = indexOf(tools).then((index) => hitLines(tools, index.find(query, most)));
  return { kind: 'own', result: lines.then((found) => textResult(found || NOTHING_FOUND)) };
}

const NOTHING_FOUND = 'No tool fits. Try other words: the thing, and what is to happen to it.';

/** One definition that needs nothing beside it: under the hub's name, with the tool by which it is called. */
function describe(name: string, { definition, effect }: ToolRoute): string {
  return JSON.stringify({ ...definition, name, effect, callWith: hubTools.call[effect] });
}

interface Call {
  readonly used: string;
  readonly allowed: Effect;
  readonly name: string;
}

function call({ used, allowed, name }: Call, route: ToolRoute, given: JsonMembers): HubCall {
  const { effect } = route;
  if (EFFECTS.indexOf(effect) > EFFECTS.indexOf(allowed))
    return refusal(hubError('TOOL_EFFECT', { tool: name, effect, used, needed: hubTools.call[effect] }));
  const strays = Object.keys(given).filter((key) => key !== 'name' && key !== 'arguments');
  if (strays.length > 0)
    return misfit(used, `${strays.slice(0, 3).join(', ')} belongs into "arguments", an object`);
  const { arguments: args } = given;
  if (args !== undefined && !isMembers(args)) return misfit(used, '"arguments" must be an object');
  return { kind: 'call', route, args };
}

const misfit = (tool: string, detail: string): HubCall =>
  refusal(hubError('ARGUMENTS_INVALID', { tool, detail }));

const refusal = ({ message, fix }: CounterpartError): HubCall => ({
  kind: 'own',
  result: Promise.resolve({ ...textResult(`${message} ${fix}`), isError: true }),
});

const text = (words: string): HubCall => ({ kind: 'own', result: Promise.resolve(textResult(words)) });

const textResult = (words: string): JsonMembers => ({ content: [{ type: 'text', text: words }] });
