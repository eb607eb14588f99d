import type { Effect } from '@counterpart/schemas';
import type { JsonMembers } from '../../kernel/ports.ts';
import { fillArguments, type Filled } from './fill.ts';
import { countedIn } from './sentence/question.ts';
import { blanked, valuesIn, type FoundValue } from './sentence/values.ts';
import { allWords, contentWords, root, SIGNS, verbOf, type Action } from './sentence/words.ts';

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
  verb: 0.15,
  unasked: 0.25,
  extent: 0.4,
  untellable: 0.6,
  unused: 0.4,
  form: 0.2,
  counts: 0.6,
};

/** Below this the sentence has too little to do with the tool; without a word of its name it must be nearly all about it. */
const LEAST_KNOWN = { named: 0.25, unnamed: 0.75, rest: 0.5 };

/** The tool that a sentence means, of those the search found: most of its words belong to it or fill its arguments. */
export function chooseTool(sentence: string, found: readonly RuleTool[], today: Date): Choice | undefined {
  const asked = { ...readSentence(sentence, today), otherWords: new Set(found.flatMap(lastWords)) };
  const choices = found.map((tool, place) => judge(asked, tool, place)).filter(({ isSafe }) => isSafe);
  const [best] = choices.toSorted((a, b) => b.score - a.score);
  return best?.isAbout === true ? best : undefined;
}

interface Asked {
  readonly sentence: string;
  readonly values: readonly FoundValue[];
  /** Words that are no values. */
  readonly words: readonly string[];
  /** How many are values. */
  readonly valueWords: number;
  readonly action: Action | undefined;
  /** That says so. */
  readonly verb: string;
  /** Words for what is to be counted, conditions with it. */
  readonly counted: readonly string[];
  /** One thing is meant: `a berry`. */
  readonly isOne: boolean;
  /** Of the names of all that was found. */
  readonly otherWords: ReadonlySet<string>;
}

function readSentence(sentence: string, today: Date): Omit<Asked, 'otherWords'> {
  const values = valuesIn(sentence, today);
  const isOne =
    /^\W*(?:\w+\s+){0,3}?(?:an?|one|ein(?:e[nm]?)?|une?|una?)\s/i.test(sentence) &&
    !/\blist\b/i.test(sentence);
  const words = contentWords(blanked(sentence, values));
  const valueWords = Math.max(0, contentWords(sentence).length - words.length);
  const counted = contentWords(countedIn(sentence));
  return { sentence, values, words, valueWords, ...verbOf(sentence), counted, isOne };
}

function judge(
  { sentence, values, words, valueWords, action, verb, counted, isOne, otherWords }: Asked,
  tool: RuleTool,
  place: number,
): Choice & { readonly isAbout: boolean; readonly isSafe: boolean } {
  const own = nameWords(tool);
  const filled = fillArguments({
    parameters: tool.parameters,
    toolWords: own,
    sentence,
    values,
    otherWords,
    isCareful: tool.effect === 'destructive',
    nouns: lastWords(tool),
  });
  const described = new Set([...own, ...contentWords((tool.description ?? '').slice(0, 300))]);
  const known = words.filter((word) => described.has(word)).length / Math.max(1, words.length);
  const names = new Set([...allWords(lastName(tool.name)), ...allWords(tool.title ?? '')].map(root));
  const named = new Set(words.filter((word) => names.has(word))).size;
  const covered = Math.min(
    1,
    (known * words.length + filled.usedWords) / Math.max(1, words.length + valueWords),
  );
  const isMeant = action === undefined || agrees(action, tool) || own.has(verb);
  const isSafe =
    (isMeant || action !== 'delete') && mayBe(action, tool, { sentence, named, used: filled.usedWords });
  const score =
    WEIGHT.covered * covered +
    WEIGHT.named * Math.min(1, named / Math.max(1, new Set(lastWords(tool)).size)) -
    WEIGHT.place * place -
    lacks(filled, isOne) -
    formCost(sentence, tool, isOne) +
    (countsAll(counted, tool) ? WEIGHT.counts : 0) -
    actionCost(action, tool, {
      isMeant,
      isNamed: verb !== '' && own.has(verb),
    });
  // Of what is no argument, half is about the tool.
  const others = Math.max(1, words.length - filled.usedWords);
  const isRest = named > 0 && (known * words.length) / others >= LEAST_KNOWN.rest;
  const isAbout = isRest || known >= (named > 0 ? LEAST_KNOWN.named : LEAST_KNOWN.unnamed);
  return { tool, filled, score, isAbout, isSafe };
}

/** What a call would go without, and what of the sentence it would pass over. */
const lacks = ({ unfilled, untellable, unusedIds }: Filled, isOne: boolean): number =>
  WEIGHT.missing * Math.min(3, unfilled) * (isOne ? 0 : 1) +
  WEIGHT.untellable * Math.min(1, untellable.length) +
  WEIGHT.unused * unusedIds;

/** One thing is not listed; several are what a tool is for that has them in its name, or lists them: `projects`. */
function formCost(sentence: string, tool: RuleTool, isOne: boolean): number {
  const isList = /^(?:list|search|query)\b/i.test(tool.title ?? plainName(tool));
  const names = new Set(isList ? lastWords(tool) : allWords(lastName(tool.name)));
  const isSeveral = allWords(sentence).some(
    (word) => word !== root(word) && names.has(isList ? root(word) : word),
  );
  return (isOne && isList ? WEIGHT.extent : 0) - (isSeveral ? WEIGHT.form : 0);
}

/** Whether a tool counts what is asked for and no more is said of it: a condition that it were called without gives another number. */
function countsAll(counted: readonly string[], tool: RuleTool): boolean {
  if (counted.length === 0 || tool.effect !== 'read' || !/^count\b|\bcount$/i.test(plainName(tool)))
    return false;
  const names = new Set(allWords(lastName(tool.name)).map(root));
  return counted.every((word) => names.has(word));
}

/** How far what is to be done is from what the tool does. */
function actionCost(
  action: Action | undefined,
  { effect }: RuleTool,
  { isMeant, isNamed }: { readonly isMeant: boolean; readonly isNamed: boolean },
): number {
  const isUnasked = action === undefined && effect !== 'read';
  return (isMeant ? 0 : WEIGHT.action) + (isUnasked ? WEIGHT.unasked : 0) - (isNamed ? WEIGHT.verb : 0);
}

/**
 * Whether a tool may be what is wished: one that deletes only where the wish is to delete, nothing is destroyed that the sentence
 * does not name, nobody is signed in or out by the way, and nothing is written for the sake of one word.
 */
function mayBe(
  action: Action | undefined,
  tool: RuleTool,
  { sentence, named, used }: { readonly sentence: string; readonly named: number; readonly used: number },
): boolean {
  const said = allWords(sentence);
  if (SIGNS.test(plainName(tool)) && !SIGNS.test(said.join(' '))) return false;
  if (deletes(tool) && action !== 'delete') return false;
  if (tool.effect === 'destructive' && named === 0) return false;
  if (action !== undefined || tool.effect === 'read') return true;
  // Some services write `post` before everything.
  const { verb } = verbOf(plainName(tool).replace(/^(?:post|put|patch) /, ''));
  return verb === '' ? named > 1 || used > 0 : said.map(root).includes(verb);
}

/** Without the server's name before it. */
export const lastName = (name: string): string => name.split('__').at(-1) ?? name;

/** Words of names that say nothing of the thing. */
const NO_NOUN = /^(?:v\d+|post|put|patch|many|all|legacy|unstable|beta|api|rest)$/;

/** What a tool is about, by its name. */
export const lastWords = ({ name }: RuleTool): readonly string[] =>
  contentWords(
    lastName(name)
      .replace(/_[\da-f]{4}$/, '')
      .replace(/_by_.*$/, '')
      .replaceAll('_', ' '),
  ).filter((word) => !NO_NOUN.test(word));

/** Words of a tool's name and title, one form each. */
export function nameWords({ name, title = '' }: RuleTool): ReadonlySet<string> {
  return new Set([...allWords(name.replace(/_[\da-f]{4}$/, '')), ...allWords(title)].map(root));
}

const plainName = ({ name }: Pick<RuleTool, 'name'>): string => lastName(name).replace(/[_-]+/g, ' ');

const ownAction = ({ name, title = '' }: Pick<RuleTool, 'name' | 'title'>): Action | undefined =>
  verbOf(title).action ?? verbOf(plainName({ name })).action;

const deletes = (tool: RuleTool): boolean => tool.effect === 'destructive' && ownAction(tool) === 'delete';

function agrees(action: Action, { effect, name, title = '' }: RuleTool): boolean {
  if (action === 'read') return effect === 'read' || /search|query|list|find/.test(name);
  if (effect === 'read') return false;
  const own = ownAction({ name, title });
  if (action === 'delete') return effect === 'destructive' && own !== 'create';
  // What creates and what changes are one verb to many services: `post`, `put`, `set`.
  return own !== 'delete';
}
