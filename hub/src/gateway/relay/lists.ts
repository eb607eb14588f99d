import type { CatalogView, Era, JsonMembers, ListKind, ListPage } from '../../kernel/ports.ts';
import { listMeta, type Core } from '../core.ts';
import { ownTools } from '../own/definitions.ts';
import { invalidParams, type Fault } from '../wire/fault.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import { needsWrap, wrappedSchema } from './non-object-output.ts';
import type { Wire } from '../wire/frame.ts';

/** Which list a method asks for. */
export const LIST_METHODS: ReadonlyMap<string, ListKind> = new Map([
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
]);

/** First pages of tools with the hub's own ahead, made once for as long as the catalog keeps the page. */
const withOwnTools = new WeakMap<ListPage, ListPage>();

const EMPTY = '[]';

function withHubTools(view: CatalogView, page: ListPage): ListPage {
  const before = withOwnTools.get(page);
  if (before) return before;
  const own = ownTools(view)
    .map((tool) => JSON.stringify(tool))
    .join(',');
  const isAlone = page.items.length <= EMPTY.length;
  const items = Buffer.concat([Buffer.from(`[${own}${isAlone ? '' : ','}`), page.items.subarray(1)]);
  const whole = { ...page, items };
  withOwnTools.set(page, whole);
  return whole;
}

/** An output schema whose type is not the first thing it says, or is none: most say at once that they are of objects. */
const OTHER_OUTPUT = /"outputSchema":\{(?!"type":"object")/;

/** Pages with the output schemas that clients before 2026-07-28 take. */
const forLegacy = new WeakMap<ListPage, ListPage>();

function legacyPage(page: ListPage): ListPage {
  const before = forLegacy.get(page);
  if (before) return before;
  const text = page.items.toString();
  const made = OTHER_OUTPUT.test(text) ? { ...page, items: Buffer.from(withObjectOutputs(text)) } : page;
  forLegacy.set(page, made);
  return made;
}

function withObjectOutputs(items: string): string {
  const tools: unknown = JSON.parse(items);
  if (!Array.isArray(tools)) return items;
  return JSON.stringify(
    tools.map((tool: unknown) => {
      const { outputSchema, ...rest } = membersOf(tool);
      return needsWrap(outputSchema) ? { ...rest, outputSchema: wrappedSchema(outputSchema) } : tool;
    }),
  );
}

/** The answer to a list request, its items as they were serialised when the catalog changed. */
export function listAnswer(
  core: Core,
  view: CatalogView,
  list: ListKind,
  asked: { idText: string; params: JsonMembers; era: Era },
): Wire | Fault {
  const { cursor } = asked.params;
  if (cursor !== undefined && typeof cursor !== 'string') return invalidParams('cursor must be a string');
  const found = view.page(list, cursor);
  const whole =
    found && view.presentation && list === 'tools' && cursor === undefined
      ? withHubTools(view, found)
      : found;
  const page = whole && list === 'tools' && asked.era === 'legacy' ? legacyPage(whole) : whole;
  if (!page) return invalidParams(`unknown cursor ${JSON.stringify(cursor)}`);
  const head = `{"jsonrpc":"2.0","id":${asked.idText},"result":{"${list}":`;
  const next = page.nextCursor === undefined ? '' : `,"nextCursor":${JSON.stringify(page.nextCursor)}`;
  const meta = listMeta(core, view, asked.era);
  const signed = meta === undefined ? '' : `,"_meta":${meta}`;
  const tail = `${asked.era === 'modern' ? `,"resultType":"complete",${cacheMembers(core)}` : ''}${signed}`;
  return { kind: 'bytes', parts: [Buffer.from(head), page.items, Buffer.from(`${next}${tail}}}`)] };
}

/** How long and by whom a result of the hub may be kept; private, because a list may come to depend on who asks. */
export const cacheMembers = (core: Core): string => `"ttlMs":${core.limits.listTtlMs},"cacheScope":"private"`;
