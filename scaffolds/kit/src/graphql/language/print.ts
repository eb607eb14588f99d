import type { Argument, Directive, Selection, TypeReference, Value } from './ast.ts';

/** A type reference as text. */
export function printType(type: TypeReference): string {
  switch (type.kind) {
    case 'named':
      return type.name;
    case 'list':
      return `[${printType(type.of)}]`;
    case 'non-null':
      return `${printType(type.of)}!`;
  }
}

/** A value as text on one line. */
export function printValue(value: Value): string {
  switch (value.kind) {
    case 'variable':
      return `$${value.text}`;
    case 'string':
      return JSON.stringify(value.text);
    case 'list':
      return `[${value.values.map(printValue).join(', ')}]`;
    case 'object':
      return `{${value.fields.map(({ name, value: inner }) => `${name}: ${printValue(inner)}`).join(', ')}}`;
    case 'int':
    case 'float':
    case 'boolean':
    case 'enum':
    case 'null':
      return value.text;
  }
}

const printArguments = (args: readonly Argument[]): string =>
  args.length === 0 ? '' : `(${args.map(({ name, value }) => `${name}: ${printValue(value)}`).join(', ')})`;

const printDirectives = (directives: readonly Directive[]): string =>
  directives.map(({ name, args }) => ` @${name}${printArguments(args)}`).join('');

function printSelection(selection: Selection): string {
  const directives = printDirectives(selection.directives);
  if (selection.kind === 'spread') return `...${selection.name}${directives}`;
  const braces = selection.selections === undefined ? '' : ` { ${printSelections(selection.selections)} }`;
  if (selection.kind === 'inline')
    return `...${selection.on === undefined ? '' : ` on ${selection.on}`}${directives}${braces}`;
  const alias = selection.alias === undefined ? '' : `${selection.alias}: `;
  return `${alias}${selection.name}${printArguments(selection.args)}${directives}${braces}`;
}

/** Selections as text on one line, without braces around them. */
export const printSelections = (selections: readonly Selection[]): string =>
  selections.map(printSelection).join(' ');
