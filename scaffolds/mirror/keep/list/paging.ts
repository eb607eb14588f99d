import type { Operation } from '@counterpart/schemas';
import { plain } from '../../resource/words.ts';
import { isObject, own } from '../../schema/json-value.ts';

/** How an operation's pages are asked for; names are those of the wire. */
export interface Paging {
  readonly limit?: string;
  readonly page?: string;
  readonly offset?: string;
  readonly cursor?: string;
  /** A cursor that names the first thing of the page before which it ends. */
  readonly before?: string;
  readonly firstPage: number;
  readonly pageSize?: number;
  /** All names, without case and punctuation: none of them filters. */
  readonly names: ReadonlySet<string>;
}

/** What services call the number of entries a page may hold, whatever it lists, without case and punctuation. */
export const PLAIN_LIMITS: readonly string[] = [
  'limit',
  'perpage',
  'pagesize',
  'pagelimit',
  'maxresults',
  'maxitems',
  'first',
  'top',
  'take',
];
/** Those that mean it where resources are kept, and may mean other things elsewhere. */
const LIMITS = [...PLAIN_LIMITS, 'size', 'count', 'rpp', 'maxrecords', 'results'];
const PAGES = ['page', 'pagenumber', 'pageno', 'pagenum', 'pageindex', 'currentpage', 'p'];
const OFFSETS = ['offset', 'skip', 'start', 'startindex', 'startat', 'from', 'first', 'skipcount'];
const CURSORS = [
  'cursor',
  'startingafter',
  'after',
  'startcursor',
  'pagetoken',
  'nexttoken',
  'nextpagetoken',
  'continue',
  'continuationtoken',
  'marker',
  'nextmarker',
  'nextcursor',
  'scrollid',
  'pagecursor',
  'since',
];
const BEFORES = ['endingbefore', 'before', 'endcursor'];

const known = new WeakMap<Operation, Paging>();

function namesOf({ http, input }: Operation): readonly string[] {
  const inQuery = http.parameters.filter((binding) => binding.in === 'query').map(({ name }) => name);
  const properties = isObject(input) ? own(input, 'properties') : undefined;
  const body = isObject(properties) ? own(properties, 'body') : undefined;
  const members = isObject(body) ? own(body, 'properties') : undefined;
  return [...inQuery, ...(isObject(members) && http.method === 'POST' ? Object.keys(members) : [])];
}

/** The facet names input keys, `body.cursor` among them; what is asked on the wire is another name. */
function wireName(operation: Operation, key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  if (key.startsWith('body.')) return key.slice('body.'.length);
  return operation.http.parameters.find((binding) => binding.key === key)?.name;
}

type Named = (usual: readonly string[]) => string | undefined;

/** What the description was read to say stands over what names suggest. */
function findNames(operation: Operation, named: Named): Omit<Paging, 'names' | 'firstPage' | 'pageSize'> {
  const facet = operation.pagination;
  const asked = wireName(operation, facet?.request.page);
  const limit = wireName(operation, facet?.request.limit) ?? named(LIMITS);
  const page = facet?.kind === 'page' ? asked : named(PAGES);
  const offset =
    facet?.kind === 'offset' ? asked : named(OFFSETS.filter((one) => one !== plain(limit ?? '')));
  const cursor = wireName(operation, facet?.request.cursor) ?? named(CURSORS);
  return given({ limit, page, offset, cursor, before: named(BEFORES) });
}

/** Without members that are undefined. */
function given(
  names: Readonly<Record<'limit' | 'page' | 'offset' | 'cursor' | 'before', string | undefined>>,
): Omit<Paging, 'names' | 'firstPage' | 'pageSize'> {
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
}

/** How pages of an operation are asked for: as the description was read, else by the usual names. */
export function pagingOf(operation: Operation): Paging {
  const before = known.get(operation);
  if (before) return before;
  const names = namesOf(operation);
  const found = findNames(
    operation,
    (usual) => usual.flatMap((one) => names.filter((name) => plain(name) === one))[0],
  );
  const pageSize = operation.pagination?.pageSize;
  const own = Object.values(found).flatMap((name) => (typeof name === 'string' ? [plain(name)] : []));
  const paging: Paging = {
    ...found,
    firstPage: operation.pagination?.firstPage ?? 1,
    ...(pageSize === undefined ? {} : { pageSize }),
    names: new Set([...own, ...LIMITS, ...PAGES, ...CURSORS, ...BEFORES, 'offset']),
  };
  known.set(operation, paging);
  return paging;
}
