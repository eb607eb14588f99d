import { blanked, type FoundValue } from './values.ts';

const YES_OR_NO = /^\W*(?:is|are|was|were|did|does|do|has|have|had)\s(?:.*\s)?(\S+)\s+([\p{L}-]+)\W*$/iu;
const WHAT_IT_DOES = /\b(?:did|does|do)\s(?:.*\s)?(\S+)\s+([\p{L}-]+)\W*$/iu;
const IS_DOING = /\b(?:is|are|was|were)\s(?:.*\s)?(\S+)\s+([\p{L}-]+ing)\W*$/iu;
/** Before a name or a thing, not before what is asked of one. */
const LEADS =
  /^(?:an?|the|this|that|these|those|my|our|your|its|in|on|at|for|of|from|to|by|with|about|called|named|is|are|was|were|did|does|do|any|some|many|which|what)$/i;

const WHEN = /^(?:now|today|tomorrow|yesterday|tonight|\w+day|week|month|year)$/i;

/** What a question asks of a thing, which is no name: `is the worker running`, `what is it doing`. */
export function predicateOf(sentence: string): string | undefined {
  for (const form of [YES_OR_NO, WHAT_IT_DOES, IS_DOING]) {
    const [, before = '', last] = form.exec(sentence) ?? [];
    if (last !== undefined && !LEADS.test(before) && !WHEN.test(last)) return last;
  }
  return undefined;
}

/** A question for how many there are, or whether any are, wants the list of them. */
const COUNTED = /^(\W*)(?:how many|(?:are|is) there any|do (?:i|we|you) have any)\b/i;
const HOW_MANY =
  /^\W*(?:how many|(?:what\s+is\s+)?(?:the\s+)?number of)\s+(.+?)(?:\s+(?:are there|there are|do (?:i|we|you) have|exist|in total|altogether))*\W*$/iu;

/** What a sentence asks the number of: `orders` of `how many orders are there?`, with its conditions where it has some. */
export const countedIn = (sentence: string): string => HOW_MANY.exec(sentence)?.[1] ?? '';

/** What became of a thing stands in what is told of it. */
const BECAME = /\b(?:created|made|modified|updated|changed|born|started|finished)\W*$/i;

/** What the search is asked for a sentence: without ids, and without what is only asked of the thing. */
export function searchText(sentence: string, values: readonly FoundValue[]): string {
  const ids = values.filter(({ kind }) => kind === 'id' || kind === 'uuid');
  const predicate = predicateOf(sentence);
  const text = blanked(sentence, ids).replace(/[\s?!.]+$/, '');
  const asked = predicate !== undefined && text.endsWith(predicate) ? text.slice(0, -predicate.length) : text;
  const isQuestion = /^\W*(?:who|what|which|when|where|how|is|are|was|were|did|does|do|has|have)\b/i.test(
    text,
  );
  const thing = isQuestion ? asked.trimEnd().replace(BECAME, '') : asked;
  const searched = thing.replace(COUNTED, '$1list').replace(/\s+/g, ' ').trim();
  return searched === '' ? sentence : searched;
}
