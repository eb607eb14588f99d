import type { GraphqlFacet } from '@counterpart/schemas';
import {
  buildASTSchema,
  getNamedType,
  isCompositeType,
  isRequiredArgument,
  parse,
  type GraphQLSchema,
} from 'graphql';
import { schemaText } from './engine.ts';

/** A subscription that the schema allows and that needs no argument; undefined where it has none. */
export function sampleSubscription(facet: GraphqlFacet): string | undefined {
  const schema: GraphQLSchema = buildASTSchema(parse(schemaText(facet), { noLocation: true }), {
    assumeValidSDL: true,
    assumeValid: true,
  });
  const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
  const free = fields.find(({ args }) => !args.some(isRequiredArgument));
  if (free === undefined) return undefined;
  const selection = isCompositeType(getNamedType(free.type)) ? ' { __typename }' : '';
  return `subscription { ${free.name}${selection} }`;
}
