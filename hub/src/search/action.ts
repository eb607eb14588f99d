import { effectOf, type ToolDefinition } from '@counterpart/schemas';
import { stem, wordsOf } from './words.ts';

/** What is done to a thing, whatever the verb for it. */
export type Action = 'read' | 'create' | 'change' | 'delete';

/** Verbs that say no more than what is done; where one leads, it is held against the effect instead of the words. */
const PLAIN: Readonly<Record<Action, string>> = {
  read: 'list get fetch show retrieve read view see look lookup enumerate find search query inspect describe display return check',
  create: 'create add new make insert register post',
  change: 'update edit change modify set patch put alter adjust',
  delete: 'delete remove erase drop destroy discard',
};

const VERBS: Readonly<Record<Action, string>> = {
  read: 'count download export compare monitor watch',
  create:
    'open send publish upload write invite buy purchase draft start schedule ' +
    'join install attach assign share build submit give store issue begin define generate put subscribe duplicate copy',
  change:
    'rename move correct rewrite replace configure mark approve overwrite accept reject ' +
    'enable disable archive promote lock extend mute choose pause fix turn switch convert customize confirm verify resize',
  delete:
    'revoke cancel clear kill trash unlink detach strip uninstall purge prune ' +
    'dissolve abort leave end stop unpin terminate disconnect expunge void',
};

const ACTIONS = ['read', 'create', 'change', 'delete'] as const;
const actionOf = new Map<string, Action>();
const plain = new Set<string>();
for (const action of ACTIONS) {
  for (const verb of VERBS[action].split(' ')) actionOf.set(stem(verb), action);
}
for (const action of ACTIONS) {
  for (const verb of PLAIN[action].split(' ')) {
    actionOf.set(stem(verb), action);
    plain.add(stem(verb));
  }
}

/** Whether a stemmed word is a verb like `get` and `delete`. */
export const isPlainVerb = (word: string): boolean => plain.has(word);

/** Ways to say a thing without its verb. */
const PHRASES: readonly (readonly [phrase: RegExp, action: Action])[] = [
  [
    /\b(?:get(?:ting)? rid of|throw(?:ing)? away|take\b.{0,30}\b(?:off|back|out)|call(?:ing)? off|no longer|kick\b.{0,30}\b(?:out|off)|stop \w+ing)\b/,
    'delete',
  ],
  [/\b(?:set(?:ting)? up|sign(?:ing)? up|put(?:ting)? .{0,30}\b(?:in|into|on|onto))\b/, 'create'],
  [/\b(?:turn|switch)(?:ing)?\b.{0,30}\b(?:on|off)\b/, 'change'],
  [
    /^(?:who|whom|whose|which|what|where|when|how|is|are|was|were|does|did|do|has|have|all|everyone|details?|info|history|metadata|names?|in which|to which|to whom)\b/,
    'read',
  ],
];

/** How a request is introduced: `how do I create` asks for creating, not for knowing how. */
const MANNERS =
  /^(?:(?:please|hey|hi|ok|so|and|then|now)\b[\s,]*|how (?:(?:do|can|could|should|would) (?:i|we|you|one)|to)\b\s*|is there (?:a|any) way (?:to|of)\b\s*|(?:can|could|would|will) (?:i|we|you)\b\s*|(?:i|we)(?:'d| would)? (?:want|need|like|have)(?: you)? to\b\s*|(?:let|help) (?:me|us)\b\s*|(?:give|tell|show) (?:me|us) (?=how to)|(?:the )?(?:tool|endpoint|operation|call|api) (?:to|for|that)\b\s*)+/i;

/** A query without what leads up to it. */
export const withoutManners = (query: string): string => query.replace(MANNERS, '');

/** What a query wants done, as far as it says. */
export function wantedAction(query: string): Action | undefined {
  const text = withoutManners(query.toLowerCase());
  const phrase = PHRASES.find(([expression]) => expression.test(text));
  if (phrase) return phrase[1];
  const verb = wordsOf(text).find((word) => actionOf.has(word));
  return verb === undefined ? undefined : actionOf.get(verb);
}

/** What a tool does: its annotations tell reading, its name or first words the rest, and reading too where nothing is annotated. */
export function toolAction(tool: ToolDefinition): Action | undefined {
  if (effectOf(tool) === 'read') return 'read';
  const said = [...wordsOf(tool.description ?? '').slice(0, 1), ...wordsOf(tool.name).slice(0, 2)];
  const actions = said.flatMap((word) => actionOf.get(word) ?? []);
  const other = actions.find((action) => action !== 'read');
  return other ?? (tool.annotations?.readOnlyHint === undefined ? actions[0] : undefined);
}

/** Whether one thing or many are meant; undefined where that is not said. */
export type Extent = 'one' | 'many';

const MANY = /\b(?:list(?:s|ing)?|all|every|which|each|enumerate|many|several|bulk|multiple|search|find)\b/i;
const ONE =
  /\b(?:one|single|specific|specified|particular|individual|by (?:its|their|the|an?|using)? ?(?:unique |given )?(?:id|key|name|filename)|with the given|an existing|this)\b/i;

/** What the words of a query or of a tool's first sentence say of it. */
export function extentOf(text: string): Extent | undefined {
  if (ONE.test(text)) return 'one';
  return MANY.test(text) ? 'many' : undefined;
}
