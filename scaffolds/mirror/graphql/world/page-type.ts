import {
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';

/** Types around a page of a list. */
export interface PageType {
  readonly page: GraphQLObjectType;
  /** Name of the type of one item. */
  readonly node: string;
  readonly edge: GraphQLObjectType;
}

const bare = (type: GraphQLOutputType): GraphQLOutputType => (isNonNullType(type) ? type.ofType : type);

/** What kind of page a type is (Relay's Cursor Connections); undefined for any other type. */
export function pageTypeOf(type: GraphQLOutputType | undefined): PageType | undefined {
  const page = type && bare(type);
  if (!isObjectType(page)) return undefined;
  const { edges, pageInfo } = page.getFields();
  const list = edges && bare(edges.type);
  if (pageInfo === undefined || !isListType(list)) return undefined;
  const edge = bare(list.ofType as GraphQLOutputType); // of an output type
  const node = isObjectType(edge) ? edge.getFields()['node'] : undefined;
  const item = node && bare(node.type);
  if (!isObjectType(edge) || item === undefined || !('name' in item)) return undefined;
  return { page, node: item.name, edge };
}
