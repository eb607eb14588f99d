import type { Argument, Directive, TypeReference, Value } from './ast.ts';
import type { TokenReader } from './lexer.ts';

/** Deeper texts are refused: every level costs stack, and no sensible document comes near. */
const DEEPEST = 200;

/** Fails with a position rather than with the stack. */
export function assertDepth(reader: TokenReader, depth: number): void {
  if (depth > DEEPEST) throw reader.unexpected(`expected at most ${DEEPEST} levels`);
}

/** A reference such as `[Episode!]!`. */
export function parseTypeReference(reader: TokenReader, depth = 0): TypeReference {
  assertDepth(reader, depth);
  let type: TypeReference;
  if (reader.skip('[')) {
    type = { kind: 'list', of: parseTypeReference(reader, depth + 1) };
    reader.expect(']');
  } else {
    type = { kind: 'named', name: reader.name('a type').text };
  }
  return reader.skip('!') ? { kind: 'non-null', of: type } : type;
}

function parseName(reader: TokenReader): Value {
  const { text, at } = reader.name('a value');
  if (text === 'true' || text === 'false') return { kind: 'boolean', text, at };
  return { kind: text === 'null' ? 'null' : 'enum', text, at };
}

function parseList(reader: TokenReader, depth: number): Value {
  const { at } = reader.expect('[');
  const values: Value[] = [];
  while (!reader.skip(']')) values.push(parseValue(reader, depth + 1));
  return { kind: 'list', values, at };
}

function parseObject(reader: TokenReader, depth: number): Value {
  const { at } = reader.expect('{');
  const fields: Argument[] = [];
  while (!reader.skip('}')) fields.push(parseNamedValue(reader, depth + 1));
  return { kind: 'object', fields, at };
}

/** A literal or a variable (section 2.9). */
export function parseValue(reader: TokenReader, depth = 0): Value {
  assertDepth(reader, depth);
  const { kind, at } = reader.next;
  if (kind === 'name') return parseName(reader);
  if (kind === 'int' || kind === 'float' || kind === 'string') return { kind, text: reader.take().text, at };
  if (reader.sees('[')) return parseList(reader, depth);
  if (reader.sees('{')) return parseObject(reader, depth);
  if (reader.skip('$')) return { kind: 'variable', text: reader.name("a variable's name").text, at };
  throw reader.unexpected('expected a value');
}

function parseNamedValue(reader: TokenReader, depth: number): Argument {
  const { text, at } = reader.name('a name');
  reader.expect(':');
  return { name: text, value: parseValue(reader, depth), at };
}

/** `(name: value, …)`, or nothing. */
export function parseArguments(reader: TokenReader): Argument[] {
  const args: Argument[] = [];
  if (!reader.skip('(')) return args;
  do args.push(parseNamedValue(reader, 0));
  while (!reader.skip(')'));
  return args;
}

/** Any number of `@name(…)`. */
export function parseDirectives(reader: TokenReader): Directive[] {
  const directives: Directive[] = [];
  while (reader.sees('@')) {
    const { at } = reader.take();
    const { text } = reader.name("a directive's name");
    directives.push({ name: text, args: parseArguments(reader), at });
  }
  return directives;
}
