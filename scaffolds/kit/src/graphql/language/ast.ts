/** Nodes of executable documents (GraphQL September 2025, section 2); `at` is the offset in the text. */

export type TypeReference =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'list'; readonly of: TypeReference }
  | { readonly kind: 'non-null'; readonly of: TypeReference };

export interface ObjectField {
  readonly name: string;
  readonly value: Value;
  readonly at: number;
}

export type Value =
  | {
      readonly kind: 'variable' | 'int' | 'float' | 'string' | 'boolean' | 'enum' | 'null';
      /** Of a variable its name, of a string its value, of all others what stands there. */
      readonly text: string;
      readonly at: number;
    }
  | { readonly kind: 'list'; readonly values: readonly Value[]; readonly at: number }
  | { readonly kind: 'object'; readonly fields: readonly ObjectField[]; readonly at: number };

export interface Argument {
  readonly name: string;
  readonly value: Value;
  readonly at: number;
}

export interface Directive {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly at: number;
}

export interface Field {
  readonly kind: 'field';
  readonly alias?: string;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly directives: readonly Directive[];
  /** Absent where no braces stand. */
  readonly selections?: readonly Selection[];
  readonly at: number;
}

export interface FragmentSpread {
  readonly kind: 'spread';
  readonly name: string;
  readonly directives: readonly Directive[];
  readonly at: number;
}

export interface InlineFragment {
  readonly kind: 'inline';
  readonly on?: string;
  readonly directives: readonly Directive[];
  readonly selections: readonly Selection[];
  readonly at: number;
}

export type Selection = Field | FragmentSpread | InlineFragment;

export type OperationKind = 'query' | 'mutation' | 'subscription';

export interface VariableDefinition {
  readonly name: string;
  readonly type: TypeReference;
  readonly default?: Value;
  readonly directives: readonly Directive[];
  readonly at: number;
}

export interface OperationDefinition {
  readonly kind: 'operation';
  readonly operation: OperationKind;
  readonly name?: string;
  readonly variables: readonly VariableDefinition[];
  readonly directives: readonly Directive[];
  readonly selections: readonly Selection[];
  readonly at: number;
}

export interface FragmentDefinition {
  readonly kind: 'fragment';
  readonly name: string;
  readonly on: string;
  readonly directives: readonly Directive[];
  readonly selections: readonly Selection[];
  readonly at: number;
}

export interface Document {
  readonly text: string;
  readonly operations: readonly OperationDefinition[];
  readonly fragments: readonly FragmentDefinition[];
}

/** Name at the bottom of lists and non-nulls. */
export function namedType(type: TypeReference): string {
  return type.kind === 'named' ? type.name : namedType(type.of);
}

/** The type without a `!` at its end. */
export const nullableType = (type: TypeReference): TypeReference =>
  type.kind === 'non-null' ? type.of : type;

export const isListType = (type: TypeReference): boolean => nullableType(type).kind === 'list';
