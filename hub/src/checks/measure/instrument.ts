import { parse } from 'acorn';
import { transformSync } from 'amaro';
import type { AnyNode } from '../walk.ts';

/** A place in code whose run is noted. */
export interface Point {
  readonly kind: 'statement' | 'function';
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Of a function that has one. */
  readonly name?: string | undefined;
  /** A function that is the `run` of a tool, or that its file exports: a test must run it. */
  readonly isOffered?: boolean | undefined;
}

export interface Instrumented {
  /** The code without its types, which notes every point that it reaches. */
  readonly text: string;
  readonly points: readonly Point[];
}

/** Name of the function that code calls to note a point. */
export const COUNTER = '__counterpartReached__';

/** Code that notes what of it runs: each function, and each statement in one. Throws for code that cannot be parsed. */
export function instrument(file: string, text: string): Instrumented {
  const { code } = transformSync(text, { mode: 'strip-only' });
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  const notes = new Notes(file);
  visit(program, { notes, parents: [] });
  return { text: notes.writtenInto(code), points: notes.points };
}

/** What is put into the code, and where. */
class Notes {
  readonly points: Point[] = [];
  readonly #file: string;
  readonly #insertions: { at: number; text: string; order: number }[] = [];

  constructor(file: string) {
    this.#file = JSON.stringify(file);
  }

  /** A new point; the call that notes it. */
  point(node: AnyNode, facts: Omit<Point, 'line' | 'column'>): string {
    const { line, column } = node.loc?.start ?? { line: 1, column: 0 };
    this.points.push({ ...facts, line, column: column + 1 });
    return `${COUNTER}(${this.#file},${this.points.length - 1})`;
  }

  insert(at: number, text: string): void {
    this.#insertions.push({ at, text, order: this.#insertions.length });
  }

  /** Ends that were noted later belong to nodes further inside: they come first. */
  writtenInto(code: string): string {
    const isEnd = (text: string): boolean => /^[)}]/.test(text);
    const sorted = this.#insertions.toSorted((a, b) => {
      if (a.at !== b.at) return a.at - b.at;
      if (isEnd(a.text) !== isEnd(b.text)) return isEnd(a.text) ? -1 : 1;
      return isEnd(a.text) ? b.order - a.order : a.order - b.order;
    });
    let written = '';
    let from = 0;
    for (const { at, text } of sorted) {
      written += code.slice(from, at) + text;
      from = at;
    }
    return written + code.slice(from);
  }
}

interface Place {
  readonly notes: Notes;
  /** From the program down. */
  readonly parents: readonly AnyNode[];
}

function visit(node: AnyNode, place: Place): void {
  if (isFunction(node)) noteFunction(node, place);
  else noteStatements(node, place);
  const parents = [...place.parents, node];
  for (const value of Object.values(node)) {
    const members: unknown[] = Array.isArray(value) ? value : [value];
    for (const member of members) if (isNode(member)) visit(member, { ...place, parents });
  }
}

type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;
const isFunction = (node: AnyNode): node is FunctionNode =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression';
const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

function noteFunction(node: FunctionNode, { notes, parents }: Place): void {
  const call = notes.point(node, { kind: 'function', ...nameOf(node, parents) });
  const { body } = node;
  if (body.type === 'BlockStatement') {
    notes.insert(body.start + 1, `${call};`);
    return;
  }
  notes.insert(body.start, `(${call},`);
  notes.insert(body.end, ')');
}

/** Statements of functions: those of a module run with its import and prove nothing. */
function noteStatements(node: AnyNode, { notes, parents }: Place): void {
  if (!parents.some(isFunction)) return;
  for (const statement of listOf(node))
    if (!UNCOUNTED.has(statement.type))
      notes.insert(statement.start, `${notes.point(statement, { kind: 'statement' })};`);
  for (const single of singleOf(node)) {
    notes.insert(single.start, `{${notes.point(single, { kind: 'statement' })};`);
    notes.insert(single.end, '}');
  }
}

/** Run when their function begins, or never. */
const UNCOUNTED = new Set<AnyNode['type']>(['FunctionDeclaration', 'ClassDeclaration', 'EmptyStatement']);

function listOf(node: AnyNode): readonly AnyNode[] {
  if (node.type === 'BlockStatement') return node.body;
  return node.type === 'SwitchCase' ? node.consequent : [];
}

/** Bodies that are one statement without braces; an `else if` is a statement of its own. */
function singleOf(node: AnyNode): readonly AnyNode[] {
  const bodies =
    node.type === 'IfStatement'
      ? [node.consequent, ...(node.alternate?.type === 'IfStatement' ? [] : [node.alternate])]
      : isLoop(node)
        ? [node.body]
        : [];
  return bodies
    .filter((body) => body !== null && body !== undefined)
    .filter(({ type }) => type !== 'BlockStatement');
}

type Loop = Extract<
  AnyNode,
  { type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' | 'WhileStatement' | 'DoWhileStatement' }
>;
const isLoop = (node: AnyNode): node is Loop =>
  /^(?:For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);

function nameOf(node: FunctionNode, parents: readonly AnyNode[]): Pick<Point, 'name' | 'isOffered'> {
  const [above, parent, ...rest] = parents.toReversed();
  if (node.type === 'FunctionDeclaration')
    return { name: node.id?.name, isOffered: above?.type === 'ExportNamedDeclaration' };
  if (above?.type === 'Property' && above.key.type === 'Identifier') {
    const tool = above.key.name === 'run' ? toolOf(parent, rest[0]) : undefined;
    return tool === undefined ? { name: above.key.name } : { name: tool, isOffered: true };
  }
  if (above?.type !== 'VariableDeclarator' || above.id.type !== 'Identifier') return {};
  return { name: above.id.name, isOffered: rest[0]?.type === 'ExportNamedDeclaration' };
}

/** Name of the tool that an object defines, when it is given to `defineTool`. */
function toolOf(object: AnyNode | undefined, call: AnyNode | undefined): string | undefined {
  if (object?.type !== 'ObjectExpression' || call?.type !== 'CallExpression') return undefined;
  if (call.callee.type !== 'Identifier' || call.callee.name !== 'defineTool') return undefined;
  for (const property of object.properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier') continue;
    if (property.key.name === 'name' && property.value.type === 'Literal')
      return String(property.value.value);
  }
  return 'a tool';
}
