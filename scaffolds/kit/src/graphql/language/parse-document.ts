import type {
  Document,
  Field,
  FragmentDefinition,
  OperationDefinition,
  OperationKind,
  Selection,
  VariableDefinition,
} from './ast.ts';
import { assertDepth, parseArguments, parseDirectives, parseTypeReference, parseValue } from './common.ts';
import { TokenReader } from './lexer.ts';

const OPERATIONS: Readonly<Record<string, OperationKind>> = {
  query: 'query',
  mutation: 'mutation',
  subscription: 'subscription',
};

function parseField(reader: TokenReader, depth: number): Field {
  const { text: first, at } = reader.name('a field');
  const name = reader.skip(':') ? reader.name('a field').text : first;
  return {
    kind: 'field',
    ...(name === first ? {} : { alias: first }),
    name,
    args: parseArguments(reader),
    directives: parseDirectives(reader),
    ...(reader.sees('{') ? { selections: parseBraces(reader, depth + 1) } : {}),
    at,
  };
}

function parseFragment(reader: TokenReader, depth: number): Selection {
  const { at } = reader.expect('...');
  if (reader.next.kind === 'name' && !reader.sees('on')) {
    const { text } = reader.take();
    return { kind: 'spread', name: text, directives: parseDirectives(reader), at };
  }
  const on = reader.skip('on') ? reader.name('a type').text : undefined;
  return {
    kind: 'inline',
    ...(on === undefined ? {} : { on }),
    directives: parseDirectives(reader),
    selections: parseBraces(reader, depth + 1),
    at,
  };
}

function parseSelectionAt(reader: TokenReader, depth: number): Selection {
  assertDepth(reader, depth);
  return reader.sees('...') ? parseFragment(reader, depth) : parseField(reader, depth);
}

function parseBraces(reader: TokenReader, depth: number): Selection[] {
  reader.expect('{');
  const selections: Selection[] = [];
  do selections.push(parseSelectionAt(reader, depth));
  while (!reader.skip('}'));
  return selections;
}

function parseVariables(reader: TokenReader): VariableDefinition[] {
  const variables: VariableDefinition[] = [];
  if (!reader.skip('(')) return variables;
  do {
    const { at } = reader.expect('$');
    const name = reader.name("a variable's name").text;
    reader.expect(':');
    const type = parseTypeReference(reader);
    const value = reader.skip('=') ? { default: parseValue(reader) } : {};
    variables.push({ name, type, ...value, directives: parseDirectives(reader), at });
  } while (!reader.skip(')'));
  return variables;
}

function parseOperation(reader: TokenReader): OperationDefinition {
  const { text, at } = reader.take();
  const operation = OPERATIONS[text] ?? 'query';
  const name = reader.next.kind === 'name' ? { name: reader.take().text } : {};
  const variables = parseVariables(reader);
  const directives = parseDirectives(reader);
  return {
    kind: 'operation',
    operation,
    ...name,
    variables,
    directives,
    selections: parseBraces(reader, 0),
    at,
  };
}

function parseFragmentDefinition(reader: TokenReader): FragmentDefinition {
  const { at } = reader.expect('fragment');
  if (reader.sees('on')) throw reader.unexpected('expected the name of a fragment');
  const name = reader.name('the name of a fragment').text;
  reader.expect('on');
  const on = reader.name('a type').text;
  const directives = parseDirectives(reader);
  return { kind: 'fragment', name, on, directives, selections: parseBraces(reader, 0), at };
}

/** Parses an executable document. Throws GraphqlSyntaxError. */
export function parseDocument(text: string): Document {
  const reader = new TokenReader(text);
  const operations: OperationDefinition[] = [];
  const fragments: FragmentDefinition[] = [];
  do {
    // A description says nothing to the service (2.2).
    const isDescribed = reader.next.kind === 'string';
    if (isDescribed) reader.take();
    const { at } = reader.next;
    const word = reader.next.kind === 'name' ? reader.next.text : '';
    if (reader.sees('{') && !isDescribed)
      operations.push({
        kind: 'operation',
        operation: 'query',
        variables: [],
        directives: [],
        selections: parseBraces(reader, 0),
        at,
      });
    else if (Object.hasOwn(OPERATIONS, word)) operations.push(parseOperation(reader));
    else if (word === 'fragment') fragments.push(parseFragmentDefinition(reader));
    else throw reader.unexpected('expected query, mutation, subscription, fragment or {');
  } while (reader.next.kind !== 'end');
  return { text, operations, fragments };
}

/** Parses selections without braces around them, such as `id owner { login }`. Throws GraphqlSyntaxError. */
export function parseSelections(text: string): Selection[] {
  const reader = new TokenReader(text);
  const selections: Selection[] = [];
  do selections.push(parseSelectionAt(reader, 0));
  while (reader.next.kind !== 'end');
  return selections;
}
