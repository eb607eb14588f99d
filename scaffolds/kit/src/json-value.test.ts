import type { DataSource } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { filterOf } from './data/filter.ts';
import { openSchema } from './graphql/schema/schema.ts';
import { parseDocument } from './graphql/language/parse-document.ts';
import { variableProblems } from './graphql/validate/variable-values.ts';
import { fromXml } from './soap/values.ts';
import { parseXml } from './xml/index.ts';

/** As doubles both are 9007199254740992. */
const [BEFORE, ID] = [9_007_199_254_740_992n, 9_007_199_254_740_993n];

test('an element of a number has all the digits of a whole one', () => {
  expect(fromXml(parseXml(`<id> ${ID} </id>`), ':number', {})).toBe(ID);
  expect(fromXml(parseXml('<id>-12</id>'), ':number', {})).toBe(-12);
});

test('rows are told apart by the last digit of a long number', () => {
  const source = { columns: [{ key: 'id', type: 'integer' }] } as unknown as DataSource; // all that filters look at
  const rows = [{ id: BEFORE }, { id: ID }, { id: 7 }];
  const kept = (op: string): unknown[] =>
    rows.filter(filterOf(source, [{ column: 'id', op, value: String(ID) }])).map(({ id }) => id);
  expect([kept('equal'), kept('min'), kept('max')]).toEqual([[ID], [ID], [BEFORE, ID, 7]]);
});

test('a variable of GraphQL may be a long number where an ID or a Float is, and where an Int is it may not', () => {
  const schema = openSchema({ roots: {}, types: {}, directives: {} });
  const problems = (type: string): string[] => {
    const [operation] = parseDocument(`query ($a: ${type}) { a }`).operations;
    if (operation === undefined) throw new Error('one operation');
    return variableProblems(schema, operation, { a: ID });
  };
  expect([problems('ID'), problems('Float'), problems('Int').length]).toEqual([[], [], 1]);
});
