import type { Keywords, Place, SchemaValue } from './schema.ts';
import { isList } from '../json-value.ts';
import type { Problem } from './problem.ts';

const isAt = (problem: Problem, { path }: Place): boolean => problem.path.length === path.length;

/** Wrong altogether, rather than nearly right: the type or the closed list does not fit at this very place. */
const isMiss = (problems: readonly Problem[], place: Place): boolean =>
  problems.some((problem) => isAt(problem, place) && ['type', 'enum', 'const'].includes(problem.keyword));

/** How often a member is not the one value that a branch wants: of all signs the clearest that another one is meant. */
const otherKinds = (problems: readonly Problem[], { path }: Place): number =>
  problems.filter((problem) => problem.keyword === 'const' && problem.path.length === path.length + 1).length;

/** What to tell when no branch fits: the problems of the nearest one, or all that would have been allowed. */
function noneFits(branches: readonly Problem[][], value: unknown, place: Place): Problem[] {
  const near = branches
    .filter((problems) => !isMiss(problems, place))
    .sort((a, b) => otherKinds(a, place) - otherKinds(b, place) || a.length - b.length);
  if (near[0]) return near[0];
  const allowed = branches.flatMap((problems) =>
    problems.filter((problem) => isAt(problem, place)).map(({ expected }) => expected),
  );
  const words = [...new Set(allowed)].map((text) => text.replace(/^expected /, '')).join(', or ');
  return [{ path: place.path, keyword: 'type', expected: `expected ${words}`, found: value }];
}

function anyProblems(list: readonly SchemaValue[], value: unknown, place: Place): Problem[] {
  const branches: Problem[][] = [];
  for (const schema of list) {
    const problems = place.check(schema, value);
    if (problems.length === 0) return [];
    branches.push(problems);
  }
  return branches.length === 0 ? [] : noneFits(branches, value, place);
}

const listOf = (value: SchemaValue): readonly SchemaValue[] => (isList(value) ? value : []);

/** Problems of schemas combined: allOf, anyOf, oneOf, not, if. */
export function alternativeProblems(schema: Keywords, value: unknown, place: Place): Problem[] {
  const { not, if: condition } = schema;
  const branch =
    condition === undefined
      ? undefined
      : place.check(condition, value).length === 0
        ? schema['then']
        : schema['else'];
  const forbidden = not !== undefined && place.check(not, value).length === 0;
  return [
    ...listOf(schema['allOf']).flatMap((part) => place.check(part, value)),
    ...anyProblems(listOf(schema['anyOf']), value, place),
    // Several fits of `oneOf` are the service's to judge: branches often differ only in `format`, which is not checked here.
    ...anyProblems(listOf(schema['oneOf']), value, place),
    ...place.check(branch, value),
    ...(forbidden
      ? [{ path: place.path, keyword: 'not', expected: 'expected something else', found: value }]
      : []),
  ];
}
