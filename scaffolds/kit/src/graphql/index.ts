/** What readers and mirrors share with the kit about GraphQL; the kit itself imports the files below it when it needs them. */
export { nearest as nearestName } from '../validate/nearest.ts';
export {
  isListType,
  namedType,
  nullableType,
  type Document,
  type OperationDefinition,
  type Selection,
  type TypeReference,
  type Value,
} from './language/ast.ts';
export { parseDocument } from './language/parse-document.ts';
export type { EnumValue, FieldDefinition, InputDefinition, TypeDefinition } from './language/parse-type.ts';
export { printSelections, printType } from './language/print.ts';
export { connectionOf, type Connection } from './schema/connection.ts';
export { openSchema, type Schema } from './schema/schema.ts';
export { usualSelection } from './schema/usual-selection.ts';
export { validateDocument } from './validate/validate-document.ts';
