/** Keywords of JSON Schema 2020-12 that hold one schema. */
export const SCHEMA_IN: readonly string[] = [
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/** Those that hold a list of schemas. */
export const SCHEMAS_LISTED_IN: readonly string[] = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];

/** Those that hold schemas by name; `$defs`, which applies none of them, is not among them. */
export const SCHEMAS_NAMED_IN: readonly string[] = ['properties', 'patternProperties', 'dependentSchemas'];
