import type { Blueprint, DatabaseFacet, Operation, OperationLink } from '@counterpart/schemas';
import { chooseOperations } from '../../selection/choose.ts';
import { nameOperations } from '../name-lock.ts';
import { cutText, plainText } from '../openapi/text/text.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { parseCatalog } from './catalog.ts';
import { facetOf } from './facet.ts';
import { operationsOf } from './operations.ts';
import { typesOf } from './schemas.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'database@1';

/** From a row to the rows that its foreign keys name. */
function linked(
  operation: Operation,
  operations: readonly Operation[],
  { tables }: DatabaseFacet,
): Operation {
  const { database } = operation;
  if (database?.action !== 'get') return operation;
  const relations = tables.find(({ key }) => key === database.table)?.relations ?? [];
  const links = relations.flatMap(({ name, kind, table, columns, references }): OperationLink[] => {
    const target = operations.find((one) => one.database?.action === 'get' && one.database.table === table);
    const identity = tables.find(({ key }) => key === table)?.identity ?? [];
    const isWhole =
      identity.length === references.length && identity.every((key) => references.includes(key));
    if (kind !== 'one' || !isWhole) return [];
    const inputs = references.map((key, index): [string, string] => [
      key,
      `$response.body#/row/${columns[index] ?? ''}`,
    ]);
    return [
      {
        name,
        ...(target === undefined ? {} : { to: target.name }),
        status: '200',
        inputs: Object.fromEntries(inputs),
      },
    ];
  });
  return links.length === 0 ? operation : { ...operation, links };
}

/**
 * Compiles the catalog of a database into a blueprint: tools that list, get and summarise rows of each table, one for a
 * SELECT of the caller, and tools that write where they were asked for. Rejects with DATABASE_UNREADABLE.
 */
export async function readDatabase(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const catalog = parseCatalog(source.text, source.location);
  const { facet, omitted } = facetOf(catalog, { writable: options.writable === true });
  const plain = plainText(catalog.database).replaceAll(/\s+/g, ' ').trim();
  const title = plain === '' ? options.id : cutText(plain, 200);
  const all = nameOperations(
    operationsOf(facet),
    ({ database }) => `${database?.action ?? ''} ${database?.table ?? ''}`.trim(),
    await options.namesOf?.(title),
  );
  const { include = [] } = options;
  const chosen =
    include.length === 0 ? all.operations : chooseOperations(all.operations, { include }, source.location);
  const tables = new Set(chosen.flatMap(({ database }) => database?.table ?? []));
  const { version = catalog.engine } = catalog;
  const blueprint: Blueprint = {
    blueprint: 1,
    id: options.id,
    title,
    version: '',
    source: {
      kind: 'database',
      location: source.location,
      sha256: source.sha256,
      format: version,
      reader: READER,
      ...(include.length === 0 ? {} : { include: [...include] }),
    },
    servers: options.baseUrl === undefined ? [] : [{ url: options.baseUrl }],
    auth: { schemes: {}, default: [] },
    operations: chosen.map((operation) => linked(operation, chosen, facet)),
    types: Object.fromEntries(
      facet.tables.filter(({ key }) => tables.has(key)).flatMap((table) => typesOf(facet, table)),
    ),
    omitted: [...omitted],
    names: all.lock,
    database: facet,
  };
  return { blueprint, total: all.operations.length };
}
