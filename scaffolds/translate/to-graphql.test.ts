import { readFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { ServerId, ToolDefinition, type Json, type JsonObject } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { createMirror } from '../mirror/mirror.ts';
import { graphqlText, toGraphql } from './to-graphql.ts';

const tool = (definition: object): ToolDefinition => ToolDefinition.parse(definition);

const NOTES = [
  tool({
    name: 'read.note',
    description: 'Reads "one" note.',
    annotations: { readOnlyHint: true },
    inputSchema: {
      type: 'object',
      properties: {
        id: { $ref: '#/$defs/Id' },
        'page[size]': { type: 'integer', minimum: 1, maximum: 100, default: 10 },
        order: { type: 'string', enum: ['newest', 'oldest'] },
        odd: { type: 'string', enum: ['a b', 'c'] },
      },
      required: ['id', 'page[size]'],
      $defs: { Id: { type: 'string' } },
    },
    outputSchema: {
      type: 'object',
      properties: {
        note: { anyOf: [{ $ref: '#/$defs/note' }, { type: 'null' }] },
        count: { type: 'integer' },
      },
      $defs: {
        note: {
          type: 'object',
          properties: {
            text: { type: ['string', 'null'] },
            replies: { type: 'array', items: { $ref: '#/$defs/note' } },
            score: { type: ['number', 'string'] },
            mixed: { oneOf: [{ type: 'string' }, { type: 'object' }] },
          },
        },
      },
    },
  }),
  tool({
    name: 'add_note',
    inputSchema: {
      type: 'object',
      properties: {
        body: {
          allOf: [
            { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
            { properties: { tags: { type: 'array', items: { type: 'string' } } } },
          ],
        },
        open: { type: 'object' },
      },
      required: ['body'],
    },
  }),
];

const text = (tools: readonly ToolDefinition[]): string =>
  graphqlText({ server: 'notes', tools, blueprint: undefined }).text;

test('tools that read are queries, the others mutations; every argument and answer has the type of its schema', () => {
  expect(text(NOTES).split('\n\n').slice(3).join('\n\n')).toBe(
    `enum ReadNoteOrder {
  newest
  oldest
}

type ReadNoteAnswer {
  note: Note
  count: Long
}

type Note {
  text: String
  replies: [Note]
  score: Decimal
  mixed: JSON
}

input AddNoteBodyInput {
  text: String!
  tags: [String]
}

type Query {
  "Reads \\"one\\" note." read_note(id: String!, page_size_: Int, order: ReadNoteOrder, odd: String): ReadNoteAnswer
}

type Mutation {
  add_note(body: AddNoteBodyInput!, open: JSON): JSON
}`,
  );
});

test('a server that only does things has a query all the same, and one without tools is refused', async () => {
  expect(text([NOTES[1] ?? tool({})])).toContain(
    'type Query {\n  "The server that answers." server: String\n}',
  );
  const nothing = { server: 'notes', tools: [], blueprint: undefined };
  await expect(toGraphql(nothing, ServerId.parse('notes'))).rejects.toMatchObject({
    code: 'TRANSLATION_EMPTY',
  });
});

type Called = readonly [tool: string, args: JsonObject];

/** Asks the twin of some tools, answered by `answer`; what was called, and what came. */
async function asked(
  translated: Parameters<typeof toGraphql>[0],
  query: string,
  answer: (...called: Called) => Json,
): Promise<{ calls: Called[]; body: JsonObject }> {
  const blueprint = await toGraphql(translated, ServerId.parse('twin'));
  expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
  const calls: Called[] = [];
  const mirror = createMirror(blueprint, {
    call: (name, args) => {
      calls.push([name, args]);
      return Promise.resolve(answer(name, args));
    },
  });
  const response = await mirror.fetch(
    new Request('http://twin.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    }),
  );
  return { calls, body: (await response.json()) as JsonObject };
}

test('a document calls the tools of its root fields, by their own names and keys', async () => {
  const notes = { server: 'notes', tools: NOTES, blueprint: undefined };
  const query =
    '{ read_note(id: "7", page_size_: 5, order: null) { note { text replies { text } mixed } count } }';
  const note = { text: 'a', replies: [{ text: 'b', hidden: 1 }], mixed: { any: [1] }, extra: true };
  const { calls, body } = await asked(notes, query, () => ({ note, count: 2 ** 40 }));
  expect(calls).toEqual([['read.note', { id: '7', 'page[size]': 5 }]]);
  expect(body).toEqual({
    data: {
      read_note: { note: { text: 'a', replies: [{ text: 'b' }], mixed: { any: [1] } }, count: 2 ** 40 },
    },
  });
  const wrong = await asked(notes, '{ read_note { count } }', () => null);
  expect([wrong.calls, JSON.stringify(wrong.body)]).toEqual([[], expect.stringContaining('is required')]);
});

test('what a tool refuses stands in the errors, with its code', async () => {
  const { body } = await asked(
    { server: 'n', tools: NOTES, blueprint: undefined },
    'mutation { add_note(body: { text: "x" }) }',
    () => {
      throw new TypeError('broken');
    },
  );
  expect(body).toMatchObject({ data: { add_note: null }, errors: [{ extensions: { code: 'INTERNAL' } }] });
});

test('more calls than a document may cause are refused', async () => {
  const many = Array.from({ length: 101 }, (_, at) => `a${at}: read_note(id: "${at}") { count }`).join(' ');
  const { calls, body } = await asked(
    { server: 'n', tools: NOTES, blueprint: undefined },
    `{ ${many} }`,
    () => ({ count: 1 }),
  );
  expect([calls.length, JSON.stringify(body)]).toEqual([100, expect.stringContaining('TOO_MANY_CALLS')]);
});

const shop = (): Parameters<typeof toGraphql>[0] => {
  const file = new URL('../golden/database/shop/expected.json', import.meta.url);
  const blueprint = Blueprint.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { server: 'shop', tools: listTools(blueprint), blueprint };
};

test('rows of a database lead to the rows that belong to them: one call for all that ask, each page of its answer', async () => {
  const query = '{ list_orders(limit: 3) { rows { id customer { name orders_by_customer_id { id } } } } }';
  const { calls, body } = await asked(shop(), query, (name, { cursor, filters }) => {
    if (name === 'list_customers')
      return {
        rows: [
          { id: '2', name: 'Bob' },
          { id: '1', name: 'Ada' },
        ],
      };
    const rows = [
      { id: '1', customer_id: '2' },
      { id: '2', customer_id: '1' },
      { id: '3', customer_id: '2' },
    ];
    if (filters === undefined) return { rows };
    return cursor === undefined ? { rows: rows.slice(0, 2), next_cursor: 'more' } : { rows: rows.slice(2) };
  });
  const bob = { name: 'Bob', orders_by_customer_id: [{ id: '1' }, { id: '3' }] };
  const ada = { name: 'Ada', orders_by_customer_id: [{ id: '2' }] };
  expect(body).toEqual({
    data: {
      list_orders: {
        rows: [
          { id: '1', customer: bob },
          { id: '2', customer: ada },
          { id: '3', customer: bob },
        ],
      },
    },
  });
  const of = (column: string): JsonObject => ({
    filters: [{ column, op: 'one_of', values: ['2', '1'] }],
    limit: 1000,
  });
  expect(calls).toEqual([
    ['list_orders', { limit: 3 }],
    ['list_customers', of('id')],
    ['list_orders', of('customer_id')],
    ['list_orders', { ...of('customer_id'), cursor: 'more' }],
  ]);
});

test('a row without the column that leads on says what to leave alone, and one that holds nothing leads nowhere', async () => {
  const query = '{ list_orders { rows { id customer { name } } } }';
  const { calls, body } = await asked(shop(), query, () => ({
    rows: [{ id: 1 }, { id: 2, customer_id: null }],
  }));
  expect(calls).toHaveLength(1);
  expect(body).toMatchObject({
    data: {
      list_orders: {
        rows: [
          { id: '1', customer: null },
          { id: '2', customer: null },
        ],
      },
    },
    errors: [
      {
        message: expect.stringContaining('needs customer_id') as unknown,
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ],
  });
});
