import type { Json, JsonObject, JsonSchema, Operation } from '@counterpart/schemas';
import { membersOf } from '../../resource/members.ts';
import { plain } from '../../resource/words.ts';
import type { Steps } from '../../resource/locate.ts';
import { isObject, own, toSchema } from '../../schema/json-value.ts';
import type { Keeper, PageNews } from '../keeper.ts';

/** Where the request went: for links to other pages. */
export interface Address {
  /** With scheme and host, without a query. */
  readonly url: string;
  readonly path: string;
}

interface PageTelling {
  readonly page: PageNews;
  readonly listSteps: Steps;
  readonly address: Address;
  readonly operation: Operation;
  readonly keeper: Keeper;
}

const HOLDERS = new Set([
  'meta',
  'metadata',
  'pagination',
  'paging',
  'pageinfo',
  'page',
  'links',
  'responsemetadata',
  'cursors',
  'pagingmetadata',
]);

/** Values for a member about the page, the likeliest first; undefined for names that say nothing of it. */
type Telling = (told: PageTelling, members: ReadonlySet<string>) => readonly Json[];

const links = (
  query: string | undefined,
  { address }: PageTelling,
  extra: readonly Json[],
): readonly Json[] =>
  query === undefined ? [] : [`${address.url}?${query}`, `${address.path}?${query}`, ...extra];
const pageOf = ({ page }: PageTelling): number => Math.floor(page.offset / Math.max(1, page.limit)) + 1;
const pagesOf = ({ page }: PageTelling): number =>
  Math.max(1, Math.ceil(page.total / Math.max(1, page.limit)));
const shownOf = ({ page }: PageTelling): number =>
  Math.max(0, Math.min(page.limit, page.total - page.offset));

const TELLINGS: readonly (readonly [RegExp, Telling])[] = [
  [
    /^(?:total|totalcount|totalitems|totalresults|totalelements|totalrecords|totalsize|recordcount|itemcount|totalhits|x?totalcount)$/,
    ({ page }) => [page.total, String(page.total)],
  ],
  [
    /^(?:count|resultcount|numresults|returned|shown)$/,
    (told, names) => [[...names].some((name) => name.startsWith('total')) ? shownOf(told) : told.page.total],
  ],
  [/^(?:totalpages|pagecount|pages|lastpage|numpages|pagestotal)$/, (told) => [pagesOf(told)]],
  [/^(?:page|currentpage|pagenumber|pageno|number)$/, (told) => [pageOf(told)]],
  [/^(?:pageindex)$/, (told) => [pageOf(told) - 1]],
  [
    /^(?:limit|perpage|pagesize|maxresults|itemsperpage|size)$/,
    ({ page }) => [page.limit, String(page.limit)],
  ],
  [/^(?:offset|start|startindex|startat|skip)$/, ({ page }) => [page.offset, String(page.offset)]],
  [/^(?:end)$/, (told) => [Math.max(0, told.page.offset + shownOf(told) - 1)]],
  [/^(?:hasmore|hasnext|hasnextpage|more|ismore|istruncated)$/, ({ page }) => [page.next !== undefined]],
  [/^(?:hasprevious|haspreviouspage|hasprev)$/, ({ page }) => [page.offset > 0]],
  [/^(?:islast|islastpage|last)$/, ({ page }) => [page.next === undefined]],
  [
    /^(?:next|nextpage|nexturl|nexturi|nextpageuri|nextpageurl|nextlink|nexthref)$/,
    (told) => links(told.page.nextQuery, told, [told.page.next ?? '', pageOf(told) + 1]),
  ],
  [
    /^(?:previous|prev|previouspage|previousurl|previouspageuri|prevpage|prevurl|prevlink|previouspageurl)$/,
    (told) => links(told.page.previousQuery, told, [pageOf(told) - 1]),
  ],
  [
    /^(?:nextcursor|nextpagetoken|nexttoken|nextmarker|cursor|endcursor|continue|continuationtoken|after|marker|nextstartcursor|nextpagecursor|scrollid)$/,
    ({ page }) => (page.next === undefined ? [] : [page.next]),
  ],
  [/^(?:url|uri|self|href)$/, ({ address }) => [address.path, address.url]],
];

const NOTHING: readonly Json[] = [null, '', false];

/** Members that must be gone or empty when there is nothing to say, instead of made up. */
const VANISHING = /^(?:next|prev)|(?:cursor|token|marker|continue|after)$/;

function told(name: string, telling: PageTelling, names: ReadonlySet<string>): readonly Json[] | undefined {
  const found = TELLINGS.find(([expression]) => expression.test(plain(name)));
  if (!found) return undefined;
  const values = found[1](telling, names);
  if (values.length > 0) return values;
  return VANISHING.test(plain(name)) ? NOTHING : undefined;
}

function tell(value: JsonObject, schema: JsonSchema, telling: PageTelling, depth: number): JsonObject {
  const members = membersOf(schema, telling.keeper.typing);
  const { book } = telling.keeper.typing;
  const names = new Set([...Object.keys(members), ...Object.keys(value)].map(plain));
  const list = depth === 0 && telling.listSteps.length === 1 ? telling.listSteps[0] : undefined;
  const result: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    result[name] = member;
    if (name === list) continue;
    const memberSchema = toSchema(own(members, name));
    if (isObject(member)) {
      const isHolder = HOLDERS.has(plain(name)) || name === telling.listSteps[0];
      if (isHolder && depth < 2) result[name] = tell(member, memberSchema, telling, depth + 1);
      continue;
    }
    const candidates = told(name, telling, names);
    if (!candidates) continue;
    const chosen = candidates.find((candidate) => book.accepts(memberSchema, candidate));
    if (chosen !== undefined) result[name] = chosen;
    else if (VANISHING.test(plain(name))) delete result[name];
  }
  return result;
}

/** The value with everything in it that speaks of the page saying what is so. */
export function withPage(value: Json, schema: JsonSchema, telling: PageTelling): Json {
  if (!isObject(value)) return value;
  const said = tell(value, schema, telling, 0);
  return atPointers(said, telling);
}

/** What the description was read to say of its pages stands over what names suggest. */
function atPointers(value: JsonObject, { operation, page, address }: PageTelling): JsonObject {
  const facet = operation.pagination?.response;
  if (!facet) return value;
  const next =
    operation.pagination?.kind === 'link' && page.nextQuery !== undefined
      ? `${address.url}?${page.nextQuery}`
      : page.next;
  const set = (target: JsonObject, pointer: string | undefined, member: Json | undefined): JsonObject => {
    const [first, ...rest] = (pointer ?? '')
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (first === undefined || member === undefined || !Object.hasOwn(target, first)) return target;
    const inner = own(target, first);
    if (rest.length === 0)
      return typeof inner === typeof member || inner === null ? { ...target, [first]: member } : target;
    return isObject(inner) ? { ...target, [first]: set(inner, `/${rest.join('/')}`, member) } : target;
  };
  const counted = set(value, facet.total, page.total);
  const more = set(counted, facet.more, page.next !== undefined);
  return facet.next === 'link-header' ? more : set(more, facet.next, next);
}
