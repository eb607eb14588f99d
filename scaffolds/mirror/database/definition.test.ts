import { DatabaseSync } from 'node:sqlite';
import type { DatabaseFacet } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { mirrorStatements } from './definition.ts';
import { createSeeds } from './seeds.ts';

test('tables and columns that a database tells apart by their case are tables and columns of their own in its mirror', () => {
  const column = { kind: 'integer', type: 'int', nullable: false } as const;
  const columns = [
    { ...column, name: 'ID', key: 'id' },
    { ...column, name: 'id', mirrorName: 'id (2)', key: 'id_2' },
  ];
  const facet: DatabaseFacet = {
    engine: 'postgresql',
    writable: false,
    tables: [
      { name: 'Case', key: 'case', kind: 'table', columns, identity: ['id'] },
      { name: 'case', mirrorName: 'case (2)', key: 'case_2', kind: 'table', columns, identity: ['id_2'] },
    ],
  };
  const database = new DatabaseSync(':memory:');
  for (const { text, params } of mirrorStatements(facet, createSeeds(facet, { seed: 1, rows: 3 })))
    database.prepare(text).run(...params);
  const names = database
    .prepare('SELECT "ID", "id (2)" FROM "Case" UNION SELECT * FROM "case (2)"')
    .columns();
  expect(names.map(({ name }) => name)).toEqual(['ID', 'id (2)']);
});
