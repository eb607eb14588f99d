import type { Operation } from '@counterpart/schemas';
import { compareSegments, decodeLiteral, matchSegment, parseSegment, type Segment } from './path-segment.ts';

/** An operation whose path fits, with the raw text of its path parameters by wire name. */
export interface RouteCandidate {
  readonly operation: Operation;
  readonly pathValues: ReadonlyMap<string, string>;
}

/**
 * What a request's path and method lead to. The candidates of one template shape stand together, most specific shape
 * first; each group holds at least one.
 */
export type RouteMatch =
  | {
      readonly kind: 'found';
      readonly groups: readonly (readonly RouteCandidate[])[];
      readonly bodyless: boolean;
    }
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] }
  | { readonly kind: 'unknown'; readonly near: readonly string[] };

interface Route {
  readonly operation: Operation;
  readonly names: readonly string[];
  readonly trailingSlash: boolean;
  /** Pairs of a query string that stands in the template itself. */
  readonly query: string;
}

interface Branch {
  readonly segment: Segment;
  readonly node: Node;
}

interface Node {
  readonly literals: Map<string, Node>;
  readonly branches: Map<string, Branch>;
  readonly routes: Route[];
  /** Routes whose last parameter may hold slashes. */
  readonly rests: { readonly segment: Segment; readonly routes: Route[] }[];
}

export interface Router {
  readonly root: Node;
  readonly templates: readonly string[];
}

const NEAR = 5;

const emptyNode = (): Node => ({ literals: new Map(), branches: new Map(), routes: [], rests: [] });

/** Segments without the ones that slashes at either end make. */
function split(path: string): readonly string[] {
  return path.replace(/^\/+|\/+$/g, '').split('/');
}

function mayHoldSlashes(operation: Operation, name: string | undefined): boolean {
  return operation.http.parameters.some(
    (binding) => binding.in === 'path' && binding.name === name && binding.allowReserved === true,
  );
}

function step(node: Node, segment: Segment): Node {
  if (segment.kind === 'literal') {
    const next = node.literals.get(segment.text) ?? emptyNode();
    node.literals.set(segment.text, next);
    return next;
  }
  const branch = node.branches.get(segment.shape) ?? { segment, node: emptyNode() };
  node.branches.set(segment.shape, branch);
  return branch.node;
}

function addRoute(root: Node, operation: Operation): void {
  const [path = '', query = ''] = operation.http.path.split('?');
  const segments = split(path).map(parseSegment);
  const last = segments.at(-1);
  const names = segments.flatMap((segment) => segment.names);
  const route: Route = { operation, names, trailingSlash: path.length > 1 && path.endsWith('/'), query };
  const greedy =
    last?.kind === 'pattern' && last.names.length === 1 && mayHoldSlashes(operation, last.names[0]);
  const parents = segments.slice(0, -1).reduce(step, root);
  if (greedy) parents.rests.push({ segment: last, routes: [route] });
  const leaf = last ? step(parents, last) : parents;
  leaf.routes.push(route);
}

/** A tree of all templates: template shapes, not parameter names, decide where a route stands. */
export function createRouter(operations: readonly Operation[]): Router {
  const root = emptyNode();
  for (const operation of operations) addRoute(root, operation);
  return { root, templates: [...new Set(operations.map(({ http }) => http.path))] };
}

interface Leaf {
  readonly routes: readonly Route[];
  readonly values: readonly string[];
}

/** Leaves that a path fits, most specific first. Visits each node once at most, so its cost is bounded by the tree. */
function* leaves(node: Node, segments: readonly string[], values: readonly string[]): Generator<Leaf> {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    if (node.routes.length > 0) yield { routes: node.routes, values };
    return;
  }
  const literal = node.literals.get(decodeLiteral(segment));
  if (literal) yield* leaves(literal, rest, values);
  const ordered = [...node.branches.values()].sort((a, b) => compareSegments(a.segment, b.segment));
  for (const branch of ordered) {
    const found = matchSegment(branch.segment, segment);
    if (found) yield* leaves(branch.node, rest, [...values, ...found]);
  }
  if (rest.length === 0) return;
  for (const { segment: pattern, routes } of node.rests) {
    const found = matchSegment(pattern, segments.join('/'));
    if (found) yield { routes, values: [...values, ...found] };
  }
}

interface Asked {
  readonly trailingSlash: boolean;
  readonly query: ReadonlySet<string>;
}

function candidatesOf(leaf: Leaf, method: string, asked: Asked): readonly RouteCandidate[] {
  const rank = (route: Route): number => {
    const pairs = route.query === '' ? [] : route.query.split('&');
    const inTemplate = pairs.every((pair) => asked.query.has(pair)) ? -pairs.length : 1;
    return inTemplate * 2 + (route.trailingSlash === asked.trailingSlash ? 0 : 1);
  };
  return leaf.routes
    .filter(({ operation }) => operation.http.method === method)
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ operation, names }) => ({
      operation,
      pathValues: new Map(names.map((name, index) => [name, leaf.values[index] ?? ''])),
    }));
}

/** Finds the operations that a method and a raw, still encoded path lead to; HEAD falls back to GET. */
export function matchRoute(router: Router, method: string, path: string, query = ''): RouteMatch {
  const asked: Asked = {
    trailingSlash: path.length > 1 && path.endsWith('/'),
    query: new Set(query.split('&')),
  };
  const fitting = [...leaves(router.root, split(path), [])];
  if (fitting.length === 0) return { kind: 'unknown', near: nearTemplates(router, path) };
  for (const tried of method === 'HEAD' ? ['HEAD', 'GET'] : [method]) {
    const groups = fitting
      .map((leaf) => candidatesOf(leaf, tried, asked))
      .filter((group) => group.length > 0);
    if (groups.length > 0) return { kind: 'found', groups, bodyless: method === 'HEAD' };
  }
  const methods = fitting.flatMap(({ routes }) => routes.map(({ operation }) => operation.http.method));
  const implied = methods.includes('GET') ? ['HEAD'] : [];
  return { kind: 'wrong-method', allow: [...new Set([...methods, ...implied])].sort() };
}

/** 1 for equal pieces, 0.75 where one begins with the other, as `pet` and `pets`. */
function likeness(segment: string, other: string): number {
  if (segment === other) return 1;
  const isLike =
    segment.length > 2 && other.length > 2 && (segment.startsWith(other) || other.startsWith(segment));
  return isLike ? 0.75 : 0;
}

/** Templates that share most with a path, best first. */
function nearTemplates(router: Router, path: string): readonly string[] {
  const wanted = split(path);
  const score = (template: string): number => {
    const segments = split(template);
    const alike = segments.map((segment) => Math.max(...wanted.map((other) => likeness(segment, other))));
    return alike.reduce((sum, one) => sum + one, 0) * 2 - Math.abs(segments.length - wanted.length);
  };
  return router.templates
    .map((template) => ({ template, score: score(template) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, NEAR)
    .map(({ template }) => template);
}
