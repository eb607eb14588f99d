import { allWords, verbOf } from './words.ts';

/** Says not to, in front of what it is about. */
const NOT_TO =
  /^(?:please |no |oh |wait |stop )*(?:(?:i|we|you) )?(?:(?:do|would|should|must|can|could|will) not|(?:don|wouldn|shouldn|mustn|can|couldn|won) t|dont|cannot|never|no need to|nicht|ne|no quiero|non voglio)\b/;
/** Begins like it, and asks for something all the same. */
const AND_YET =
  /^(?:please )?(?:do not|don t|dont|never) (?:forget|hesitate|worry|you (?:have|know|see|think))\b/;
/** Anywhere beside a word of deleting: it is better to ask again than to delete what was to stay. */
const NOT_AT_ALL = /^(?:not|never|don|dont|cannot|without|instead|nicht|kein\w*|pas|jamais|nunca|non)$/;

/** Whether a message says that something is not to be done: rules that see its verb only would do it. */
export function isRefusal(message: string): boolean {
  const words = allWords(message);
  const text = words.join(' ');
  if (NOT_TO.test(text) && !AND_YET.test(text)) return true;
  const deletes = words.some((_, at) => verbOf(words.slice(at, at + 1).join(' ')).action === 'delete');
  return deletes && words.some((word) => NOT_AT_ALL.test(word));
}
