import { ServerId, type Blueprint, type Operation } from '@counterpart/schemas';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { readGraphql } from './read.ts';

/** A source of this text, as if it came from a file of this name. */
export const sourceOf = (text: string, location = 'input.graphql'): SourceText => ({
  text,
  location,
  sha256: `sha256-${'0'.repeat(64)}`,
});

/** Reads a text as a GraphQL schema. */
export const readText = (
  text: string,
  options: Partial<ReadOptions> & { readonly location?: string } = {},
): Promise<ReadResult> => {
  const { location, ...rest } = options;
  return readGraphql(sourceOf(text, location), { id: ServerId.parse('test'), ...rest });
};

/** The operation of a name; throws for one that is not there. */
export function operationNamed({ operations }: Blueprint, name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (found !== undefined) return found;
  throw new TypeError(`no ${name} among ${operations.map((operation) => operation.name).join(', ')}`);
}

/** The documents of all tools of single fields. */
export const documentsOf = ({ operations }: Blueprint): string[] =>
  operations.flatMap(({ graphql }) => (graphql?.kind === 'field' ? [graphql.document] : []));
