import {
  nullableType,
  type Argument,
  type ObjectField,
  type TypeReference,
  type Value,
} from '../language/ast.ts';
import type { InputDefinition, TypeDefinition } from '../language/parse-type.ts';
import { printType, printValue } from '../language/print.ts';
import type { Schema } from '../schema/schema.ts';
import { suggestion } from '../schema/suggestion.ts';
import { repeated, type VariableUse } from './problem.ts';

/** Where values are checked, and what becomes of what is found. */
export interface ValueCheck {
  readonly schema: Schema;
  readonly report: (message: string, at: number) => void;
  readonly use: (use: VariableUse) => void;
}

interface Place {
  readonly type: TypeReference;
  readonly hasDefault: boolean;
  readonly inOneOf: boolean;
}

const shown = (value: Value): string => {
  const text = printValue(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const MOST_INT = 2 ** 31;

/** What a value of a built-in scalar must look like; undefined for custom scalars, which take anything. */
function fitsScalar(name: string, value: Value): boolean | undefined {
  switch (name) {
    case 'Int':
      return value.kind === 'int' && Number(value.text) < MOST_INT && Number(value.text) >= -MOST_INT;
    case 'Float':
      return value.kind === 'int' || value.kind === 'float';
    case 'String':
      return value.kind === 'string';
    case 'Boolean':
      return value.kind === 'boolean';
    case 'ID':
      return value.kind === 'string' || value.kind === 'int';
    default:
      return undefined;
  }
}

/** Variables inside a value that nothing is known of. */
function useAll(value: Value, check: ValueCheck): void {
  if (value.kind === 'variable')
    check.use({ name: value.text, hasDefault: false, inOneOf: false, at: value.at });
  else if (value.kind === 'list') for (const item of value.values) useAll(item, check);
  else if (value.kind === 'object') for (const field of value.fields) useAll(field.value, check);
}

function checkOneOf(type: TypeDefinition, value: Value & { kind: 'object' }, check: ValueCheck): void {
  const [only] = value.fields;
  if (value.fields.length !== 1 || only === undefined)
    check.report(`${type.name} takes exactly one of ${[...type.inputs.keys()].join(', ')}`, value.at);
  else if (only.value.kind === 'null') check.report(`${type.name}.${only.name} must not be null`, only.at);
}

function checkObject(type: TypeDefinition, value: Value & { kind: 'object' }, check: ValueCheck): void {
  checkMembers({ of: type.name, what: 'field', known: type.inputs, oneOf: type.oneOf }, value, check);
  if (type.oneOf) checkOneOf(type, value, check);
}

function checkNamed(type: TypeDefinition, value: Value, check: ValueCheck): void {
  if (type.kind === 'input') {
    if (value.kind === 'object') checkObject(type, value, check);
    else check.report(`expected ${type.name}, an object, found ${shown(value)}`, value.at);
    return;
  }
  if (type.kind === 'enum') {
    if (value.kind === 'enum' && type.values.some(({ name }) => name === value.text)) return;
    const names = type.values.map(({ name }) => name);
    const listed = names.length <= 12 ? `, one of ${names.join(', ')}` : '';
    const near = value.kind === 'enum' || value.kind === 'string' ? suggestion(value.text, names) : '';
    const quoted = value.kind === 'string' && names.includes(value.text) ? ' without quotes' : near;
    check.report(`expected ${type.name}${listed}, found ${shown(value)}${quoted}`, value.at);
    return;
  }
  const fits = fitsScalar(type.name, value);
  if (fits === undefined) useAll(value, check);
  else if (!fits) check.report(`expected ${type.name}, found ${shown(value)}`, value.at);
}

/** Checks a value against the type of its place (GraphQL September 2025, 5.6). */
export function checkValue(value: Value, place: Place, check: ValueCheck): void {
  const { type } = place;
  if (value.kind === 'variable') {
    check.use({ name: value.text, at: value.at, ...place });
    return;
  }
  if (value.kind === 'null') {
    if (type.kind === 'non-null') check.report(`expected ${printType(type)}, found null`, value.at);
    return;
  }
  const bare = nullableType(type);
  if (bare.kind === 'named') {
    const definition = check.schema.type(bare.name);
    if (definition !== undefined) checkNamed(definition, value, check);
    return;
  }
  // One value is taken as a list of one (3.12).
  const items = value.kind === 'list' ? value.values : [value];
  for (const item of items) checkValue(item, { type: bare.of, hasDefault: false, inOneOf: false }, check);
}

interface Members {
  readonly of: string;
  readonly what: 'field' | 'argument';
  readonly known: ReadonlyMap<string, InputDefinition>;
  readonly oneOf: boolean;
}

function checkMembers(
  { of, what, known, oneOf }: Members,
  given: { readonly fields: readonly ObjectField[]; readonly at: number },
  check: ValueCheck,
): void {
  for (const { name, at } of repeated(given.fields, ({ name }) => name))
    check.report(`${of}: the ${what} ${name} is given twice`, at);
  for (const { name, value, at } of given.fields) {
    const definition = known.get(name);
    if (definition === undefined) {
      check.report(`${of} has no ${what} ${name}${suggestion(name, known.keys())}`, at);
      useAll(value, check);
    } else {
      const hasDefault = definition.default !== undefined;
      checkValue(value, { type: definition.type, hasDefault, inOneOf: oneOf }, check);
    }
  }
  for (const { name, type, default: value } of known.values()) {
    const isGiven = given.fields.some((field) => field.name === name);
    if (!isGiven && type.kind === 'non-null' && value === undefined)
      check.report(`${of} needs the ${what} ${name}: ${printType(type)}`, given.at);
  }
}

/** Checks the arguments of a field or a directive (5.4). */
export function checkArguments(
  of: string,
  known: ReadonlyMap<string, InputDefinition>,
  given: { readonly args: readonly Argument[]; readonly at: number },
  check: ValueCheck,
): void {
  checkMembers({ of, what: 'argument', known, oneOf: false }, { fields: given.args, at: given.at }, check);
}
