import type {
  DatabaseColumn,
  DatabaseFacet,
  DatabaseRelation,
  DatabaseTable,
  Omission,
} from '@counterpart/schemas';
import { instructionIn, withoutInstructions } from '../openapi/text/instructions.ts';
import { shortDescription } from '../openapi/text/text.ts';
import type { Catalog, CatalogColumn, CatalogForeignKey, CatalogTable } from './catalog.ts';
import { distinctKeys, keyOf, mirrorNames, relationName } from './names.ts';

/** Characters of a comment that a tool's text may hold. */
const COMMENT_BUDGET = 300;
/** Checks of a table that are told of. */
const MOST_CHECKS = 30;

export interface FacetOptions {
  readonly writable: boolean;
}

interface Named {
  readonly table: CatalogTable;
  readonly key: string;
  /** Key of each column, by its name. */
  readonly keys: ReadonlyMap<string, string>;
  readonly mirrorName: string | undefined;
  /** Those of columns, by their names. */
  readonly mirrorNames: ReadonlyMap<string, string | undefined>;
}

const placeOf = ({ schema = '', name }: { schema?: string | undefined; name: string }): string =>
  JSON.stringify([schema, name]);

function named(tables: readonly CatalogTable[]): Named[] {
  const keys = distinctKeys(
    tables.map(({ schema, name }) => keyOf(schema === undefined ? name : `${schema}_${name}`, 'table')),
  );
  const mirrored = mirrorNames(
    tables.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)),
  );
  return tables.map((table, index) => {
    const others = mirrorNames(table.columns.map(({ name }) => name));
    const own = distinctKeys(table.columns.map(({ name }) => keyOf(name, 'column')));
    return {
      table,
      key: keys[index] ?? '',
      keys: new Map(table.columns.map(({ name }, at) => [name, own[at] ?? ''])),
      mirrorName: mirrored[index],
      mirrorNames: new Map(table.columns.map(({ name }, at) => [name, others[at]])),
    };
  });
}

function cleanComment(text: string | undefined): { readonly comment?: string } {
  const clean = text === undefined ? undefined : shortDescription(withoutInstructions(text), COMMENT_BUDGET);
  return clean === undefined || clean === '' ? {} : { comment: clean };
}

function columnOf(column: CatalogColumn, { keys, mirrorNames: mirrored }: Named): DatabaseColumn {
  const { name, kind, items, type, nullable, hasDefault, generated, values, maxLength, comment } = column;
  const { default: constant, defaultNow } = column;
  const mirrorName = mirrored.get(name);
  return {
    name,
    ...(mirrorName === undefined ? {} : { mirrorName }),
    key: keys.get(name) ?? '',
    kind,
    ...(items === undefined ? {} : { items }),
    type,
    nullable,
    ...(hasDefault === true ? { hasDefault } : {}),
    ...(constant === undefined ? {} : { default: constant }),
    ...(defaultNow === true ? { defaultNow } : {}),
    ...(generated === true ? { generated } : {}),
    ...(values === undefined ? {} : { values }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...cleanComment(comment),
  };
}

/** The primary key, or the first unique key that no row can leave empty. */
function identityOf({ primaryKey, unique, columns }: CatalogTable): readonly string[] {
  if (primaryKey.length > 0) return primaryKey;
  const isGiven = (name: string): boolean =>
    columns.some((column) => column.name === name && !column.nullable);
  return unique.find((names) => names.length > 0 && names.every(isGiven)) ?? [];
}

const keysOf = ({ keys }: Named, names: readonly string[]): string[] =>
  names.flatMap((name) => keys.get(name) ?? []);

/** A foreign key whose both ends are there. */
interface Arrow {
  readonly from: Named;
  readonly to: Named;
  readonly foreign: CatalogForeignKey;
}

function arrowsOf(tables: readonly Named[]): Arrow[] {
  const byPlace = new Map(tables.map((one) => [placeOf(one.table), one]));
  return tables.flatMap((from) =>
    from.table.foreignKeys.flatMap((foreign): Arrow[] => {
      const to = byPlace.get(placeOf({ schema: foreign.schema, name: foreign.table }));
      const isWhole =
        to !== undefined &&
        foreign.columns.length === foreign.references.length &&
        foreign.columns.every((name) => from.keys.has(name)) &&
        foreign.references.every((name) => to.keys.has(name));
      return isWhole ? [{ from, to, foreign }] : [];
    }),
  );
}

function relationsOf(own: Named, arrows: readonly Arrow[]): DatabaseRelation[] {
  const found = [
    ...arrows
      .filter(({ from }) => from === own)
      .map(({ from, to, foreign }): DatabaseRelation => {
        const columns = keysOf(from, foreign.columns);
        return {
          name: relationName(columns, to.key),
          kind: 'one',
          table: to.key,
          columns,
          references: keysOf(to, foreign.references),
          ...(foreign.name === undefined ? {} : { constraint: foreign.name }),
        };
      }),
    ...arrows
      .filter(({ to }) => to === own)
      .map(({ from, to, foreign }, _, all): DatabaseRelation => {
        const columns = keysOf(from, foreign.columns);
        const isOnly = all.filter((other) => other.from === from).length === 1;
        return {
          name: isOnly ? from.key : `${from.key}_by_${columns.join('_')}`,
          kind: 'many',
          table: from.key,
          columns: keysOf(to, foreign.references),
          references: columns,
          ...(foreign.name === undefined ? {} : { constraint: foreign.name }),
        };
      }),
  ];
  const names = distinctKeys(found.map(({ name }) => keyOf(name, 'relation')));
  return found.map((relation, index) => ({ ...relation, name: names[index] ?? relation.name }));
}

function tableOf(own: Named, arrows: readonly Arrow[]): DatabaseTable {
  const { table, key, mirrorName } = own;
  const identity = identityOf(table);
  const relations = relationsOf(own, arrows);
  const unique = table.unique.filter((names) => names !== identity).map((names) => keysOf(own, names));
  return {
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    name: table.name,
    ...(mirrorName === undefined ? {} : { mirrorName }),
    key,
    kind: table.kind,
    ...cleanComment(table.comment),
    columns: table.columns.map((column) => columnOf(column, own)),
    identity: keysOf(own, identity),
    ...(unique.length === 0 ? {} : { unique }),
    ...(relations.length === 0 ? {} : { relations }),
    ...(table.checks.length === 0 ? {} : { checks: table.checks.slice(0, MOST_CHECKS) }),
    ...(table.rows === undefined ? {} : { rows: table.rows }),
  };
}

const omission = (
  table: CatalogTable,
  one: Pick<Omission, 'code' | 'severity' | 'reason'>,
  name = '',
): Omission => ({
  ...one,
  subject: [table.schema, table.name, name].filter((part) => part !== undefined && part !== '').join('.'),
  source: { pointer: `#/tables/${table.name.replaceAll('~', '~0').replaceAll('/', '~1')}` },
});

/** What of a table is not as a tool would want it. */
function omissionsOf({ table }: Named, isKnown: (foreign: CatalogForeignKey) => boolean): Omission[] {
  const texts = [table.comment, ...table.columns.map(({ comment }) => comment)];
  const instruction = texts.flatMap((text) => (text === undefined ? [] : (instructionIn(text) ?? [])))[0];
  return [
    ...(table.columns.length === 0
      ? [
          omission(table, {
            code: 'schema-unusable',
            severity: 'operation',
            reason: 'It has no column that may be read.',
          }),
        ]
      : []),
    ...(table.kind === 'table' && identityOf(table).length === 0 && table.columns.length > 0
      ? [
          omission(table, {
            code: 'not-a-tool',
            severity: 'part',
            reason:
              'It has no primary or unique key, so single rows cannot be named: no tool gets, changes or removes one.',
          }),
        ]
      : []),
    ...table.columns
      .filter(({ kind, type }) => kind === 'other' && type !== 'any')
      .map(({ name, type }) =>
        omission(
          table,
          {
            code: 'guessed',
            severity: 'notice',
            reason: `Its type ${type.slice(0, 80)} is passed on as the text that the database writes.`,
          },
          name,
        ),
      ),
    ...table.foreignKeys
      .filter((foreign) => !isKnown(foreign))
      .map((foreign) =>
        omission(
          table,
          {
            code: 'reference-missing',
            severity: 'part',
            reason: `It refers to ${foreign.table}, which may not be read or is not there.`,
          },
          foreign.columns.join(', '),
        ),
      ),
    ...(instruction === undefined
      ? []
      : [
          omission(table, {
            code: 'instructions-in-text',
            severity: 'notice',
            reason: `A comment speaks to the model: “${instruction.slice(0, 120)}”.`,
          }),
        ]),
  ];
}

/** The facet of a catalog: keys that tools can use, relations from both ends of each foreign key, and what was lost. */
export function facetOf(
  catalog: Catalog,
  { writable }: FacetOptions,
): { readonly facet: DatabaseFacet; readonly omitted: readonly Omission[] } {
  const all = named(catalog.tables);
  const usable = all.filter(({ table }) => table.columns.length > 0);
  const arrows = arrowsOf(usable);
  const known = new Set(arrows.map(({ foreign }) => foreign));
  const { engine, version, host, location } = catalog;
  return {
    facet: {
      engine,
      ...(version === undefined ? {} : { version }),
      ...(location === undefined ? {} : { location }),
      ...(host === undefined ? {} : { host }),
      writable,
      tables: usable.map((own) => tableOf(own, arrows)),
    },
    omitted: all.flatMap((own) => omissionsOf(own, (foreign) => known.has(foreign))),
  };
}
