import { isListType, namedType } from '../language/ast.ts';
import type { FieldDefinition, TypeDefinition } from '../language/parse-type.ts';
import type { Schema } from './schema.ts';

/** A page of a list as Relay's Cursor Connections say it. */
export interface Connection {
  /** Type of one item. */
  readonly node: string;
  /** The items stand under `nodes` too, without the edges between. */
  readonly hasNodes: boolean;
  /** Of `hasNextPage` and `endCursor`, those that the service has. */
  readonly pageInfo: readonly string[];
}

const isFreeOf = (field: FieldDefinition | undefined): field is FieldDefinition =>
  field !== undefined && field.args.size === 0;

/** What kind of page a type is; undefined for any other type. */
export function connectionOf(schema: Schema, type: TypeDefinition): Connection | undefined {
  if (type.kind !== 'object') return undefined;
  const edges = type.fields.get('edges');
  const pageInfo = type.fields.get('pageInfo');
  if (!isFreeOf(edges) || !isFreeOf(pageInfo) || !isListType(edges.type)) return undefined;
  const node = schema.type(namedType(edges.type))?.fields.get('node');
  if (!isFreeOf(node)) return undefined;
  const name = namedType(node.type);
  const nodes = type.fields.get('nodes');
  const pageType = schema.type(namedType(pageInfo.type));
  return {
    node: name,
    hasNodes: isFreeOf(nodes) && isListType(nodes.type) && namedType(nodes.type) === name,
    pageInfo: ['hasNextPage', 'endCursor'].filter((field) => isFreeOf(pageType?.fields.get(field))),
  };
}
