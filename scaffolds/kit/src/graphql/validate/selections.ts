import { namedType, type Directive, type Field, type Selection } from '../language/ast.ts';
import type { TypeDefinition } from '../language/parse-type.ts';
import { isComposite } from '../schema/schema.ts';
import { suggestion } from '../schema/suggestion.ts';
import { repeated, type Checking, type Definition } from './problem.ts';
import { checkArguments, type ValueCheck } from './values.ts';

function valueCheck(checking: Checking, owner: Definition): ValueCheck {
  const { schema, report } = checking;
  const uses = checking.uses.get(owner) ?? [];
  checking.uses.set(owner, uses);
  return { schema, report, use: (use) => uses.push(use) };
}

/** Checks directives where they stand (GraphQL September 2025, 5.7). */
export function checkDirectives(
  directives: readonly Directive[],
  location: string,
  owner: Definition,
  checking: Checking,
): void {
  const { schema, report } = checking;
  const single = directives.filter(({ name }) => schema.directive(name)?.repeatable !== true);
  for (const { name, at } of repeated(single, ({ name }) => name)) report(`@${name} stands twice`, at);
  for (const directive of directives) {
    const definition = schema.directive(directive.name);
    if (definition === undefined) {
      const near = suggestion(directive.name, schema.directiveNames);
      report(`the service knows no directive @${directive.name}${near}`, directive.at);
      continue;
    }
    if (!definition.locations.includes(location))
      report(
        `@${directive.name} cannot stand at a ${location.toLowerCase().replaceAll('_', ' ')}`,
        directive.at,
      );
    checkArguments(`@${directive.name}`, definition.args, directive, valueCheck(checking, owner));
  }
}

function checkBraces(parent: TypeDefinition, field: Field, type: TypeDefinition, checking: Checking): void {
  const { report } = checking;
  if (isComposite(type)) {
    if (field.selections !== undefined) return;
    const names = [...type.fields.keys()].slice(0, 4);
    const example = names.length === 0 ? '__typename' : names.join(' ');
    report(
      `${parent.name}.${field.name} is ${type.name}: say which of its fields, such as { ${example} }`,
      field.at,
    );
  } else if (field.selections !== undefined) {
    report(
      `${parent.name}.${field.name} is ${type.name}, which has no fields: take the braces away`,
      field.at,
    );
  }
}

function unknownField(parent: TypeDefinition, { name, at }: Field, { schema, report }: Checking): void {
  const members = [...schema.possibleTypes(parent.name)].filter(
    (member) => schema.type(member)?.fields.has(name) === true,
  );
  const fragment =
    parent.kind === 'object' || members.length === 0
      ? ''
      : `; it stands on ${members.slice(0, 4).join(', ')}: write ... on ${members[0] ?? ''} { ${name} }`;
  report(
    `${parent.name} has no field ${name}${fragment === '' ? suggestion(name, parent.fields.keys()) : fragment}`,
    at,
  );
}

function checkField(
  field: Field,
  parent: TypeDefinition | undefined,
  owner: Definition,
  checking: Checking,
): void {
  checkDirectives(field.directives, 'FIELD', owner, checking);
  const definition = parent && checking.schema.field(parent, field.name);
  if (parent !== undefined && definition === undefined) unknownField(parent, field, checking);
  const type = definition && checking.schema.type(namedType(definition.type));
  if (parent !== undefined && definition !== undefined) {
    const name = `${parent.name}.${field.name}`;
    checkArguments(name, definition.args, field, valueCheck(checking, owner));
    if (type !== undefined) checkBraces(parent, field, type, checking);
  }
  if (field.selections !== undefined && (type === undefined || isComposite(type)))
    checkSelections(field.selections, type, owner, checking);
}

/** False, and told, when no value can be of both types (5.5.2.3). */
function checkSpread(
  parent: TypeDefinition | undefined,
  on: TypeDefinition | undefined,
  at: number,
  { schema, report }: Checking,
): void {
  if (parent === undefined || on === undefined || !isComposite(on)) return;
  const possible = schema.possibleTypes(parent.name);
  if ([...schema.possibleTypes(on.name)].some((name) => possible.has(name))) return;
  report(`a ${parent.name} is never a ${on.name}`, at);
}

/** The composite type that a fragment is on; undefined, and told, for any other. */
export function fragmentType(
  name: string,
  at: number,
  { schema, report }: Checking,
): TypeDefinition | undefined {
  const type = schema.type(name);
  if (type === undefined) report(`there is no type ${name}${suggestion(name, schema.names)}`, at);
  else if (!isComposite(type)) report(`${name} has no fields, so no fragment can be on it`, at);
  else return type;
  return undefined;
}

/** Checks what is selected on a type, and notes which variables and fragments are used. An unknown type is told elsewhere. */
export function checkSelections(
  selections: readonly Selection[],
  parent: TypeDefinition | undefined,
  owner: Definition,
  checking: Checking,
): void {
  for (const selection of selections) {
    if (selection.kind === 'field') {
      checkField(selection, parent, owner, checking);
    } else if (selection.kind === 'spread') {
      checkDirectives(selection.directives, 'FRAGMENT_SPREAD', owner, checking);
      const fragment = checking.fragments.get(selection.name);
      checking.spreads.set(owner, (checking.spreads.get(owner) ?? new Set()).add(selection.name));
      if (fragment === undefined) {
        const near = suggestion(selection.name, checking.fragments.keys());
        checking.report(`there is no fragment ${selection.name}${near}`, selection.at);
      } else checkSpread(parent, checking.schema.type(fragment.on), selection.at, checking);
    } else {
      checkDirectives(selection.directives, 'INLINE_FRAGMENT', owner, checking);
      const on = selection.on === undefined ? parent : fragmentType(selection.on, selection.at, checking);
      checkSpread(parent, on, selection.at, checking);
      checkSelections(selection.selections, on, owner, checking);
    }
  }
}
