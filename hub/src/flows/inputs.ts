import { withDigitsAsText } from '../kernel/protocol/exact-numbers.ts';

/** What a run is given, or its JSON: as in results of tools, a whole number that no double holds is the text of its digits (0125). */
export const plainInputs = (given: unknown): unknown =>
  JSON.parse(withDigitsAsText(typeof given === 'string' ? given : JSON.stringify(given)));
