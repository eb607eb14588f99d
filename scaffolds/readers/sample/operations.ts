import type { DataCall, DataSource, Json, JsonObject, JsonSchema, Operation } from '@counterpart/schemas';
import { ToolName } from '@counterpart/schemas';
import type { ServedFile } from './file-schema.ts';
import type { Nouns } from './names.ts';

type Action = DataCall['action'];

const MOST_ROWS = 1_000;
/** Columns that a description names. */
const MOST_NAMED = 40;

const keyList = (source: DataSource, description: string): JsonObject => ({
  type: 'array',
  items: { type: 'string', enum: source.columns.map(({ key }) => key) },
  description,
});

const filters = ({ columns }: DataSource): JsonObject => ({
  type: 'array',
  description: 'Only rows for which all of these hold.',
  items: {
    type: 'object',
    properties: {
      column: { type: 'string', enum: columns.map(({ key }) => key) },
      op: {
        type: 'string',
        enum: ['equal', 'not_equal', 'contains', 'min', 'max', 'empty'],
        description: 'min and max include the bound; contains ignores case; empty takes true or false.',
      },
      value: { type: 'string', description: 'Numbers and dates as text too, such as 10.5 or 2024-01-31.' },
    },
    required: ['column', 'op', 'value'],
    additionalProperties: false,
  },
});

const limit = (usual: number): JsonObject => ({
  type: 'integer',
  minimum: 1,
  maximum: MOST_ROWS,
  description: `${usual} unless given.`,
});

/** Of a calendar: what happens between two times, recurring things once for every time they do. */
const windowOf = ({ format }: DataSource): JsonObject => {
  const moment = 'A date or a time with its offset, such as 2024-01-31 or 2024-01-31T10:00:00Z.';
  return format === 'icalendar'
    ? {
        from: {
          type: 'string',
          description: `Only what happens from here on, recurring things once for every time they do. ${moment}`,
        },
        to: { type: 'string', description: 'Up to here; a year after from unless given.' },
      }
    : {};
};

function inputOf(action: Action, source: DataSource): JsonObject {
  switch (action) {
    case 'describe':
      return {};
    case 'count':
      return { filters: filters(source), ...windowOf(source) };
    case 'get': {
      const { id = '', columns } = source;
      const column = columns.find(({ key }) => key === id);
      return { [id]: { type: column?.type ?? 'string' } };
    }
    case 'summarize':
      return {
        group_by: keyList(source, 'Columns whose values make the groups; none: one group of all.'),
        columns: keyList(source, 'Columns to give sum, avg, min and max of.'),
        filters: filters(source),
        limit: limit(50),
        ...windowOf(source),
      };
    case 'list':
      return {
        filters: filters(source),
        sort_by: { type: 'string', enum: source.columns.map(({ key }) => key) },
        descending: { type: 'boolean' },
        fields: keyList(source, 'Only these columns.'),
        limit: limit(50),
        cursor: { type: 'string', description: 'next_cursor of the answer before.' },
        ...windowOf(source),
      };
  }
}

const NOTES: JsonObject = {
  type: 'array',
  items: { type: 'string' },
  description: 'What was not as it should be in the source, with its line.',
};

function outputOf(action: Action, rowType: string): JsonSchema {
  const row = { $ref: `#/$defs/${rowType}` };
  const members: Readonly<Record<Action, JsonObject>> = {
    list: { rows: { type: 'array', items: row }, next_cursor: { type: 'string' } },
    get: { row: { anyOf: [row, { type: 'null' }] } },
    count: { count: { type: 'integer' } },
    summarize: {
      groups: {
        type: 'array',
        items: {
          type: 'object',
          properties: { group: { type: 'object' }, count: { type: 'integer' }, of: { type: 'object' } },
        },
      },
      group_count: { type: 'integer' },
    },
    describe: { columns: { type: 'array', items: { type: 'object' } } },
  };
  return {
    type: 'object',
    properties: { ...members[action], ...(action === 'describe' ? {} : { notes: NOTES }) },
  };
}

/** Columns in a line: keys and what they hold. Keys are made of letters, digits and `_` only. */
function columnsText({ columns }: DataSource): string {
  const named = columns.slice(0, MOST_NAMED).map(({ key, type, format }) => `${key} (${format ?? type})`);
  const more = columns.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function textOf(action: Action, source: DataSource, { one, many }: Nouns): string {
  const columns = `Columns: ${columnsText(source)}.`;
  switch (action) {
    case 'list':
      return `Rows of ${many}, filtered, sorted and a page at a time. ${columns}`;
    case 'get':
      return `The first row of ${many} with this ${source.id}; row is null where there is none. In the ${source.sampled} rows looked at, each ${one} had its own.`;
    case 'count':
      return `How many rows of ${many} there are, or how many of them fit the filters. ${columns}`;
    case 'summarize':
      return `Groups of ${many} with their counts, the largest first, and sum, avg, min and max of columns. ${columns}`;
    case 'describe':
      return `The columns of ${many} with their types and usual values, as the first ${source.sampled} rows show them; later rows may differ.`;
  }
}

function nameOf(action: Action, { one, many }: Nouns): Operation['name'] {
  return ToolName.parse(`${action}_${action === 'get' ? one : many}`);
}

/** What the tools of one source share. */
export interface Making {
  readonly source: DataSource;
  readonly nouns: Nouns;
  /** Name of the type of its rows. */
  readonly rowType: string;
  /** The file as its host serves it. */
  readonly file: ServedFile;
}

function operation(action: Action, { source, nouns, rowType, file }: Making): Operation {
  const { path, mediaType, schema } = file;
  const properties = inputOf(action, source);
  const required: Json = action === 'get' ? Object.keys(properties) : [];
  return {
    name: nameOf(action, nouns),
    description: textOf(action, source, nouns),
    tags: [nouns.many],
    effect: 'read',
    idempotent: true,
    source: { pointer: '#' },
    input: {
      type: 'object',
      properties,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    },
    output: outputOf(action, rowType),
    http: {
      method: 'GET',
      path,
      parameters: [],
      responses: [
        {
          status: '200',
          description: 'The file.',
          contents: [{ mediaType, schema }],
        },
      ],
      accept: [mediaType],
    },
    data: { source: source.name, action },
  };
}

/** The tools of one source; `get` only where a column tells its rows apart. */
export function operationsOf(making: Making): Operation[] {
  const actions: Action[] = ['list', 'get', 'count', 'summarize', 'describe'];
  return actions
    .filter((action) => action !== 'get' || making.source.id !== undefined)
    .map((action) => operation(action, making));
}
