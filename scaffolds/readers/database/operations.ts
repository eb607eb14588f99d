import {
  ToolName,
  type DatabaseCall,
  type DatabaseFacet,
  type DatabaseTable,
  type Effect,
  type HttpBinding,
  type Json,
  type JsonObject,
  type JsonSchema,
  type Operation,
} from '@counterpart/schemas';
import { withoutInstructions } from '../openapi/text/instructions.ts';
import { plainText } from '../openapi/text/text.ts';
import { tableNouns } from './names.ts';
import { givenSchema, neededColumns, typeNames } from './schemas.ts';

type Action = DatabaseCall['action'];
type Binding = HttpBinding['parameters'][number];

/** Columns that a description names. */
const MOST_NAMED = 30;

const reference = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` });

const listOf = (schema: JsonObject, description: string): JsonObject => ({
  type: 'array',
  items: schema,
  description,
});

const limit = (usual: number): JsonObject => ({
  type: 'integer',
  minimum: 1,
  maximum: 1_000,
  description: `${usual} unless given.`,
});

const query = (key: string, style: 'form' | 'content' = 'form'): Binding => ({
  key,
  name: key,
  in: 'query',
  style,
  explode: true,
  required: false,
  ...(style === 'content' ? { contentType: 'application/json' } : {}),
});

interface Shape {
  readonly effect: Effect;
  readonly idempotent: boolean;
  readonly method: string;
  readonly path: string;
  readonly properties: JsonObject;
  readonly required: readonly string[];
  readonly parameters: readonly Binding[];
  readonly body?: JsonObject;
  readonly output: JsonSchema;
  readonly description: string;
}

const identityProperties = ({ columns, identity }: DatabaseTable): JsonObject =>
  Object.fromEntries(
    identity.map((key) => {
      const column = columns.find((one) => one.key === key);
      return [key, column === undefined ? { type: 'string' } : givenSchema(column)];
    }),
  );

const identityParameters = ({ identity }: DatabaseTable): Binding[] =>
  identity.map((key) => ({ key, name: key, in: 'path', style: 'simple', explode: false, required: true }));

const rowsPath = ({ key }: DatabaseTable): string => `/rows/${key}`;
const rowPath = (table: DatabaseTable): string =>
  `${rowsPath(table)}${table.identity.map((key) => `/{${key}}`).join('')}`;

const rowOrNull = (table: DatabaseTable): JsonObject => ({
  anyOf: [reference(typeNames(table).row), { type: 'null' }],
});

/** A name that tools had to change, as the database has it. */
const given = ({ name, key }: { readonly name: string; readonly key: string }): string =>
  name === key ? '' : plainText(withoutInstructions(name)).replaceAll(/\s+/g, ' ').slice(0, 60).trim();

/** The name of a table for its tools, and the one it has where that says more. */
function titled({ schema, name, key }: DatabaseTable): string {
  const own = given({ name: schema === undefined ? name : `${schema}.${name}`, key });
  return own === '' || own.replace('.', '_') === key ? key : `${key} (“${own}”)`;
}

function columnsText({ columns }: DatabaseTable): string {
  const named = columns.slice(0, MOST_NAMED).map((column) => {
    const notes = [given(column), column.kind === 'text' ? '' : column.kind].filter((note) => note !== '');
    return notes.length === 0 ? column.key : `${column.key} (${notes.join(', ')})`;
  });
  const more = columns.length - named.length;
  return `Columns: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

const told = ({ comment }: DatabaseTable): string =>
  comment === undefined ? '' : ` ${/[.!?]$/.test(comment) ? comment : `${comment}.`}`;

function listShape(table: DatabaseTable): Shape {
  const { row, column, filters } = typeNames(table);
  return {
    effect: 'read',
    idempotent: true,
    method: 'GET',
    path: rowsPath(table),
    properties: {
      filters: { ...reference(filters), description: 'Only rows for which all of these hold.' },
      sort_by: reference(column),
      descending: { type: 'boolean' },
      fields: listOf(reference(column), 'Only these columns.'),
      limit: limit(50),
      cursor: { type: 'string', description: 'next_cursor of the answer before.' },
    },
    required: [],
    parameters: [
      query('filters', 'content'),
      query('sort_by'),
      query('descending'),
      query('fields'),
      query('limit'),
      query('cursor'),
    ],
    output: {
      type: 'object',
      properties: { rows: { type: 'array', items: reference(row) }, next_cursor: { type: 'string' } },
      required: ['rows'],
    },
    description: `Rows of the ${table.kind} ${titled(table)}, filtered, sorted and a page at a time.${told(table)} ${columnsText(table)}`,
  };
}

function getShape(table: DatabaseTable): Shape {
  const names = (table.relations ?? []).map(({ name }) => name);
  const follow: JsonObject =
    names.length === 0
      ? {}
      : {
          with: listOf(
            { type: 'string', enum: names },
            'Rows of other tables that belong to it and come along.',
          ),
        };
  return {
    effect: 'read',
    idempotent: true,
    method: 'GET',
    path: rowPath(table),
    properties: { ...identityProperties(table), ...follow },
    required: table.identity,
    parameters: [...identityParameters(table), ...(names.length === 0 ? [] : [query('with')])],
    output: {
      type: 'object',
      properties: { row: rowOrNull(table), ...(names.length === 0 ? {} : { related: { type: 'object' } }) },
      required: ['row'],
    },
    description: `The row of ${titled(table)} with this ${table.identity.join(' and ')}; row is null where there is none.${told(table)}`,
  };
}

function summarizeShape(table: DatabaseTable): Shape {
  const { column, filters } = typeNames(table);
  return {
    effect: 'read',
    idempotent: true,
    method: 'GET',
    path: `/summaries/${table.key}`,
    properties: {
      group_by: listOf(reference(column), 'Columns whose values make the groups; none: one group of all.'),
      columns: listOf(reference(column), 'Columns to give sum, avg, min and max of.'),
      filters: { ...reference(filters), description: 'Only rows for which all of these hold.' },
      limit: limit(50),
    },
    required: [],
    parameters: [query('group_by'), query('columns'), query('filters', 'content'), query('limit')],
    output: {
      type: 'object',
      properties: {
        groups: {
          type: 'array',
          items: {
            type: 'object',
            properties: { group: { type: 'object' }, count: { type: 'integer' }, of: { type: 'object' } },
            required: ['group', 'count'],
          },
        },
        more: { type: 'boolean' },
      },
      required: ['groups'],
    },
    description: `How many rows ${titled(table)} has, in all or by groups, the largest first, with sum, avg, min and max of columns. ${columnsText(table)}`,
  };
}

function insertShape(table: DatabaseTable): Shape {
  const needed = neededColumns(table);
  const body: JsonObject = reference(typeNames(table).written);
  return {
    effect: 'write',
    idempotent: false,
    method: 'POST',
    path: rowsPath(table),
    properties: { body },
    required: ['body'],
    parameters: [],
    body,
    output: { type: 'object', properties: { row: rowOrNull(table) }, required: ['row'] },
    description: `Adds a row to ${titled(table)} and gives it as the database made it.${needed.length === 0 ? '' : ` Needs ${needed.slice(0, MOST_NAMED).join(', ')}.`}${told(table)}`,
  };
}

function updateShape(table: DatabaseTable): Shape {
  const body: JsonObject = reference(typeNames(table).written);
  return {
    effect: 'destructive',
    idempotent: true,
    method: 'PATCH',
    path: rowPath(table),
    properties: { ...identityProperties(table), body },
    required: [...table.identity, 'body'],
    parameters: identityParameters(table),
    body,
    output: { type: 'object', properties: { row: rowOrNull(table) }, required: ['row'] },
    description: `Overwrites the given columns of the row of ${titled(table)} with this ${table.identity.join(' and ')}; the others stay.`,
  };
}

function deleteShape(table: DatabaseTable): Shape {
  return {
    effect: 'destructive',
    idempotent: true,
    method: 'DELETE',
    path: rowPath(table),
    properties: identityProperties(table),
    required: table.identity,
    parameters: identityParameters(table),
    output: { type: 'object', properties: { deleted: { type: 'integer' } }, required: ['deleted'] },
    description: `Removes the row of ${titled(table)} with this ${table.identity.join(' and ')}.`,
  };
}

const PLACEHOLDERS = { postgresql: '$1, $2', mysql: '? each', sqlite: '? each' } as const;
const DIALECTS = { postgresql: 'PostgreSQL', mysql: 'MariaDB or MySQL', sqlite: 'SQLite' } as const;

function selectShape({ engine }: DatabaseFacet): Shape {
  return {
    effect: 'read',
    idempotent: true,
    method: 'GET',
    path: '/select',
    properties: {
      sql: { type: 'string', minLength: 1, description: `One SELECT of ${DIALECTS[engine]}.` },
      parameters: listOf(
        { type: 'string' },
        `Values for the places in it (${PLACEHOLDERS[engine]}), in order.`,
      ),
      limit: limit(100),
    },
    required: ['sql'],
    parameters: [{ ...query('sql'), required: true }, query('parameters'), query('limit')],
    output: {
      type: 'object',
      properties: {
        columns: {
          type: 'array',
          items: { type: 'object', properties: { name: { type: 'string' }, kind: { type: 'string' } } },
        },
        rows: { type: 'array', items: { type: 'object' } },
        more: { type: 'boolean' },
      },
      required: ['columns', 'rows'],
    },
    description:
      'Runs one SELECT that only reads, for joins and questions that no other tool answers. Nothing can be changed by it; time, rows and size are bounded. describe_tables tells of names and types.',
  };
}

function describeShape(): Shape {
  return {
    effect: 'read',
    idempotent: true,
    method: 'GET',
    path: '/tables',
    properties: {
      tables: listOf({ type: 'string' }, 'Only these, with their columns, keys and relations.'),
      search: { type: 'string', description: 'Only tables whose names, columns or comments hold this word.' },
    },
    required: [],
    parameters: [query('tables'), query('search')],
    output: {
      type: 'object',
      properties: {
        engine: { type: 'string' },
        version: { type: 'string' },
        table_count: { type: 'integer' },
        tables: { type: 'array', items: { type: 'object' } },
      },
      required: ['tables'],
    },
    description:
      'Tables and views of the database with their columns, types, keys, relations and comments, as they were when the server was built.',
  };
}

function operation(
  name: string,
  shape: Shape,
  { call, tag }: { call: DatabaseCall; tag: string },
): Operation {
  const { effect, idempotent, method, path, properties, required, parameters, body, output, description } =
    shape;
  const mediaType = 'application/json';
  return {
    name: ToolName.parse(name),
    description,
    tags: [tag],
    effect,
    idempotent,
    source: { pointer: call.table === undefined ? '#' : `#/tables/${call.table}` },
    input: {
      type: 'object',
      properties,
      ...(required.length === 0 ? {} : { required: required as Json }),
      additionalProperties: false,
    },
    output,
    http: {
      method,
      path,
      parameters: [...parameters],
      ...(body === undefined
        ? {}
        : { body: { required: true, contents: [{ mediaType, kind: 'json', schema: body }] } }),
      responses: [{ status: '200', description: 'The answer.', contents: [{ mediaType, schema: output }] }],
      accept: [mediaType],
    },
    database: call,
  };
}

const VERBS: Readonly<Partial<Record<Action, string>>> = {
  list: 'list',
  get: 'get',
  summarize: 'summarize',
  insert: 'create',
  update: 'update',
  delete: 'delete',
};

function tableOperations(table: DatabaseTable, writable: boolean): Operation[] {
  const { one, many } = tableNouns(table.key);
  const hasIdentity = table.identity.length > 0;
  const isWritten = writable && table.kind === 'table';
  const shapes: readonly (readonly [Action, boolean, (table: DatabaseTable) => Shape])[] = [
    ['list', true, listShape],
    ['get', hasIdentity, getShape],
    ['summarize', true, summarizeShape],
    ['insert', isWritten, insertShape],
    ['update', isWritten && hasIdentity, updateShape],
    ['delete', isWritten && hasIdentity, deleteShape],
  ];
  return shapes
    .filter(([, isThere]) => isThere)
    .map(([action, , shapeOf]) => {
      const noun = action === 'list' || action === 'summarize' ? many : one;
      return operation(`${VERBS[action] ?? action}_${noun}`, shapeOf(table), {
        call: { action, table: table.key },
        tag: table.key,
      });
    });
}

/** The tools of a database: two for all of it, and those of each table. Names of several tables may be alike here. */
export function operationsOf(facet: DatabaseFacet): Operation[] {
  return [
    operation('describe_tables', describeShape(), { call: { action: 'describe' }, tag: 'database' }),
    operation('run_select', selectShape(facet), { call: { action: 'select' }, tag: 'database' }),
    ...facet.tables.flatMap((table) => tableOperations(table, facet.writable)),
  ];
}
