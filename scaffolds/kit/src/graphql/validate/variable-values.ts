import type { Json } from '@counterpart/schemas';
import { isList, isMembers, isNumber, isWhole, type Members } from '../../json-value.ts';
import { nullableType, type OperationDefinition, type TypeReference } from '../language/ast.ts';
import type { TypeDefinition } from '../language/parse-type.ts';
import { printType } from '../language/print.ts';
import type { Schema } from '../schema/schema.ts';
import { suggestion } from '../schema/suggestion.ts';

const MOST_INT = 2 ** 31;

function fitsScalar(name: string, value: Json): boolean {
  switch (name) {
    case 'Int':
      return typeof value === 'number' && Number.isInteger(value) && value < MOST_INT && value >= -MOST_INT;
    case 'Float':
      return isNumber(value);
    case 'String':
      return typeof value === 'string';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'ID':
      return typeof value === 'string' || isWhole(value);
    default:
      return true;
  }
}

const shown = (value: Json): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** Checks values against types; each problem names its place. */
class ValueCheck {
  readonly problems: string[] = [];
  readonly #schema: Schema;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  check(value: Json, type: TypeReference, place: string): void {
    if (value === null) {
      if (type.kind === 'non-null') this.problems.push(`${place}: expected ${printType(type)}, found null`);
      return;
    }
    const bare = nullableType(type);
    if (bare.kind === 'named') this.#named(value, bare.name, place);
    else if (bare.kind === 'list' && isList(value))
      for (const [index, item] of value.entries()) this.check(item, bare.of, `${place}.${index}`);
    // One value is taken as a list of one (3.12).
    else if (bare.kind === 'list') this.check(value, bare.of, place);
  }

  #named(value: Json, name: string, place: string): void {
    const type = this.#schema.type(name);
    if (type?.kind === 'input') {
      if (isMembers(value)) this.#object(value, type, place);
      else this.problems.push(`${place}: expected ${name}, an object, found ${shown(value)}`);
    } else if (type?.kind === 'enum') {
      const names = type.values.map((one) => one.name);
      if (typeof value === 'string' && names.includes(value)) return;
      const listed = names.length <= 12 ? `, one of ${names.join(', ')}` : '';
      const near = typeof value === 'string' ? suggestion(value, names) : '';
      this.problems.push(`${place}: expected ${name}${listed}, found ${shown(value)}${near}`);
    } else if (!fitsScalar(name, value))
      this.problems.push(`${place}: expected ${name}, found ${shown(value)}`);
  }

  #object(value: Members, type: TypeDefinition, place: string): void {
    for (const [key, member] of Object.entries(value)) {
      const input = type.inputs.get(key);
      if (input === undefined)
        this.problems.push(
          `${place}: ${type.name} has no field ${key}${suggestion(key, type.inputs.keys())}`,
        );
      else this.check(member, input.type, `${place}.${key}`);
    }
    for (const { name, type: wanted, default: usual } of type.inputs.values())
      if (wanted.kind === 'non-null' && usual === undefined && !Object.hasOwn(value, name))
        this.problems.push(`${place}: ${type.name} needs the field ${name}: ${printType(wanted)}`);
    const isOne = Object.values(value).filter((member) => member !== null).length === 1;
    if (type.oneOf && (Object.keys(value).length !== 1 || !isOne))
      this.problems.push(`${place}: ${type.name} takes exactly one of ${[...type.inputs.keys()].join(', ')}`);
  }
}

/** Why a service would refuse these values for an operation's variables, in words; empty when it would not. */
export function variableProblems(schema: Schema, operation: OperationDefinition, values: Members): string[] {
  const check = new ValueCheck(schema);
  const known = new Map(operation.variables.map((variable) => [variable.name, variable]));
  for (const name of Object.keys(values))
    if (!known.has(name))
      check.problems.push(
        `variables.${name}: the document defines no $${name}${suggestion(name, known.keys())}`,
      );
  for (const { name, type, default: usual } of known.values()) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) check.check(value, type, `variables.${name}`);
    else if (type.kind === 'non-null' && usual === undefined)
      check.problems.push(`variables.${name}: missing, and ${printType(type)} is required`);
  }
  return check.problems;
}
