import { GraphQLError, Kind, parse, parseConstValue, type DocumentNode } from 'graphql';
import { hubError, JsonValue, type GraphqlFacet } from '@counterpart/schemas';
import type { SourceText } from '../../source.ts';
import { collectDefinitions, type Definitions } from './definitions.ts';
import { introspectionText, schemaMember } from './introspection.ts';
import { createLosses, type Losses } from './losses.ts';
import { printDirective, printType } from './print.ts';
import { repairDefinitions } from './repair.ts';
import { reportInstructions } from './suspicion.ts';

/** A source, read: what it defines, the same as a facet of the blueprint, and what was lost on the way. */
export interface SchemaSource {
  /** `graphql schema` or `graphql introspection`. */
  readonly format: string;
  readonly definitions: Definitions;
  readonly facet: Omit<GraphqlFacet, 'path'>;
  readonly losses: Losses;
}

/** Tokens of a description; the largest public schemas have a tenth of it. */
const MOST_TOKENS = 5_000_000;

const refused = (source: SourceText, detail: string, cause?: unknown): Error =>
  hubError('SCHEMA_UNREADABLE', { source: source.location, detail }, { cause });

function isLiteral(text: string): boolean {
  try {
    parseConstValue(text);
    return true;
  } catch {
    return false;
  }
}

function parseText(text: string, source: SourceText): DocumentNode {
  try {
    return parse(text, { maxTokens: MOST_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError) {
      const [place] = error.locations ?? [];
      const where = place === undefined ? '' : ` at line ${place.line}, column ${place.column}`;
      throw refused(
        source,
        `${error.message.replace(/^Syntax Error: /, '').replace(/\.$/, '')}${where}`,
        error,
      );
    }
    // The parser recurses: a text nested without measure ends its stack, not the build.
    if (error instanceof RangeError) throw refused(source, 'it is nested too deeply', error);
    throw error;
  }
}

function textOf(source: SourceText): { readonly text: string; readonly isOwn: boolean } {
  if (!/^\s*[{[]/.test(source.text)) return { text: source.text, isOwn: true };
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch (error) {
    throw refused(source, 'it begins as JSON and is not; is it cut off?', error);
  }
  const schema = schemaMember(JsonValue.parse(value));
  if (schema === undefined) throw refused(source, 'it is JSON without the `__schema` of an introspection');
  return { text: introspectionText(schema, isLiteral), isOwn: false };
}

/**
 * Reads the text of a schema or of an introspection result. Throws SCHEMA_UNREADABLE with the place; a reference that
 * leads nowhere costs only what needs it.
 */
export function parseSchema(source: SourceText): SchemaSource {
  const { text, isOwn } = textOf(source);
  if (text.trim() === '') throw refused(source, 'it defines nothing');
  const document = parseText(text, source);
  const losses = createLosses(isOwn);
  const strangers = document.definitions.filter(
    ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
  );
  if (strangers.length === document.definitions.length)
    throw refused(source, 'it holds queries and no types; give the schema they are for');
  const definitions = repairDefinitions(collectDefinitions(document, losses), losses);
  reportInstructions(definitions, losses);
  const types = [...definitions.types].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const directives = [...definitions.directives].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    format: isOwn ? 'graphql schema' : 'graphql introspection',
    definitions,
    losses,
    facet: {
      roots: definitions.roots,
      types: Object.fromEntries(types.map(([name, type]) => [name, printType(type)])),
      directives: Object.fromEntries(directives.map(([name, node]) => [name, printDirective(node)])),
    },
  };
}
