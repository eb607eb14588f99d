import type { Directive, TypeReference, Value } from './ast.ts';
import { parseDirectives, parseTypeReference, parseValue } from './common.ts';
import { TokenReader } from './lexer.ts';

/** An argument, or a field of an input type. */
export interface InputDefinition {
  readonly name: string;
  readonly type: TypeReference;
  readonly default?: Value;
  readonly description?: string;
  readonly deprecated?: string;
}

export interface FieldDefinition {
  readonly name: string;
  readonly type: TypeReference;
  readonly args: ReadonlyMap<string, InputDefinition>;
  readonly description?: string;
  readonly deprecated?: string;
}

export interface EnumValue {
  readonly name: string;
  readonly description?: string;
  readonly deprecated?: string;
}

/** A type of a schema; what its kind does not have is empty. */
export interface TypeDefinition {
  readonly kind: 'scalar' | 'object' | 'interface' | 'union' | 'enum' | 'input';
  readonly name: string;
  readonly description?: string;
  readonly interfaces: readonly string[];
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  /** Of a union. */
  readonly members: readonly string[];
  readonly values: readonly EnumValue[];
  /** Of an input type. */
  readonly inputs: ReadonlyMap<string, InputDefinition>;
  /** Exactly one of the inputs must be given, and not null. */
  readonly oneOf: boolean;
}

/** A directive that documents may use, and where. */
export interface DirectiveDefinition {
  readonly name: string;
  readonly args: ReadonlyMap<string, InputDefinition>;
  readonly repeatable: boolean;
  readonly locations: readonly string[];
}

type Described = { readonly description?: string; readonly deprecated?: string };

function parseDescription(reader: TokenReader): Described {
  return reader.next.kind === 'string' ? { description: reader.take().text } : {};
}

function deprecation(directives: readonly Directive[]): Described {
  const found = directives.find(({ name }) => name === 'deprecated');
  if (found === undefined) return {};
  const reason = found.args.find(({ name }) => name === 'reason')?.value;
  return { deprecated: reason?.kind === 'string' ? reason.text : 'No longer supported' };
}

function parseInput(reader: TokenReader): InputDefinition {
  const description = parseDescription(reader);
  const name = reader.name('a name').text;
  reader.expect(':');
  const type = parseTypeReference(reader);
  const value = reader.skip('=') ? { default: parseValue(reader) } : {};
  return { name, type, ...value, ...description, ...deprecation(parseDirectives(reader)) };
}

/** Everything between two punctuators, by name; empty when the first does not stand there. */
function parseMap<Item extends { readonly name: string }>(
  reader: TokenReader,
  [open, close]: readonly [string, string],
  parse: (reader: TokenReader) => Item,
): Map<string, Item> {
  const items = new Map<string, Item>();
  if (!reader.skip(open)) return items;
  while (!reader.skip(close)) {
    const item = parse(reader);
    items.set(item.name, item);
  }
  return items;
}

function parseField(reader: TokenReader): FieldDefinition {
  const description = parseDescription(reader);
  const name = reader.name('a field').text;
  const args = parseMap(reader, ['(', ')'], parseInput);
  reader.expect(':');
  const type = parseTypeReference(reader);
  return { name, type, args, ...description, ...deprecation(parseDirectives(reader)) };
}

function parseEnumValue(reader: TokenReader): EnumValue {
  const description = parseDescription(reader);
  const name = reader.name('a value').text;
  return { name, ...description, ...deprecation(parseDirectives(reader)) };
}

function parseNames(reader: TokenReader, before: string, between: string): string[] {
  const names: string[] = [];
  if (!reader.skip(before)) return names;
  reader.skip(between);
  do names.push(reader.name('a type').text);
  while (reader.skip(between));
  return names;
}

const KINDS: Readonly<Record<string, TypeDefinition['kind']>> = {
  scalar: 'scalar',
  type: 'object',
  interface: 'interface',
  union: 'union',
  enum: 'enum',
  input: 'input',
};

/** Parses one type definition. Throws GraphqlSyntaxError. */
export function parseTypeDefinition(text: string): TypeDefinition {
  const reader = new TokenReader(text);
  const description = parseDescription(reader);
  const kind = KINDS[reader.next.text];
  if (kind === undefined) throw reader.unexpected('expected a type definition');
  reader.take();
  const name = reader.name("the type's name").text;
  const interfaces = parseNames(reader, 'implements', '&');
  const directives = parseDirectives(reader);
  const hasFields = kind === 'object' || kind === 'interface';
  return {
    kind,
    name,
    ...description,
    interfaces,
    fields: hasFields ? parseMap(reader, ['{', '}'], parseField) : new Map(),
    members: parseNames(reader, '=', '|'),
    values: kind === 'enum' ? [...parseMap(reader, ['{', '}'], parseEnumValue).values()] : [],
    inputs: kind === 'input' ? parseMap(reader, ['{', '}'], parseInput) : new Map(),
    oneOf: directives.some((directive) => directive.name === 'oneOf'),
  };
}

/** Parses one directive definition. Throws GraphqlSyntaxError. */
export function parseDirectiveDefinition(text: string): DirectiveDefinition {
  const reader = new TokenReader(text);
  parseDescription(reader);
  reader.expect('directive');
  reader.expect('@');
  const name = reader.name("the directive's name").text;
  const args = parseMap(reader, ['(', ')'], parseInput);
  const repeatable = reader.skip('repeatable');
  return { name, args, repeatable, locations: parseNames(reader, 'on', '|') };
}
