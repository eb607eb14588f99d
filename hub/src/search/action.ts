import { effectOf, type ToolDefinition } from '@counterpart/schemas';
import { wordsOf } from './words.ts';

/** What is done to a thing, whatever the verb for it. */
export type Action = 'read' | 'create' | 'change' | 'delete';

const VERBS: Readonly<Record<Action, string>> = {
  read:
    'list get fetch show retrieve read view see look lookup enumerate check search find query inspect describe count ' +
    'download export compare monitor',
  create:
    'create add new make insert register open send post publish upload write invite buy purchase draft start schedule ' +
    'join install attach assign share attach build submit give store',
  change:
    'update edit change modify set patch put alter adjust rename move correct rewrite replace configure mark approve ' +
    'enable disable archive promote lock extend mute choose pause fix turn switch convert',
  delete:
    'delete remove erase drop destroy discard revoke cancel clear kill trash unlink detach strip uninstall purge prune ' +
    'dissolve abort leave end stop unpin terminate disconnect expunge',
};

const actionOf = new Map<string, Action>();
for (const action of ['read', 'create', 'change', 'delete'] as const)
  for (const word of wordsOf(VERBS[action])) actionOf.set(word, action);

/** Ways to say a thing without its verb. */
const PHRASES: readonly (readonly [phrase: RegExp, action: Action])[] = [
  [/\b(?:get rid of|throw(?:ing)? away|take\b.{0,30}\b(?:off|back|out)|call(?:ing)? off)\b/, 'delete'],
  [/\b(?:set(?:ting)? up|sign(?:ing)? up|put(?:ting)? .{0,30}\b(?:in|into|on|onto))\b/, 'create'],
  [/^(?:who|which|what|where|when|how|is|are|was|were|does|did|has|have|all|everyone|details)\b/, 'read'],
];

/** What a query wants done, as far as it says. */
export function wantedAction(query: string): Action | undefined {
  const text = query.toLowerCase();
  const phrase = PHRASES.find(([expression]) => expression.test(text));
  if (phrase) return phrase[1];
  const verb = wordsOf(text).find((word) => actionOf.has(word));
  return verb === undefined ? undefined : actionOf.get(verb);
}

/** What a tool does: its annotations tell reading, its name or first words the rest. */
export function toolAction(tool: ToolDefinition): Action | undefined {
  if (effectOf(tool) === 'read') return 'read';
  const said = [...wordsOf(tool.description ?? '').slice(0, 1), ...wordsOf(tool.name).slice(0, 2)];
  for (const word of said) {
    const action = actionOf.get(word);
    if (action !== undefined && action !== 'read') return action;
  }
  return undefined;
}
