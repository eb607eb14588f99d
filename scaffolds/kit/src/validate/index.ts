export { check } from './check.ts';
export { isMultiple } from './multiple.ts';
export { problemText, type Problem } from './problem.ts';
export { isKeywords, type Keywords } from './schema.ts';
export { withWholeNumbers } from './whole-numbers.ts';
