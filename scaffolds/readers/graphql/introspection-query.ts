/** Lists of lists of non-nulls: as deep as types of services are in practice. */
const DEPTH = 8;

const reference = (depth: number): string =>
  depth === 0 ? 'kind name' : `kind name ofType { ${reference(depth - 1)} }`;

/**
 * The question for a service's whole schema (GraphQL September 2025, section 4). `new` asks for what was added since 2018
 * too: deprecated inputs, specifications of scalars, OneOf inputs, repeatable directives.
 */
export function introspectionQuery(level: 'new' | 'old'): string {
  const isNew = level === 'new';
  const deprecated = isNew ? '(includeDeprecated: true)' : '';
  const reasons = isNew ? 'isDeprecated deprecationReason' : '';
  return `query Introspection {
  __schema {
    ${isNew ? 'description' : ''}
    queryType { name } mutationType { name } subscriptionType { name }
    types { ...Type }
    directives { name description ${isNew ? 'isRepeatable' : ''} locations args${deprecated} { ...Input } }
  }
}
fragment Type on __Type {
  kind name description ${isNew ? 'specifiedByURL isOneOf' : ''}
  fields(includeDeprecated: true) { name description args${deprecated} { ...Input } type { ...Reference } isDeprecated deprecationReason }
  inputFields${deprecated} { ...Input }
  interfaces { ...Reference }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...Reference }
}
fragment Input on __InputValue { name description type { ...Reference } defaultValue ${reasons} }
fragment Reference on __Type { ${reference(DEPTH)} }`;
}
