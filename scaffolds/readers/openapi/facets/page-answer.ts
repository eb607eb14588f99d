import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isArray, textMember } from '../source/json-tree.ts';
import { wordsOf } from '../text/names.ts';
import { arraySchema, isOfType, propertiesOf, resolved, squeezed, toPointer, type TypeOf } from './shape.ts';

/** What an answer tells of a list and its pages; every member is a JSON pointer into it. */
export interface PageAnswer {
  readonly items: string;
  /** The next page's cursor. */
  readonly cursor?: string;
  /** The next page's address. */
  readonly link?: string;
  readonly total?: string;
  readonly more?: string;
  /** True when the items have an `id`. */
  readonly hasId: boolean;
}

const LIST_NAMES =
  `data items results result entries records values value list content rows elements objects hits resources members edges nodes
  documents records_list collection`.split(/\s+/);
/** Lists beside the one that was asked for. */
const SIDE_LISTS =
  /^(?:warnings?|errors?|links?|messages?|included?s?|facets|aggregations|schemas|fields|columns|meta|notices)$/;
/** Objects that hold the list. */
const HOLDERS = /^(?:data|results?|response|payload|embedded|hits|page|body|items|list|meta)$/;
/** Objects that tell of the pages. */
const META =
  /^(?:meta|metadata|pagination|paging|page|pageinfo|pagingmetadata|responsemetadata|links?|cursors?|paginationinfo|resultset|listmetadata|pagemetadata|pageable|data|result|response)$/;
const CURSORS =
  /^(?:next(?:page)?(?:cursor|token|marker|key|id)|nextstart|continuationtoken|continuation|continue|endcursor|cursornext|pagetokennext|scrollid|bookmark|lastevaluatedkey|aftercursor|nextpage|paginationtoken)$/;
const LINKS = /^(?:odata)?next(?:page)?(?:link|url|uri|href)$/;
const TOTALS =
  /^(?:total|totalcount|totalitems|totalresults|totalelements|totalrecords|totalsize|totalentries|totalhits|resultcount|totalnumber|recordcount)$/;
const MORES =
  /^(?:hasmore|hasnext|hasnextpage|more|morepages|ismore|hasmoreitems|hasmoreresults|moreavailable|istruncated|truncated)$/;
const MAX_DEPTH = 3;

/** Finds the list in an answer and what stands beside it; undefined when there is no list, or several and none stands out. */
export function pageAnswerOf(output: JsonSchema, path: string, typeOf: TypeOf): PageAnswer | undefined {
  const list = findList(output, path, typeOf);
  if (list === undefined) return undefined;
  const facts = list.steps.length === 0 ? {} : pageFacts(output, typeOf);
  return {
    items: toPointer(list.steps),
    hasId: propertiesOf(list.schema['items'], typeOf).has('id'),
    ...facts,
  };
}

interface List {
  readonly steps: readonly string[];
  readonly schema: JsonObject;
}

function findList(output: Json, path: string, typeOf: TypeOf, depth = 2): List | undefined {
  const own = arraySchema(output, typeOf);
  if (own !== undefined) return { steps: [], schema: own };
  const properties = propertiesOf(output, typeOf);
  const lists = [...properties].flatMap(([name, schema]): List[] => {
    const array = SIDE_LISTS.test(squeezed(name)) ? undefined : arraySchema(schema, typeOf);
    return array === undefined ? [] : [{ steps: [name], schema: array }];
  });
  const found = lists.length <= 1 ? lists[0] : outstanding(lists, path);
  if (found !== undefined || depth === 0 || lists.length > 0) return found;
  for (const [name, schema] of properties) {
    if (!HOLDERS.test(squeezed(name))) continue;
    const inner = findList(schema, path, typeOf, depth - 1);
    if (inner !== undefined) return { steps: [name, ...inner.steps], schema: inner.schema };
  }
  return undefined;
}

/** Among several lists: the one of a usual name, else the one that the path names. */
function outstanding(lists: readonly List[], path: string): List | undefined {
  const usual = LIST_NAMES.flatMap((name) => lists.filter(({ steps }) => squeezed(steps[0] ?? '') === name));
  const literals = path.split('/').filter((segment) => segment !== '' && !segment.startsWith('{'));
  const noun = wordsOf(literals.at(-1)?.replace(/\.\w+$/, '') ?? '').join('');
  return usual[0] ?? lists.find(({ steps }) => squeezed(steps[0] ?? '') === noun);
}

type Facts = Pick<PageAnswer, 'cursor' | 'link' | 'total' | 'more'>;

function pageFacts(output: Json, typeOf: TypeOf): Facts {
  const found: { -readonly [fact in keyof Facts]: string } = {};
  const level: { steps: readonly string[]; schema: Json }[] = [{ steps: [], schema: output }];
  // Nearest first; the list grows while it is walked through.
  for (const { steps, schema } of level) {
    for (const [name, sub] of propertiesOf(schema, typeOf)) {
      const own = resolved(sub, typeOf);
      const fact = factOf([...steps, name], sub, own);
      if (fact !== undefined) found[fact] ??= toPointer([...steps, name]);
      else if (steps.length < MAX_DEPTH && isMeta(name, steps))
        level.push({ steps: [...steps, name], schema: sub });
    }
  }
  return found;
}

const isMeta = (name: string, steps: readonly string[]): boolean =>
  META.test(squeezed(name)) || (squeezed(name) === 'next' && /^links?$/.test(squeezed(steps.at(-1) ?? '')));

function factOf(steps: readonly string[], given: Json, schema: JsonObject): keyof Facts | undefined {
  const name = squeezed(steps.at(-1) ?? '');
  const isCount = isOfType(schema, 'integer') || isOfType(schema, 'number');
  if (isCount && (TOTALS.test(name) || (name === 'count' && steps.length === 1))) return 'total';
  if (isOfType(schema, 'boolean')) return MORES.test(name) ? 'more' : undefined;
  if (isStructure(schema)) return undefined;
  return pointerFact(name, steps, { given, schema });
}

const isStructure = (schema: JsonObject): boolean =>
  isOfType(schema, 'object') || isOfType(schema, 'array') || schema['properties'] !== undefined;

interface Described {
  readonly given: Json;
  readonly schema: JsonObject;
}

function pointerFact(name: string, steps: readonly string[], sub: Described): 'cursor' | 'link' | undefined {
  const holder = squeezed(steps.at(-2) ?? '');
  if (LINKS.test(name) || (name === 'href' && holder === 'next')) return 'link';
  const isInMeta = META.test(holder);
  const isNext =
    name === 'next' ||
    name === 'cursor' ||
    CURSORS.test(name) ||
    (isInMeta && (name === 'after' || name === 'marker'));
  if (!isNext) return undefined;
  const isLink = name === 'cursor' ? false : /^links?$/.test(holder) || isAddress(sub);
  return isLink ? 'link' : 'cursor';
}

/** A URL by its format, its words or its examples. */
function isAddress({ given, schema }: Described): boolean {
  if (/^ur[il]/.test(textMember(schema, 'format') ?? '')) return true;
  const words = `${textMember(given, 'description') ?? ''} ${textMember(schema, 'description') ?? ''}`;
  const { examples } = schema;
  const shown = isArray(examples) ? JSON.stringify(examples) : '';
  return /\b(?:url|uri|link)\b/i.test(words) || /https?:\/\/|"\//.test(shown);
}
