import type { Blueprint, DatabaseRelation, DatabaseTable, TranslatedJoin } from '@counterpart/schemas';
import type { TypeBook } from './type-book.ts';

/** Type of a root field's answer by the name of its tool. */
export type AnswerTypes = ReadonlyMap<string, string>;

const bare = (type: string | undefined): string => (type ?? '').replaceAll(/[[\]!]/g, '');

/**
 * Has rows lead to the rows that belong to them, where a database says by its foreign keys which do: fields are added to
 * the types of rows.
 */
export function addJoins(
  { database, operations }: Blueprint,
  book: TypeBook,
  answers: AnswerTypes,
): Record<string, TranslatedJoin> {
  const lists = new Map(
    operations.flatMap(({ name, database: call }): [string, { tool: string; row: string }][] => {
      const answer = answers.get(name);
      if (call?.action !== 'list' || call.table === undefined || answer === undefined) return [];
      return [[call.table, { tool: name, row: bare(book.fieldType(answer, 'rows')) }]];
    }),
  );
  const joins: Record<string, TranslatedJoin> = {};
  for (const { key, relations = [] } of database?.tables ?? [])
    for (const relation of relations) {
      const [own, other] = [lists.get(key), lists.get(relation.table)];
      if (own === undefined || other === undefined || !isTyped(database?.tables ?? [], relation)) continue;
      const { name, kind, columns, references } = relation;
      const type = kind === 'one' ? other.row : `[${other.row}]`;
      if (book.addField(own.row, name, type))
        joins[`${own.row}.${name}`] = {
          tool: other.tool,
          kind,
          columns: [...columns],
          references: [...references],
        };
    }
  return joins;
}

/** Rows are compared by values that are written in one way only. */
const COMPARED = new Set(['integer', 'bigint', 'text', 'uuid', 'date']);

const isTyped = (tables: readonly DatabaseTable[], { table, references }: DatabaseRelation): boolean => {
  const columns = tables.find(({ key }) => key === table)?.columns ?? [];
  return references.every((key) => columns.some((column) => column.key === key && COMPARED.has(column.kind)));
};
