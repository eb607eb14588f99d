import type { Operation } from '@counterpart/schemas';

/** What a choice of operations needs to know of each. */
export type Choosable = Pick<
  Operation,
  'name' | 'title' | 'tags' | 'effect' | 'deprecated' | 'http' | 'source' | 'search'
>;

/** Operations that belong together, by what the description itself calls them. */
export interface OperationGroup {
  readonly name: string;
  /** What names it in a selection: a tag, or the start of a path. */
  readonly kind: 'tag' | 'path';
  /** Names of tools. */
  readonly operations: readonly string[];
}

const isVariable = (segment: string): boolean => segment.startsWith('{');

/** The start of a path up to its first telling segment: what all paths begin with tells nothing. */
function pathGroup(path: string, common: number): string {
  const segments = path.split('/').slice(1);
  const telling = segments.findIndex((segment, index) => index >= common && !isVariable(segment));
  return `/${segments.slice(0, (telling === -1 ? segments.length - 1 : telling) + 1).join('/')}`;
}

function commonSegments(paths: readonly string[]): number {
  const [first = '', ...others] = paths.map((path) => path.split('/').slice(1));
  let common = 0;
  while (common < first.length - 1 && others.every((segments) => segments[common] === first[common]))
    common += 1;
  return first === '' ? 0 : common;
}

/** Groups by the first tag of each operation, or by path where tags do not tell them apart; the largest first. */
export function groupOperations(operations: readonly Choosable[]): OperationGroup[] {
  const byTag = operations.every(({ tags }) => tags[0] !== undefined);
  const isTelling =
    byTag && (operations.length < 2 || new Set(operations.map(({ tags }) => tags[0])).size > 1);
  const common = commonSegments(operations.map(({ http }) => http.path));
  const groups = new Map<string, string[]>();
  for (const { tags, http, name } of operations) {
    const key = isTelling ? (tags[0] ?? '') : pathGroup(http.path, common);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups]
    .map(([name, names]): OperationGroup => ({ name, kind: isTelling ? 'tag' : 'path', operations: names }))
    .toSorted((a, b) => b.operations.length - a.operations.length || (a.name < b.name ? -1 : 1));
}
