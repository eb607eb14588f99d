import type { Json, JsonObject, Operation, Pagination } from '@counterpart/schemas';
import { textMember } from '../source/json-tree.ts';
import { schemaOf } from './example-schema.ts';
import { pageAnswerOf, type PageAnswer } from './page-answer.ts';
import { isOfType, propertiesOf, resolved, squeezed, type TypeOf } from './shape.ts';

/** What has to be known of an operation to see how it is paged. */
export type Paged = Pick<Operation, 'name' | 'input' | 'output' | 'http'>;

const PAGES = /^(?:page|pagenumber|pageno|pagenum|pageindex|currentpage|pageid)$/;
const OFFSETS =
  /^(?:offset|skip|start|startat|pageoffset|startfrom|firstresult|from|startrow|startposition)$/;
const LIMITS =
  /^(?:limit|perpage|pagesize|pagelimit|size|count|maxresults?|maxitems|top|take|itemsperpage|numresults|rows|max|maxcount|pagecount|resultsperpage|batchsize|first|countperpage|recordsperpage|pagelength|hitsperpage|maxpagesize|maxkeys)$/;
const CURSORS =
  /^(?:cursor|after|startingafter|pagetoken|nexttoken|nextpagetoken|continuationtoken|continue|continuation|startcursor|marker|nextcursor|pageafter|pagecursor|paginationtoken|scrollid|bookmark|exclusivestartkey|startkey|aftercursor|starttoken|resumetoken|pagemarker|startafter|aftertoken)$/;

interface Input {
  readonly key: string;
  readonly name: string;
  readonly schema: JsonObject;
}

interface Inputs {
  readonly page?: Input | undefined;
  readonly offset?: Input | undefined;
  readonly limit?: Input | undefined;
  readonly cursor?: Input | undefined;
}

/** How an operation is paged, as its parameters and its answer say together; undefined when they do not say it for sure. */
export function paginationOf(operation: Paged, typeOf: TypeOf): Pagination | undefined {
  if (operation.output === undefined || !mayList(operation)) return undefined;
  const inputs = inputsOf(operation, typeOf);
  if (inputs.page === undefined && inputs.offset === undefined && inputs.cursor === undefined) {
    if (inputs.limit === undefined) return undefined;
  }
  const answer =
    pageAnswerOf(operation.output, operation.http.path, typeOf) ?? answerOfExample(operation, typeOf);
  return answer && decide(inputs, answer, hasLinkHeader(operation, inputs));
}

/** Some authors describe an answer as an object and show in an example what is in it. */
function answerOfExample({ http }: Paged, typeOf: TypeOf): PageAnswer | undefined {
  const success = http.responses.find(({ status }) => status.startsWith('2'));
  const [example] = success?.contents.flatMap(({ examples }) => examples ?? []) ?? [];
  return example === undefined ? undefined : pageAnswerOf(schemaOf(example), http.path, typeOf);
}

const mayList = ({ name, http }: Paged): boolean =>
  http.method === 'GET' ||
  http.method === 'QUERY' ||
  (http.method === 'POST' && /^(?:search|query|list|find|filter|get|scan|fetch)/.test(name));

function inputsOf({ input, http }: Paged, typeOf: TypeOf): Inputs {
  const properties = propertiesOf(input, typeOf);
  const query = http.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ key, name }): Input => ({ key, name, schema: resolved(properties.get(key), typeOf) }));
  const body =
    http.method === 'POST'
      ? [...propertiesOf(properties.get('body'), typeOf)].map(([name, schema]): Input => ({
          key: `body.${name}`,
          name,
          schema: resolved(schema, typeOf),
        }))
      : [];
  const find = (pattern: RegExp, isFit: (input: Input) => boolean): Input | undefined =>
    [...query, ...body].find((one) => pattern.test(squeezed(one.name)) && isFit(one));
  const numbered = ({ schema }: Input): boolean => isOfType(schema, 'integer') || isOfType(schema, 'number');
  // Older descriptions give numbers as texts; a bound or a default of digits tells.
  const countable = (one: Input): boolean => numbered(one) || isDigits(one.schema);
  const page = find(PAGES, countable);
  const cursor =
    find(CURSORS, ({ schema }) => !isDate(schema)) ??
    (page === undefined ? find(/^page$/, ({ schema }) => isOfType(schema, 'string')) : undefined);
  return { page, offset: find(OFFSETS, countable), limit: find(LIMITS, countable), cursor };
}

const isDigits = ({ default: fallback }: JsonObject): boolean =>
  typeof fallback === 'string' && /^\d+$/.test(fallback);
const isDate = (schema: JsonObject): boolean => (textMember(schema, 'format') ?? '').startsWith('date');

/** Declared among the answer's headers, or named by the words of a paging parameter. */
function hasLinkHeader({ http }: Paged, { page, cursor, limit }: Inputs): boolean {
  const declared = http.responses
    .filter(({ status }) => status.startsWith('2') || status === 'default')
    .some(({ headers }) => Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'link'));
  const words = [page, cursor, limit].map((one) => textMember(one?.schema, 'description') ?? '').join(' ');
  return declared || /\blink (?:response )?header/i.test(words);
}

function decide(inputs: Inputs, answer: PageAnswer, hasHeader: boolean): Pagination | undefined {
  const { page, offset, limit, cursor } = inputs;
  const steps = page ?? offset;
  const make = (kind: Pagination['kind'], next?: string): Pagination => ({
    kind,
    request: {
      ...(kind === 'cursor' || steps === undefined ? {} : { page: steps.key }),
      ...(limit === undefined ? {} : { limit: limit.key }),
      ...(kind === 'cursor' && cursor !== undefined ? { cursor: cursor.key } : {}),
    },
    response: {
      items: answer.items,
      ...(next === undefined ? {} : { next }),
      ...(answer.total === undefined ? {} : { total: answer.total }),
      ...(answer.more === undefined ? {} : { more: answer.more }),
    },
    ...sizeOf(limit?.schema),
    ...(kind === 'page' ? firstOf(page?.schema) : {}),
  });
  if (cursor !== undefined && answer.cursor !== undefined) return make('cursor', answer.cursor);
  if (answer.link !== undefined) return make('link', answer.link);
  if (hasHeader) return make('link', 'link-header');
  if (cursor !== undefined && steps === undefined) return byLast(cursor, answer, make('cursor'));
  if (page !== undefined) return make('page');
  return offset === undefined ? undefined : make('offset');
}

/** Services that answer no cursor but say that there is more take the last item's id. */
function byLast(cursor: Input, answer: PageAnswer, made: Pagination): Pagination | undefined {
  const isAfter = squeezed(cursor.name).endsWith('after');
  if (!isAfter || answer.more === undefined || !answer.hasId) return undefined;
  return { ...made, response: { ...made.response, last: '/id' } };
}

const isCount = (value: Json | undefined): value is number => Number.isInteger(value) && Number(value) >= 1;

function sizeOf(schema: JsonObject | undefined): Pick<Pagination, 'pageSize'> {
  const fallback = schema?.['default'];
  const size = typeof fallback === 'string' && /^\d+$/.test(fallback) ? Number(fallback) : fallback;
  return isCount(size) ? { pageSize: size } : {};
}

function firstOf(schema: JsonObject | undefined): Pick<Pagination, 'firstPage'> {
  const words = textMember(schema, 'description') ?? '';
  const isFromZero =
    schema?.['default'] === 0 ||
    /\b(?:zero|0)[- ](?:based|indexed)|start(?:s|ing)? (?:at|from|with) (?:0|zero)\b/i.test(words);
  return isFromZero ? { firstPage: 0 } : {};
}
