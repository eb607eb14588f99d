import {
  Kind,
  type ASTNode,
  type DirectiveDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type TypeNode,
} from 'graphql';
import type { Definitions, SourceType } from './definitions.ts';
import { lineOf, type Losses } from './losses.ts';

const BUILT_IN = new Set(['Int', 'Float', 'String', 'Boolean', 'ID']);
/** Every service has these; `skip` and `include` need no definition. */
const OWN_DIRECTIVES = new Set(['skip', 'include', 'deprecated', 'specifiedBy', 'oneOf']);
/** Where a directive can stand in a document; others are the schema's own affair. */
const EXECUTABLE = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);

const nameOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);

const isInput = (type: SourceType | undefined): boolean =>
  type !== undefined && (type.kind === 'input' || type.kind === 'enum' || type.kind === 'scalar');

interface Repair {
  readonly types: ReadonlyMap<string, SourceType>;
  readonly losses: Losses;
}

/** The first of each name; names of two underscores are the protocol's own. */
function firsts<Node extends ASTNode & { readonly name: { readonly value: string } }>(
  nodes: readonly Node[],
  pointer: string,
  { losses }: Repair,
): Node[] {
  const byName = new Map<string, Node>();
  for (const node of nodes) {
    const { value } = node.name;
    if (byName.has(value))
      losses.notice(
        'duplicate',
        `${pointer}/${value}`,
        'It is defined twice; the first definition is taken.',
        lineOf(node),
      );
    else if (!value.startsWith('__')) byName.set(value, node);
  }
  return [...byName.values()];
}

function inputProblem(node: InputValueDefinitionNode, { types }: Repair): string | undefined {
  const name = nameOf(node.type);
  if (BUILT_IN.has(name) || isInput(types.get(name))) return undefined;
  return types.has(name) ? `its type ${name} is no input type` : `its type ${name} is not defined`;
}

const isRequired = ({ type, defaultValue }: InputValueDefinitionNode): boolean =>
  type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;

function repairInputs(
  nodes: readonly InputValueDefinitionNode[],
  pointer: string,
  repair: Repair,
): InputValueDefinitionNode[] {
  return firsts(nodes, pointer, repair).filter((node) => {
    const problem = inputProblem(node, repair);
    if (problem === undefined) return true;
    const place = `${pointer}/${node.name.value}`;
    repair.losses.part('reference-missing', place, `Left out: ${problem}.`, lineOf(node));
    return false;
  });
}

function fieldProblem(node: FieldDefinitionNode, repair: Repair): string | undefined {
  const name = nameOf(node.type);
  const type = repair.types.get(name);
  if (type === undefined && !BUILT_IN.has(name)) return `its type ${name} is not defined`;
  if (type?.kind === 'input') return `its type ${name} is an input type`;
  const lost = (node.arguments ?? []).find(
    (argument) => isRequired(argument) && inputProblem(argument, repair) !== undefined,
  );
  return (
    lost && `its required argument ${lost.name.value} cannot be given: ${inputProblem(lost, repair) ?? ''}`
  );
}

function repairFields(type: SourceType, isRoot: boolean, repair: Repair): FieldDefinitionNode[] {
  return firsts(type.fields, `#/${type.name}`, repair).flatMap((node) => {
    const problem = fieldProblem(node, repair);
    const pointer = `#/${type.name}/${node.name.value}`;
    if (problem === undefined)
      return [{ ...node, arguments: repairInputs(node.arguments ?? [], pointer, repair) }];
    const lose = isRoot ? repair.losses.operation : repair.losses.part;
    lose('reference-missing', pointer, `Left out: ${problem}.`, lineOf(node));
    return [];
  });
}

/** Names of types of one kind; the others are told. */
function namesOfKind(
  names: readonly string[],
  kind: SourceType['kind'],
  type: SourceType,
  repair: Repair,
): string[] {
  return [...new Set(names)].filter((name) => {
    const isKnown = repair.types.get(name)?.kind === kind;
    if (!isKnown) {
      const what = kind === 'type' ? 'member' : 'interface';
      const reason = `Its ${what} ${name} is not defined as ${kind === 'type' ? 'a type' : 'an interface'}.`;
      repair.losses.part('reference-missing', `#/${type.name}`, reason, type.line);
    }
    return isKnown;
  });
}

function repairType(type: SourceType, isRoot: boolean, repair: Repair): SourceType {
  return {
    ...type,
    interfaces: namesOfKind(type.interfaces, 'interface', type, repair),
    fields: repairFields(type, isRoot, repair),
    inputs: repairInputs(type.inputs, `#/${type.name}`, repair),
    members: namesOfKind(type.members, 'type', type, repair),
    values: firsts(type.values, `#/${type.name}`, repair),
  };
}

function repairRoots({ roots, types }: Definitions, losses: Losses): Definitions['roots'] {
  const kept = Object.entries(roots).filter(([operation, name]) => {
    const isType = types.get(name)?.kind === 'type';
    if (!isType)
      losses.part('reference-missing', '#/schema', `The ${operation} type ${name} is not defined as a type.`);
    return isType;
  });
  return Object.fromEntries(kept);
}

const isExecutable = ({ name, locations }: DirectiveDefinitionNode): boolean =>
  !OWN_DIRECTIVES.has(name.value) && locations.some(({ value }) => EXECUTABLE.has(value));

/** Definitions in which every reference leads somewhere; what led nowhere is left out and told. */
export function repairDefinitions(definitions: Definitions, losses: Losses): Definitions {
  const types = new Map(
    [...definitions.types].filter(([name]) => !name.startsWith('__') && !BUILT_IN.has(name)),
  );
  const roots = repairRoots({ ...definitions, types }, losses);
  const repair: Repair = { types, losses };
  const rootNames = new Set<string>(Object.values(roots));
  const directives = [...definitions.directives].filter(([, node]) => isExecutable(node));
  return {
    ...definitions,
    roots,
    types: new Map([...types].map(([name, type]) => [name, repairType(type, rootNames.has(name), repair)])),
    directives: new Map(
      directives.map(([name, node]) => [
        name,
        { ...node, arguments: repairInputs(node.arguments ?? [], `#/@${name}`, repair) },
      ]),
    ),
  };
}
