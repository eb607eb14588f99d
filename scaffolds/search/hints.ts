import { SearchHints, type Operation } from '@counterpart/schemas';
import { enumWords } from './enum-words.ts';
import { plural, singular, wordsOf } from './nouns.ts';
import { placeOf, type Place } from './place.ts';

/** Characters of the hints of one operation: a thousand of them stay a small part of a blueprint. */
const MOST_CHARACTERS = 320;
const MOST_SYNONYMS = 12;
/** Characters of a description within which a word counts as said. */
const SAID_WITHIN = 400;

/**
 * What somebody may ask who needs this operation, and words for it that its own texts lack: from its path, its tags, what
 * its values can be and what kind of call it is; what a reader found out instead, where it did. Equal operations get equal
 * hints; undefined where there is nothing to say.
 */
export function searchHints(operation: Operation): SearchHints | undefined {
  if (operation.search !== undefined) return operation.search;
  const place = placeOf(operation);
  const questions = place === undefined ? [] : questionsOn(place);
  const synonyms = unsaidWords(operation, place);
  if (questions.length === 0 && synonyms.length === 0) return undefined;
  return SearchHints.parse(withinBudget(synonyms, questions));
}

function withinBudget(synonyms: readonly string[], questions: readonly string[]): SearchHints {
  let left = MOST_CHARACTERS;
  const fits = (text: string): boolean => (left -= text.length) >= 0;
  const asked = questions.filter((text) => text.length <= 160 && fits(text));
  return { synonyms: synonyms.slice(0, MOST_SYNONYMS).filter(fits), questions: asked };
}

function unsaidWords(operation: Operation, place: Place | undefined): string[] {
  const { name, title = '', description, tags } = operation;
  const said = new Set(wordsOf(`${name} ${title} ${description.slice(0, SAID_WITHIN)}`).map(singular));
  const words = [...(place?.nouns ?? []), ...tags, ...enumWords(operation.input)].flatMap(wordsOf);
  const unsaid = words.filter((word) => word.length > 1 && word.length <= 40 && !said.has(singular(word)));
  return [...new Set(unsaid)];
}

const article = (noun: string): string => (/^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`);

/** One to three, the plainest first. */
function questionsOn({ kind, noun, parent, verb }: Place): string[] {
  const one = singular(noun);
  const many = plural(noun);
  const ofParent = parent === undefined ? '' : ` of ${article(singular(parent))}`;
  switch (kind) {
    case 'list':
      return [
        `show all ${many}${ofParent}`,
        parent === undefined
          ? `which ${many} are there`
          : `which ${many} does ${article(singular(parent))} have`,
      ];
    case 'one':
      return [`look up one ${one}${ofParent}`];
    case 'create':
      return [`create ${article(one)}${ofParent}`, `add a new ${one}`];
    case 'change':
      return [`change ${article(one)}${ofParent}`, `edit ${article(one)}`];
    case 'delete':
      return [`delete ${article(one)}${ofParent}`, `remove ${article(one)}`];
    case 'act':
      return [`${verb ?? 'run'} ${article(one)}`];
  }
}
