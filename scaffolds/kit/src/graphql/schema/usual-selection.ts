import { namedType, isListType, type Field, type Selection } from '../language/ast.ts';
import type { FieldDefinition, TypeDefinition } from '../language/parse-type.ts';
import { printType } from '../language/print.ts';
import { connectionOf } from './connection.ts';
import { isAbstract, isComposite, type Schema } from './schema.ts';

/** How much of a type is selected when nobody says: one thing is shown richly, one of many briefly. */
interface Measure {
  readonly leaves: number;
  /** Fields that lead to other objects, each shown with `below`. */
  readonly objects: number;
  /** Fields that lead to lists of objects count among them. */
  readonly lists: boolean;
  readonly below: Measure | undefined;
}

const MENTION: Measure = { leaves: 3, objects: 0, lists: false, below: undefined };
const BRIEF: Measure = { leaves: 4, objects: 0, lists: false, below: undefined };
const ONE_OF_MANY: Measure = { leaves: 16, objects: 6, lists: false, below: MENTION };
const WHOLE: Measure = { leaves: 40, objects: 12, lists: true, below: BRIEF };

/** Wrappers inside wrappers are opened to this depth, and objects without plain fields too. */
const DEEPEST = 4;
/** Members of a union, or of an interface, that get fields of their own. */
const MOST_MEMBERS = 8;
/** A page of a list inside an answer. */
const INNER_PAGE = '10';

const NAMING = new Set(
  'name title login username slug key number code label email displayName fullName nameWithOwner'.split(' '),
);
const TELLING =
  /^(?:url|state|status|type|kind|description|summary|body|text|message|field|createdAt|updatedAt|created|date|count|totalCount|amount|price|value)$/;
/** The same once more in another dress, or nothing about the thing itself: left out where anything else is there. */
const NOISE = /(?:HTML|Html|ResourcePath|resourcePath|^viewer[A-Z].*|^clientMutationId)$/;

const isId = (name: string): boolean => name === 'id' || name === '_id';

function rank(name: string): number {
  if (isId(name)) return 0;
  if (NAMING.has(name)) return 1;
  if (/id$/i.test(name) || TELLING.test(name)) return 2;
  return 3;
}

/** Can be selected without knowing anything: no argument is required. */
const isFree = ({ args, deprecated }: FieldDefinition): boolean =>
  deprecated === undefined &&
  [...args.values()].every(({ type, default: value }) => type.kind !== 'non-null' || value !== undefined);

function typeOf(schema: Schema, field: FieldDefinition): TypeDefinition | undefined {
  return schema.type(namedType(field.type));
}

const leaf = (name: string): Field => ({ kind: 'field', name, args: [], directives: [], at: 0 });

const withSelections = (field: Field, selections: readonly Selection[]): Field => ({ ...field, selections });

function freeFields(schema: Schema, type: TypeDefinition, composite: boolean): FieldDefinition[] {
  return [...type.fields.values()].filter((field) => {
    const target = typeOf(schema, field);
    return target !== undefined && isComposite(target) === composite && isFree(field);
  });
}

/** The fields that say most, in the schema's order with ids first. */
function leavesOf(schema: Schema, type: TypeDefinition, most: number): Field[] {
  const all = freeFields(schema, type, false).map(({ name }) => name);
  const telling = all.filter((name) => !NOISE.test(name));
  const isWhole = telling.length === 0 && freeFields(schema, type, true).length === 0;
  const fields = isWhole ? all : telling;
  const kept = new Set(fields.toSorted((a, b) => rank(a) - rank(b)).slice(0, most));
  return fields
    .filter((name) => kept.has(name))
    .toSorted((a, b) => Number(isId(b)) - Number(isId(a)))
    .map(leaf);
}

/** Holds what matters in its fields, such as the payload of a mutation: little of its own, and no identity. */
function isWrapper(schema: Schema, type: TypeDefinition): boolean {
  const leaves = freeFields(schema, type, false);
  return (
    type.kind === 'object' &&
    leaves.length <= 4 &&
    !leaves.some(({ name }) => isId(name)) &&
    freeFields(schema, type, true).length > 0
  );
}

interface Making {
  readonly schema: Schema;
  readonly measure: Measure;
  readonly depth: number;
}

function connectionSelections(type: TypeDefinition, making: Making): Selection[] | undefined {
  const { schema, depth } = making;
  const connection = connectionOf(schema, type);
  if (connection === undefined || depth >= DEEPEST) return undefined;
  const inner: Making = {
    schema,
    measure: making.measure === WHOLE ? ONE_OF_MANY : MENTION,
    depth: depth + 1,
  };
  const node = schema.type(connection.node);
  const items = node === undefined ? [] : selectionsOf(node, inner);
  const list = connection.hasNodes
    ? withBraces('nodes', items)
    : withSelections(leaf('edges'), [withBraces('node', items)]);
  const leaves = leavesOf(schema, type, 4);
  const pageInfo = withSelections(leaf('pageInfo'), connection.pageInfo.map(leaf));
  return [list, ...(connection.pageInfo.length === 0 ? [] : [pageInfo]), ...leaves];
}

const withBraces = (name: string, items: readonly Selection[]): Field =>
  items.length === 0 ? leaf(name) : withSelections(leaf(name), items);

/** A list inside an answer is asked for one short page, because services refuse to list without a bound. */
function pageArguments(field: FieldDefinition): Field['args'] {
  const bound = field.args.get('first');
  if (bound === undefined || namedType(bound.type) !== 'Int') return [];
  return [{ name: 'first', value: { kind: 'int', text: INNER_PAGE, at: 0 }, at: 0 }];
}

function objectField(field: FieldDefinition, making: Making): Field | undefined {
  const target = typeOf(making.schema, field);
  if (target === undefined) return undefined;
  const selections = selectionsOf(target, making);
  if (selections.length === 0) return undefined;
  const isPage = connectionOf(making.schema, target) !== undefined;
  return {
    ...withSelections(leaf(field.name), selections),
    ...(isPage ? { args: pageArguments(field) } : {}),
  };
}

function wrapperSelections(type: TypeDefinition, { schema, measure, depth }: Making): Selection[] {
  const objects = freeFields(schema, type, true).slice(0, measure.objects);
  const below = (field: FieldDefinition): Making => ({
    schema,
    measure: isListType(field.type) ? ONE_OF_MANY : measure,
    depth: depth + 1,
  });
  return [
    ...leavesOf(schema, type, measure.leaves),
    ...objects.flatMap((field) => objectField(field, below(field)) ?? []),
  ];
}

function objectSelections(type: TypeDefinition, making: Making): Selection[] {
  const { schema, measure, depth } = making;
  const leaves = leavesOf(schema, type, measure.leaves);
  const { below } = measure;
  const linked = freeFields(schema, type, true).filter((field) => {
    const target = typeOf(schema, field);
    if (target === undefined || connectionOf(schema, target) !== undefined) return false;
    return measure.lists || !isListType(field.type);
  });
  const objects =
    below === undefined
      ? []
      : linked
          .slice(0, measure.objects)
          .flatMap((field) => objectField(field, { schema, measure: below, depth: depth + 1 }) ?? []);
  if (leaves.length + objects.length > 0 || depth >= DEEPEST) return [...leaves, ...objects];
  // Nothing plain on this level: the first way down that leads somewhere.
  for (const field of linked) {
    const found = objectField(field, { schema, measure: MENTION, depth: depth + 1 });
    if (found !== undefined) return [found];
  }
  return [];
}

/**
 * Fields of each possible type beside those of the interface. Fields that share a name and not a type get a name of
 * their own, because an answer holds both under one (GraphQL September 2025, 5.3.2).
 */
function memberSelections(type: TypeDefinition, making: Making): Selection[] {
  const { schema, measure, depth } = making;
  const members = [...schema.possibleTypes(type.name)].toSorted();
  if (members.length > MOST_MEMBERS || measure === MENTION) return [];
  const types = new Map([...type.fields.values()].map(({ name, type: of }) => [name, printType(of)]));
  const inner: Making = { schema, measure: measure === WHOLE ? ONE_OF_MANY : MENTION, depth: depth + 1 };
  return members.flatMap((member): Selection[] => {
    const definition = schema.type(member);
    if (definition === undefined) return [];
    const selections = selectionsOf(definition, inner).flatMap((selection): Selection[] => {
      if (selection.kind !== 'field' || type.fields.has(selection.name)) return [];
      const text = printType(definition.fields.get(selection.name)?.type ?? { kind: 'named', name: member });
      const known = types.get(selection.name);
      if (known === undefined) types.set(selection.name, text);
      return known === undefined || known === text
        ? [selection]
        : [{ ...selection, alias: `${selection.name}_${member}` }];
    });
    return selections.length === 0 ? [] : [{ kind: 'inline', on: member, directives: [], selections, at: 0 }];
  });
}

function selectionsOf(type: TypeDefinition, making: Making): Selection[] {
  const { schema, depth } = making;
  if (isAbstract(type)) {
    const own = type.kind === 'interface' ? objectSelections(type, making) : [];
    const members = depth < DEEPEST ? memberSelections(type, making) : [];
    return [
      leaf('__typename'),
      ...own.filter((one) => one.kind !== 'field' || one.name !== '__typename'),
      ...members,
    ];
  }
  const paged = connectionSelections(type, making);
  if (paged !== undefined) return paged;
  const isOpened = depth < DEEPEST && making.measure.objects > 0 && isWrapper(schema, type);
  const selections = isOpened ? wrapperSelections(type, making) : objectSelections(type, making);
  return selections.length === 0 ? [leaf('__typename')] : selections;
}

/**
 * What is selected of a type when the caller names nothing: plain fields first, ids always, objects below by a few fields
 * that tell them apart, lists by pages. Bounded in depth and size, and always valid. Empty for a type without fields.
 */
export function usualSelection(schema: Schema, name: string, place: 'root' | 'list' | 'inner'): Selection[] {
  const type = schema.type(name);
  if (type === undefined || !isComposite(type)) return [];
  const measure = { root: WHOLE, list: ONE_OF_MANY, inner: BRIEF }[place];
  return selectionsOf(type, { schema, measure, depth: 0 });
}
