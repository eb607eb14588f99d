import type { FieldDefinition } from '../language/parse-type.ts';

/** What every service has without saying so (GraphQL September 2025, sections 3.5, 3.13 and 4). */

const scalars = Object.fromEntries(
  ['Int', 'Float', 'String', 'Boolean', 'ID'].map((name) => [name, `scalar ${name}`]),
);

export const BUILT_IN_TYPES: Readonly<Record<string, string>> = {
  ...scalars,
  __Schema: `type __Schema { description: String types: [__Type!]! queryType: __Type! mutationType: __Type
    subscriptionType: __Type directives: [__Directive!]! }`,
  __Type: `type __Type { kind: __TypeKind! name: String description: String specifiedByURL: String
    fields(includeDeprecated: Boolean = false): [__Field!] interfaces: [__Type!] possibleTypes: [__Type!]
    enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
    inputFields(includeDeprecated: Boolean = false): [__InputValue!] ofType: __Type isOneOf: Boolean }`,
  __TypeKind: 'enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }',
  __Field: `type __Field { name: String! description: String args(includeDeprecated: Boolean = false): [__InputValue!]!
    type: __Type! isDeprecated: Boolean! deprecationReason: String }`,
  __InputValue: `type __InputValue { name: String! description: String type: __Type! defaultValue: String
    isDeprecated: Boolean! deprecationReason: String }`,
  __EnumValue:
    'type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }',
  __Directive: `type __Directive { name: String! description: String isRepeatable: Boolean! locations: [__DirectiveLocation!]!
    args(includeDeprecated: Boolean = false): [__InputValue!]! }`,
  __DirectiveLocation: `enum __DirectiveLocation { QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD
    INLINE_FRAGMENT VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM
    ENUM_VALUE INPUT_OBJECT INPUT_FIELD_DEFINITION }`,
};

const CONDITION = '(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT';

export const BUILT_IN_DIRECTIVES: Readonly<Record<string, string>> = {
  include: `directive @include${CONDITION}`,
  skip: `directive @skip${CONDITION}`,
};

/** `__typename` stands on every composite type, the others on the query root. */
export const META_FIELDS: readonly FieldDefinition[] = [
  {
    name: '__typename',
    type: { kind: 'non-null', of: { kind: 'named', name: 'String' } },
    args: new Map(),
  },
  {
    name: '__schema',
    type: { kind: 'non-null', of: { kind: 'named', name: '__Schema' } },
    args: new Map(),
  },
  {
    name: '__type',
    type: { kind: 'named', name: '__Type' },
    args: new Map([
      ['name', { name: 'name', type: { kind: 'non-null', of: { kind: 'named', name: 'String' } } }],
    ]),
  },
];
