import {
  namedType,
  type OperationDefinition,
  type TypeReference,
  type VariableDefinition,
} from '../language/ast.ts';
import { printType } from '../language/print.ts';
import { isInputType } from '../schema/schema.ts';
import { suggestion } from '../schema/suggestion.ts';
import { repeated, type Checking, type Definition, type VariableUse } from './problem.ts';
import { checkDirectives } from './selections.ts';
import { checkValue } from './values.ts';

/** A value of the first type can stand where the second is wanted (GraphQL September 2025, 5.8.5). */
function isCompatible(given: TypeReference, wanted: TypeReference): boolean {
  if (wanted.kind === 'non-null') return given.kind === 'non-null' && isCompatible(given.of, wanted.of);
  if (given.kind === 'non-null') return isCompatible(given.of, wanted);
  if (wanted.kind === 'list') return given.kind === 'list' && isCompatible(given.of, wanted.of);
  return given.kind === 'named' && wanted.kind === 'named' && given.name === wanted.name;
}

function isAllowed({ type, default: value }: VariableDefinition, use: VariableUse): boolean {
  const { type: wanted } = use;
  if (wanted === undefined) return true;
  if (use.inOneOf && type.kind !== 'non-null') return false;
  if (wanted.kind !== 'non-null' || type.kind === 'non-null') return isCompatible(type, wanted);
  const hasValue = value !== undefined && value.kind !== 'null';
  return (hasValue || use.hasDefault) && isCompatible(type, wanted.of);
}

function checkDefinition(variable: VariableDefinition, owner: OperationDefinition, checking: Checking): void {
  const { schema, report } = checking;
  const name = namedType(variable.type);
  const type = schema.type(name);
  checkDirectives(variable.directives, 'VARIABLE_DEFINITION', owner, checking);
  if (type === undefined) {
    report(`$${variable.name}: there is no type ${name}${suggestion(name, schema.names)}`, variable.at);
  } else if (!isInputType(type)) {
    report(`$${variable.name}: ${name} is no input type`, variable.at);
  } else if (variable.default !== undefined) {
    const place = { type: variable.type, hasDefault: false, inOneOf: false };
    const use = ({ at }: VariableUse): void => report('a default must not hold a variable', at);
    checkValue(variable.default, place, { schema, report, use });
  }
}

/** All that an operation uses, itself and through its fragments. */
function reachable(operation: OperationDefinition, checking: Checking): VariableUse[] {
  const definitions = new Set<Definition>([operation]);
  for (const definition of definitions) {
    for (const name of checking.spreads.get(definition) ?? []) {
      const fragment = checking.fragments.get(name);
      if (fragment !== undefined) definitions.add(fragment);
    }
  }
  return [...definitions].flatMap((definition) => checking.uses.get(definition) ?? []);
}

/** Checks the variables of an operation; what uses them must have been walked before (5.8). */
export function checkVariables(operation: OperationDefinition, checking: Checking): void {
  const { report } = checking;
  const known = new Map(operation.variables.map((variable) => [variable.name, variable]));
  for (const { name, at } of repeated(operation.variables, ({ name }) => name))
    report(`$${name} is defined twice`, at);
  for (const variable of operation.variables) checkDefinition(variable, operation, checking);
  const uses = reachable(operation, checking);
  for (const use of uses) {
    const variable = known.get(use.name);
    if (variable === undefined)
      report(`$${use.name} is not defined by the operation${suggestion(use.name, known.keys())}`, use.at);
    else if (!isAllowed(variable, use) && use.type !== undefined)
      report(`$${use.name} is ${printType(variable.type)} where ${wantedText(use)} is wanted`, use.at);
  }
  const used = new Set(uses.map(({ name }) => name));
  for (const { name, at } of operation.variables)
    if (!used.has(name)) report(`$${name} is defined and never used`, at);
}

function wantedText({ type, inOneOf }: VariableUse): string {
  if (type === undefined) return 'a value';
  return `${printType(type)}${inOneOf && type.kind !== 'non-null' ? '!' : ''}`;
}
