import { hubError } from '@counterpart/schemas';
import { groupOperations, type Choosable } from './groups.ts';
import { parseRequest, rootOf, stemsOf } from './words.ts';

/** What of a service is wanted; every part narrows what the one before left. */
export interface Choice {
  /** Tags, path prefixes, operationIds, tool names or `METHOD /path`. */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** In words, such as `only issues and pull requests`. */
  readonly select?: string | undefined;
  /** The most telling ones, where more are left. */
  readonly maxTools?: number | undefined;
}

/** True when something is asked for. */
export const isChoice = ({ include = [], exclude = [], select, maxTools }: Choice): boolean =>
  include.length + exclude.length > 0 || select !== undefined || maxTools !== undefined;

const isWithin = (path: string, prefix: string): boolean => {
  const start = prefix.replace(/\/+$/, '');
  return path === start || ['/', '.', '#'].some((next) => path.startsWith(`${start}${next}`));
};

function matchesSelector({ name, tags, http, source }: Choosable, selector: string): boolean {
  const wanted = selector.trim();
  if (wanted.startsWith('/')) return isWithin(http.path, wanted);
  const folded = wanted.toLowerCase();
  return (
    name === wanted ||
    source.operationId === wanted ||
    `${http.method} ${http.path}` === wanted ||
    tags.some((tag) => tag.toLowerCase() === folded)
  );
}

/** How much two sets of stems have in common: 1 for the same, 0 for nothing. */
function likeness(a: readonly string[], b: readonly string[]): number {
  const [one, other] = [new Set(a), new Set(b)];
  const both = [...one].filter((stem) => other.has(stem)).length;
  return both === 0 ? 0 : both / new Set([...one, ...other]).size;
}

const LEAST_LIKENESS = 0.5;

const segmentsOf = ({ http }: Choosable): string[] =>
  http.path.split('/').filter((segment) => segment !== '' && !segment.startsWith('{'));

/** Everything a phrase may be found in, when neither a tag nor a path is called so. */
const textOf = ({ name, title = '', tags, http, source, search }: Choosable): string =>
  [name, title, ...tags, http.path, source.operationId ?? '', ...(search?.synonyms ?? [])].join(' ');

/** Operations that one phrase means: those of the tags most like it, else of the path segments, else whose words hold it. */
function meantBy(phrase: readonly string[], operations: readonly Choosable[]): readonly Choosable[] {
  const best = (namesOf: (operation: Choosable) => readonly string[]): readonly Choosable[] => {
    const scored = operations.map((operation) => ({
      operation,
      score: Math.max(0, ...namesOf(operation).map((name) => likeness(phrase, stemsOf(name)))),
    }));
    const top = Math.max(0, ...scored.map(({ score }) => score));
    return top < LEAST_LIKENESS
      ? []
      : scored.filter(({ score }) => score === top).map(({ operation }) => operation);
  };
  const named = [best(({ tags }) => tags), best(segmentsOf)].find((found) => found.length > 0);
  if (named !== undefined) return named;
  return operations.filter((operation) => {
    const roots = new Set(stemsOf(textOf(operation)).map(rootOf));
    return phrase.every((stem) => roots.has(rootOf(stem)));
  });
}

function inWords(sentence: string, operations: readonly Choosable[], source: string): readonly Choosable[] {
  const { wanted, unwanted, readsOnly } = parseRequest(sentence);
  const found = wanted.map((phrase) => ({ phrase, operations: meantBy(phrase, operations) }));
  // What is to be left out must be something, too: it would be built without a word.
  const lost = [...found, ...unwanted.map((phrase) => ({ phrase, operations: meantBy(phrase, operations) }))]
    .filter((one) => one.operations.length === 0)
    .map(({ phrase }) => phrase.join(' '));
  if (lost.length > 0 || (wanted.length === 0 && unwanted.length === 0 && !readsOnly))
    throw hubError('SELECTION_EMPTY', {
      source,
      words: lost.join(', ') || sentence,
      groups: groupWords(operations),
    });
  const chosen = new Set(wanted.length === 0 ? operations : found.flatMap((one) => one.operations));
  for (const phrase of unwanted) {
    for (const operation of meantBy(phrase, [...chosen])) chosen.delete(operation);
  }
  return operations.filter(
    (operation) => chosen.has(operation) && (!readsOnly || operation.effect === 'read'),
  );
}

const SHOWN_GROUPS = 30;

const groupWords = (operations: readonly Choosable[]): string => {
  const groups = groupOperations(operations);
  const names = groups.slice(0, SHOWN_GROUPS).map(({ name, operations: own }) => `${name} (${own.length})`);
  return [
    ...names,
    ...(groups.length > SHOWN_GROUPS ? [`and ${groups.length - SHOWN_GROUPS} more`] : []),
  ].join(', ');
};

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

/** Smaller is more telling: not deprecated, near the root of the service, reading before writing. */
const rankOf = ({ deprecated, http }: Choosable): number =>
  (deprecated === true ? 1_000 : 0) +
  http.path.split('/').length * 10 +
  ((METHODS.indexOf(http.method) + METHODS.length + 1) % (METHODS.length + 1));

/**
 * The operations that a choice leaves, in their order. Throws SELECTION_EMPTY with the groups there are, when words mean
 * nothing here or nothing is left.
 */
export function chooseOperations<Operation extends Choosable>(
  operations: readonly Operation[],
  { include = [], exclude = [], select, maxTools }: Choice,
  source: string,
): Operation[] {
  const named =
    include.length === 0
      ? operations
      : operations.filter((operation) => include.some((selector) => matchesSelector(operation, selector)));
  const kept = named.filter((operation) => !exclude.some((selector) => matchesSelector(operation, selector)));
  const worded = select === undefined ? kept : inWords(select, kept, source);
  const ranked = [...worded].toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, maxTools);
  if (ranked.length === 0) {
    const words = [select, ...include, ...exclude.map((selector) => `not ${selector}`)]
      .filter(Boolean)
      .join(', ');
    throw hubError('SELECTION_EMPTY', { source, words, groups: groupWords(operations) });
  }
  const chosen = new Set<Choosable>(ranked);
  return operations.filter((operation) => chosen.has(operation));
}

/** Selectors that stand for just these operations: whole tags by name, the others one by one. */
export function selectorsFor(chosen: readonly Choosable[], all: readonly Choosable[]): string[] {
  const names = new Set(chosen.map(({ name }) => name));
  const others = all.filter(({ name }) => !names.has(name));
  const strangers = new Set(others.flatMap(({ tags }) => tags.map((tag) => tag.toLowerCase())));
  const isWhole = (tag: string): boolean => !strangers.has(tag.toLowerCase()) && !tag.startsWith('/');
  return [...new Set(chosen.map(({ name, tags }) => tags.find(isWhole) ?? name))];
}
