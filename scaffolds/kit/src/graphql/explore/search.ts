import type { GraphqlOperationKind } from '@counterpart/schemas';
import type { FieldDefinition, TypeDefinition } from '../language/parse-type.ts';
import type { Schema } from '../schema/schema.ts';
import { fitted } from './fitted.ts';
import { routesOf } from './routes.ts';
import { fieldText, headText, remark } from './signature.ts';
import { searchWords } from './words.ts';

/** What can be found: a type, or a field of one. */
interface Entry {
  readonly type: TypeDefinition;
  readonly field?: FieldDefinition;
  readonly operation?: GraphqlOperationKind;
  /** The first word of its own name. */
  readonly first: string | undefined;
  readonly names: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

interface Index {
  readonly entries: readonly Entry[];
  /** How many entries have a word. */
  readonly counts: ReadonlyMap<string, number>;
}

/** What is looked at; `type` are the types that answers are made of. */
export type SearchKind = 'any' | GraphqlOperationKind | 'type' | 'input' | 'enum';

const indexes = new WeakMap<Schema, Index>();

function operationsByType(schema: Schema): ReadonlyMap<string, GraphqlOperationKind> {
  const kinds: readonly GraphqlOperationKind[] = ['query', 'mutation', 'subscription'];
  return new Map(
    kinds.flatMap((kind) => {
      const root = schema.root(kind);
      return root === undefined ? [] : [[root.name, kind] as const];
    }),
  );
}

function entriesOf(type: TypeDefinition, operation: GraphqlOperationKind | undefined): Entry[] {
  const own = searchWords(type.name);
  const telling = [...type.fields.values()].filter(({ name }) => name !== 'clientMutationId');
  const fields = telling.map((field): Entry => {
    const words = searchWords(field.name);
    const names = new Set([...words, ...(operation === undefined ? own : [operation])]);
    const all = new Set([...names, ...searchWords(field.description ?? '')]);
    return { type, field, first: words[0], names, all, ...(operation === undefined ? {} : { operation }) };
  });
  if (operation !== undefined) return fields;
  const words = new Set([...own, ...searchWords(type.description ?? '')]);
  return [{ type, first: own[0], names: new Set(own), all: words }, ...fields];
}

function indexOf(schema: Schema): Index {
  const known = indexes.get(schema);
  if (known !== undefined) return known;
  const roots = operationsByType(schema);
  const entries = schema.names.flatMap((name) => {
    const type = schema.type(name);
    return type === undefined ? [] : entriesOf(type, roots.get(name));
  });
  const counts = new Map<string, number>();
  for (const { all } of entries) for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  const index = { entries, counts };
  indexes.set(schema, index);
  return index;
}

function isOfKind({ type, field, operation }: Entry, kind: SearchKind): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'query':
    case 'mutation':
    case 'subscription':
      return operation === kind;
    case 'type':
      return operation === undefined && ['object', 'interface', 'union'].includes(type.kind);
    case 'input':
      return type.kind === 'input';
    case 'enum':
      return type.kind === 'enum' && field === undefined;
  }
}

/** Rare words weigh more, words of a name more than words of a text, operations and types more than fields. */
function score(entry: Entry, words: readonly string[], { counts, entries }: Index): number {
  let sum = 0;
  let met = 0;
  for (const word of words) {
    if (!entry.all.has(word)) continue;
    met += 1;
    const rarity = Math.log(1 + entries.length / (counts.get(word) ?? 1));
    sum += rarity * (entry.names.has(word) ? 3 : 1);
  }
  if (met === 0) return 0;
  const coverage = (met / words.length) ** 2;
  const place = entry.operation === undefined ? (entry.field === undefined ? 1.2 : 0.8) : 2;
  const extra = entry.names.size - words.filter((word) => entry.names.has(word)).length;
  // Who begins with a verb means what does it.
  const isDeed = entry.operation !== undefined && entry.first === words[0] ? 2 : 1;
  const isOld = entry.field?.deprecated === undefined ? 1 : 0.5;
  // What goes in and out of a mutation is found through the mutation.
  const isEnvelope = /(?:Input|Payload|Edge|Connection)$/.test(entry.type.name) ? 0.4 : 1;
  return (sum * coverage * place * isDeed * isOld * isEnvelope) / (1 + extra * 0.12);
}

function lineOf({ type, field, operation }: Entry, schema: Schema): string {
  if (field === undefined) {
    const route = routesOf(schema).get(type.name);
    return `${headText(type)}${route === undefined ? '' : `  via ${route}`}${remark(type.description, 90)}`;
  }
  const route = operation === undefined ? routesOf(schema).get(type.name) : undefined;
  return `${type.name}.${fieldText(field)}${route === undefined ? '' : `  via ${route}`}${remark(field.description, 90)}`;
}

/** Fields and types that fit the words, best first, within the bytes of one step. */
export function searchSchema(
  schema: Schema,
  query: string,
  { kind, skip }: { kind: SearchKind; skip: number },
): string {
  const index = indexOf(schema);
  const words = [...new Set(searchWords(query))].slice(0, 16);
  const found = index.entries
    .filter((entry) => isOfKind(entry, kind))
    .map((entry) => ({ entry, points: score(entry, words, index) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points);
  if (found.length === 0)
    return `Nothing in the schema has the words ${JSON.stringify(query.slice(0, 80))}. Try others, or fewer.`;
  const lines = found.slice(skip, skip + 25).map(({ entry }) => lineOf(entry, schema));
  return fitted({ head: [], lines, skip, total: found.length, next: 'describe_type tells more of one.' });
}
