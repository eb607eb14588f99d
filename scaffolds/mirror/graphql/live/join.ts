import { GraphQLError } from 'graphql';
import type { Json, JsonObject, TranslatedJoin } from '@counterpart/schemas';
import { isArray, isObject } from '../../schema/json-value.ts';
import type { CallTool } from '../../live/call-tool.ts';

/** Leads from a row to the rows that belong to it. */
export type Join = (source: unknown) => Promise<Json>;

/** Values that one call asks for. */
const MOST_VALUES = 200;
const PAGE_ROWS = 1_000;
/** Pages of one call's answer; more rows are refused, for half of them would be a wrong answer. */
const MOST_PAGES = 10;

interface Waiting {
  readonly values: readonly Json[];
  readonly resolve: (rows: readonly JsonObject[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** A join of one document: rows that ask at the same time are answered by one call. */
export function createJoin(place: string, join: TranslatedJoin, call: CallTool): Join {
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const asked = waiting;
    waiting = [];
    answerAll(asked, join, call).catch((reason: unknown) => {
      for (const { reject } of asked) reject(reason);
    });
  };
  return async (source) => {
    const values = join.columns.map((column) => valueIn(source, column, place));
    if (values.includes(null)) return join.kind === 'one' ? null : [];
    const rows = await new Promise<readonly JsonObject[]>((resolve, reject) => {
      // After this turn all rows of a list have asked.
      if (waiting.push({ values, resolve, reject }) === 1) setImmediate(flush);
    });
    return join.kind === 'one' ? (rows[0] ?? null) : rows;
  };
}

function valueIn(source: unknown, column: string, place: string): Json {
  const value = isObject(source as Json | undefined) ? (source as JsonObject)[column] : undefined; // an answer of a tool
  if (value !== undefined) return value;
  throw new GraphQLError(
    `${place} needs ${column} of its row: leave it in \`fields\`, or give no \`fields\`.`,
    {
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
}

const keyOf = (values: readonly (Json | undefined)[]): string => JSON.stringify(values.map(String));

async function answerAll(asked: readonly Waiting[], join: TranslatedJoin, call: CallTool): Promise<void> {
  const wanted = new Map(asked.map(({ values }) => [keyOf(values), values]));
  const found = new Map<string, JsonObject[]>();
  for (const filters of filtersFor([...wanted.values()], join))
    for (const row of await allRows(filters, join, call)) {
      const key = keyOf(join.references.map((name) => row[name]));
      const rows = found.get(key) ?? [];
      rows.push(row);
      found.set(key, rows);
    }
  for (const { values, resolve } of asked) resolve(found.get(keyOf(values)) ?? []);
}

/** Filters of each call: keys of one column are asked for together, those of several one by one. */
function filtersFor(wanted: readonly (readonly Json[])[], { references }: TranslatedJoin): Json[][] {
  const [only, ...others] = references;
  if (only === undefined || others.length > 0)
    return wanted.map((values) =>
      references.map((column, at) => ({ column, op: 'equal', value: values[at] ?? null })),
    );
  const values = wanted.flat();
  const calls = Math.ceil(values.length / MOST_VALUES);
  return Array.from({ length: calls }, (_, at) => [
    { column: only, op: 'one_of', values: values.slice(at * MOST_VALUES, (at + 1) * MOST_VALUES) },
  ]);
}

async function allRows(
  filters: readonly Json[],
  { tool }: TranslatedJoin,
  call: CallTool,
): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  let cursor: Json | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(tool, {
      filters,
      limit: PAGE_ROWS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const members = isObject(answer) ? answer : {};
    rows.push(...(isArray(members['rows']) ? members['rows'].filter(isObject) : []));
    cursor = members['next_cursor'];
    if (typeof cursor !== 'string') return rows;
  }
  throw new GraphQLError(
    `More than ${MOST_PAGES * PAGE_ROWS} rows belong together here: ask ${tool} for pages.`,
    {
      extensions: { code: 'TOO_MANY_ROWS' },
    },
  );
}
