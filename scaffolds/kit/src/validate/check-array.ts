import type { Keywords, Place } from './schema.ts';
import { isList } from '../json-value.ts';
import { equal } from './equal.ts';
import type { Problem } from './problem.ts';

/** Above this, finding equal items would cost more than the service's own answer. */
const MOST_COMPARED = 1_000;

function repeats(value: readonly unknown[]): boolean {
  if (value.length > MOST_COMPARED) return false;
  return value.some((item, index) => value.slice(0, index).some((earlier) => equal(item, earlier)));
}

function containsProblems(schema: Keywords, value: readonly unknown[], place: Place): Problem[] {
  const wanted = schema['contains'];
  if (wanted === undefined) return [];
  const count = value.filter((item, index) => place.check(wanted, item, index).length === 0).length;
  const least = typeof schema['minContains'] === 'number' ? schema['minContains'] : 1;
  const most = typeof schema['maxContains'] === 'number' ? schema['maxContains'] : Number.POSITIVE_INFINITY;
  if (count >= least && count <= most) return [];
  return [
    {
      path: place.path,
      keyword: 'contains',
      expected: `expected ${count < least ? `at least ${least}` : `at most ${most}`} items of the wanted kind`,
      found: value,
    },
  ];
}

/** Problems of a list's length and items; none for any other value. */
export function arrayProblems(schema: Keywords, value: unknown, place: Place): Problem[] {
  if (!isList(value)) return [];
  const { path } = place;
  const items: readonly unknown[] = value;
  const { minItems: least, maxItems: most, prefixItems } = schema;
  const prefix = isList(prefixItems) ? prefixItems : [];
  const problems = items.flatMap((item, index) =>
    place.check(index < prefix.length ? prefix[index] : schema['items'], item, index),
  );
  if (typeof least === 'number' && items.length < least)
    problems.push({ path, keyword: 'minItems', expected: `expected at least ${least} items`, found: value });
  if (typeof most === 'number' && items.length > most)
    problems.push({ path, keyword: 'maxItems', expected: `expected at most ${most} items`, found: value });
  if (schema['uniqueItems'] === true && repeats(items))
    problems.push({ path, keyword: 'uniqueItems', expected: 'expected no item twice', found: value });
  return [...problems, ...containsProblems(schema, items, place)];
}
