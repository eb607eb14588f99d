import type { Effect } from '@counterpart/schemas';
import type { JsonMembers } from '../../kernel/ports.ts';
import { fillArguments, type Filled } from './fill.ts';
import { valuesIn, type FoundValue } from './values.ts';
import { verbOf, contentWords, allWords, root, type Action } from './words.ts';

/** A tool of the hub, as the rules look at it. */
export interface RuleTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly parameters: JsonMembers;
  readonly effect: Effect;
}

/** A tool and what the sentence says of its arguments. */
export interface Choice {
  readonly tool: RuleTool;
  readonly filled: Filled;
  readonly score: number;
}

/** What a place further down in the search's own order costs, what words that the tool knows nothing of do, and so on. */
const WEIGHT = {
  place: 0.08,
  covered: 1,
  named: 0.5,
  missing: 0.3,
  action: 0.5,
  extent: 0.4,
  untellable: 0.6,
};

/** Below this the sentence has too little to do with the tool; without a word of its name it must be nearly all about it. */
const LEAST_KNOWN = { named: 0.25, unnamed: 0.75 };

/** The tool that a sentence means, of those the search found: most of its words belong to it or fill its arguments. */
export function chooseTool(sentence: string, found: readonly RuleTool[], today: Date): Choice | undefined {
  const asked = readSentence(sentence, today);
  const choices = found.map((tool, place) => judge(asked, tool, place)).filter(({ isSafe }) => isSafe);
  const [best] = choices.toSorted((a, b) => b.score - a.score);
  return best?.isAbout === true ? best : undefined;
}

interface Asked {
  readonly sentence: string;
  readonly values: readonly FoundValue[];
  /** Words that are no values. */
  readonly words: readonly string[];
  readonly action: Action | undefined;
  /** That says so. */
  readonly verb: string;
  /** One thing is meant: `a berry`. */
  readonly isOne: boolean;
}

function readSentence(sentence: string, today: Date): Asked {
  const values = valuesIn(sentence, today);
  let rest = sentence;
  for (const { start, end } of values)
    rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  const isOne =
    /^\W*(?:\w+\s+){0,3}?(?:an?|one|ein(?:e[nm]?)?|une?|una?)\s/i.test(sentence) &&
    !/\blist\b/i.test(sentence);
  return { sentence, values, words: contentWords(rest), ...verbOf(sentence), isOne };
}

function judge(
  { sentence, values, words, action, verb, isOne }: Asked,
  tool: RuleTool,
  place: number,
): Choice & { readonly isAbout: boolean; readonly isSafe: boolean } {
  const own = nameWords(tool);
  const filled = fillArguments({
    parameters: tool.parameters,
    toolWords: own,
    sentence,
    values,
    isCareful: tool.effect === 'destructive',
  });
  const described = new Set([...own, ...contentWords((tool.description ?? '').slice(0, 300))]);
  const known = words.filter((word) => described.has(word)).length / Math.max(1, words.length);
  const named = words.filter((word) => own.has(word)).length;
  const covered = Math.min(1, known + filled.usedWords / Math.max(1, words.length));
  const isList = /^(?:list|search|query)\b/i.test(tool.title ?? lastName(tool.name).replaceAll('_', ' '));
  const isMeant = action === undefined || agrees(action, tool) || own.has(verb);
  // A wish to delete means no other tool, and nothing is destroyed that the sentence does not name.
  const isSafe = (isMeant || action !== 'delete') && (tool.effect !== 'destructive' || named > 0);
  const score =
    WEIGHT.covered * covered +
    WEIGHT.named * Math.min(1, named / Math.max(1, new Set(contentWords(lastName(tool.name))).size)) -
    WEIGHT.place * place -
    WEIGHT.missing * Math.min(3, filled.missing.length) * (isOne ? 0 : 1) -
    WEIGHT.untellable * Math.min(1, filled.untellable.length) -
    (isMeant ? 0 : WEIGHT.action) -
    (isOne && isList ? WEIGHT.extent : 0);
  const isAbout = known >= (named > 0 ? LEAST_KNOWN.named : LEAST_KNOWN.unnamed);
  return { tool, filled, score, isAbout, isSafe };
}

/** Without the server's name before it. */
const lastName = (name: string): string => name.split('__').at(-1) ?? name;

/** Words of a tool's name and title, one form each. */
export function nameWords({ name, title = '' }: RuleTool): ReadonlySet<string> {
  return new Set([...allWords(name.replace(/_[\da-f]{4}$/, '')), ...allWords(title)].map(root));
}

function agrees(action: Action, { effect, name, title = '' }: RuleTool): boolean {
  if (action === 'read') return effect === 'read' || /search|query|list|find/.test(name);
  if (effect === 'read') return false;
  const own = verbOf(title).action ?? verbOf(lastName(name).replace(/[_-]+/g, ' ')).action;
  if (action === 'delete') return effect === 'destructive' && own !== 'create';
  // What creates and what changes are one verb to many services: `post`, `put`, `set`.
  return own !== 'delete';
}
