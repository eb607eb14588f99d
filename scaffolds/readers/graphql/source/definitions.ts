import {
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type NamedTypeNode,
  type OperationTypeDefinitionNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';
import type { GraphqlOperationKind } from '@counterpart/schemas';
import { lineOf, type Losses } from './losses.ts';

/** A type as the source has it, its extensions included; what its kind does not have is empty. */
export interface SourceType {
  readonly kind: 'scalar' | 'type' | 'interface' | 'union' | 'enum' | 'input';
  readonly name: string;
  readonly description: string | undefined;
  readonly line: number | undefined;
  readonly interfaces: readonly string[];
  readonly fields: readonly FieldDefinitionNode[];
  readonly inputs: readonly InputValueDefinitionNode[];
  readonly members: readonly string[];
  readonly values: readonly EnumValueDefinitionNode[];
  readonly directives: readonly ConstDirectiveNode[];
}

/** Everything that a document defines, by name. */
export interface Definitions {
  readonly description: string | undefined;
  readonly types: ReadonlyMap<string, SourceType>;
  readonly directives: ReadonlyMap<string, DirectiveDefinitionNode>;
  /** Names of the root types; whether they exist is not looked at. */
  readonly roots: Readonly<Partial<Record<GraphqlOperationKind, string>>>;
}

const KINDS: Readonly<Record<TypeDefinitionNode['kind'] | TypeExtensionNode['kind'], SourceType['kind']>> = {
  [Kind.SCALAR_TYPE_DEFINITION]: 'scalar',
  [Kind.SCALAR_TYPE_EXTENSION]: 'scalar',
  [Kind.OBJECT_TYPE_DEFINITION]: 'type',
  [Kind.OBJECT_TYPE_EXTENSION]: 'type',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.INTERFACE_TYPE_EXTENSION]: 'interface',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.UNION_TYPE_EXTENSION]: 'union',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.ENUM_TYPE_EXTENSION]: 'enum',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: 'input',
};

const USUAL_ROOTS: readonly (readonly [GraphqlOperationKind, string])[] = [
  ['query', 'Query'],
  ['mutation', 'Mutation'],
  ['subscription', 'Subscription'],
];

const namesOf = (nodes: readonly NamedTypeNode[] | undefined): string[] =>
  (nodes ?? []).map(({ name }) => name.value);

type Members = Pick<SourceType, 'interfaces' | 'fields' | 'inputs' | 'members' | 'values' | 'directives'>;

const NO_MEMBERS: Members = {
  interfaces: [],
  fields: [],
  inputs: [],
  members: [],
  values: [],
  directives: [],
};

type TypeNode = TypeDefinitionNode | TypeExtensionNode;

/** The parser sets every member that a kind of definition can have, so a member tells the kind. */
function membersOf(node: TypeNode): Partial<Members> {
  if ('interfaces' in node) return { interfaces: namesOf(node.interfaces), fields: node.fields ?? [] };
  if ('types' in node) return { members: namesOf(node.types) };
  if ('values' in node) return { values: node.values ?? [] };
  const isInput =
    node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION;
  return isInput ? { inputs: node.fields ?? [] } : {};
}

/** A definition or an extension, as the type it would be alone; undefined when it defines no type. */
function typeOf(node: DefinitionNode): SourceType | undefined {
  if (!isTypeDefinitionNode(node) && !isTypeExtensionNode(node)) return undefined;
  return {
    kind: KINDS[node.kind],
    name: node.name.value,
    description: 'description' in node ? node.description?.value : undefined,
    line: lineOf(node),
    ...NO_MEMBERS,
    ...membersOf(node),
    directives: node.directives ?? [],
  };
}

const isExtension = (node: DefinitionNode): boolean => node.kind.endsWith('Extension');

/** A type with what another definition of its name adds. */
const joined = (a: SourceType, b: SourceType): SourceType => ({
  ...a,
  interfaces: [...a.interfaces, ...b.interfaces],
  fields: [...a.fields, ...b.fields],
  inputs: [...a.inputs, ...b.inputs],
  members: [...a.members, ...b.members],
  values: [...a.values, ...b.values],
  directives: [...a.directives, ...b.directives],
});

function addType(types: Map<string, SourceType>, node: DefinitionNode, losses: Losses): void {
  const type = typeOf(node);
  if (type === undefined) return;
  const known = types.get(type.name);
  if (known === undefined) types.set(type.name, type);
  else if (isExtension(node) && known.kind === type.kind) types.set(type.name, joined(known, type));
  else {
    const reason = isExtension(node)
      ? `It extends ${type.name} as ${type.kind}, which is ${known.kind}.`
      : `${type.name} is defined twice; the first definition is taken.`;
    losses.notice('duplicate', `#/${type.name}`, reason, type.line);
  }
}

/** Collects what a document defines; extensions are added to what they extend, or stand alone where that is missing. */
export function collectDefinitions(document: DocumentNode, losses: Losses): Definitions {
  const types = new Map<string, SourceType>();
  const directives = new Map<string, DirectiveDefinitionNode>();
  const rootNodes: OperationTypeDefinitionNode[] = [];
  let description: string | undefined;
  const inOrder = [
    ...document.definitions.filter((node) => !isExtension(node)),
    ...document.definitions.filter(isExtension),
  ];
  for (const node of inOrder) {
    if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION) {
      rootNodes.push(...(node.operationTypes ?? []));
      if (node.kind === Kind.SCHEMA_DEFINITION) description = node.description?.value;
    } else if (node.kind === Kind.DIRECTIVE_DEFINITION) directives.set(node.name.value, node);
    else addType(types, node, losses);
  }
  const named = rootNodes.map(({ operation, type }) => [operation, type.name.value] as const);
  const usual = USUAL_ROOTS.filter(([, name]) => types.get(name)?.kind === 'type');
  return { description, types, directives, roots: Object.fromEntries(named.length > 0 ? named : usual) };
}
