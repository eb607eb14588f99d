import { wordsOf } from '../openapi/text/names.ts';

/** A name of more words is a sentence, and no name for a tool. */
const MAX_WORDS = 9;
/** `1.2 `, `03. `, `4) `, `5 - `, `Step 6: `: where in the list it stands. */
const NUMBERING = /^(?:step\s+)?(?:\d+(?:\.\d+)+[.):]?\s+|\d+[.):]\s*(?!\d)|\d+\s+[-–]\s+)/i;
const STEP = /^step\s+\d+\s*[-–.):]?\s+/i;
/** What Postman calls a duplicate. */
const COPY = /\s+copy(?:\s+\d+)?$/i;
const DEPRECATED = /\s*(?:\((?:deprecated|obsolete)\)|\[(?:deprecated|obsolete)\])\s*/i;

/** True for a request whose name says that it is not to be used any more. */
export const isDeprecated = (name: string): boolean => DEPRECATED.test(name);

/** A name without what only orders or marks it in the collection; undefined for a URL and for none at all. */
export function tidyName(name: string): string | undefined {
  const bare = name
    .replace(DEPRECATED, ' ')
    .trim()
    .replace(STEP, '')
    .replace(NUMBERING, '')
    .replace(COPY, '')
    .trim();
  return bare === '' || isUrl(bare) || /^(?:new|untitled) request\b/i.test(bare) ? undefined : bare;
}

/** Postman calls a request by its URL until somebody names it. */
const isUrl = (name: string): boolean =>
  /[{}?=]|:\/\/|(?:^|\s)\/\S|\/[:<]/.test(name) || (/^(?:[A-Z]+\s+)?\S+$/.test(name) && name.includes('/'));

/**
 * An operationId from the names of the requests that are one operation: of several, the words that they begin and end with.
 * Undefined where that says too little.
 */
export function operationIdOf(names: readonly string[]): string | undefined {
  const tidy = names.flatMap((name) => tidyName(name) ?? []);
  const [first = ''] = tidy;
  if (tidy.length === 1) {
    // `Webhooks / List`, `Orders - Create`: the parts are kept apart, for the verb may stand in any.
    const parts = first.split(/\s[-–/|>]\s|:\s/).map((part) => wordsOf(part).join('-'));
    return fitting(parts.filter((part) => part !== '').join('/'));
  }
  const all = tidy.map(wordsOf);
  const shortest = Math.min(...all.map(({ length }) => length));
  const start = shared(all, shortest);
  const end = shared(
    all.map((words) => words.slice(start.length).toReversed()),
    shortest - start.length,
  );
  return start.length === 0 ? undefined : fitting([...start, ...end.toReversed()].join('-'));
}

function fitting(id: string): string | undefined {
  const { length } = wordsOf(id);
  return length > 1 && length <= MAX_WORDS ? id : undefined;
}

/** The words that all lists begin with. */
function shared(lists: readonly (readonly string[])[], most: number): string[] {
  const [first = []] = lists;
  const end = first.findIndex((word, at) => at >= most || lists.some((words) => words[at] !== word));
  return first.slice(0, end === -1 ? most : end);
}
