import type { Document, FragmentDefinition, OperationDefinition, TypeReference } from '../language/ast.ts';
import type { Schema } from '../schema/schema.ts';

/** Why a service would refuse a document. */
export interface DocumentProblem {
  readonly message: string;
  /** Offset in the text. */
  readonly at: number;
}

/** A variable where a value of some type is wanted. */
export interface VariableUse {
  readonly name: string;
  /** Absent inside a custom scalar, where anything may stand. */
  readonly type?: TypeReference;
  /** The place has a default of its own. */
  readonly hasDefault: boolean;
  /** The place is a member of a OneOf input object. */
  readonly inOneOf: boolean;
  readonly at: number;
}

export type Definition = OperationDefinition | FragmentDefinition;

/** What one check of a document works with. */
export interface Checking {
  readonly schema: Schema;
  readonly document: Document;
  readonly fragments: ReadonlyMap<string, FragmentDefinition>;
  readonly report: (message: string, at: number) => void;
  /** Variables and fragments that a definition uses itself. */
  readonly uses: Map<Definition, VariableUse[]>;
  readonly spreads: Map<Definition, Set<string>>;
}

/** Names that stand more than once, each with the place of its second one. */
export function repeated<Named extends { readonly at: number }>(
  items: readonly Named[],
  nameOf: (item: Named) => string,
): { name: string; at: number }[] {
  const seen = new Set<string>();
  return items.flatMap((item) => {
    const name = nameOf(item);
    if (seen.has(name)) return [{ name, at: item.at }];
    seen.add(name);
    return [];
  });
}
