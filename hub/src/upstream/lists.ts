import { createHash } from 'node:crypto';
import { canonicalJson, hubError, type ToolDefinition } from '@counterpart/schemas';
import type { JsonMembers, UpstreamInfo, UpstreamLists } from '../kernel/ports.ts';
import { isMembers } from '../kernel/protocol/members.ts';
import { mendListed, mendListedTool } from '../kernel/tools/mend-listed.ts';
import { RpcFailure } from './rpc-failure.ts';
import type { RpcSession } from './rpc/rpc-session.ts';

const MOST_PAGES = 1_000;
/** Of one list; serialising and indexing more would hold everybody up. */
const MOST_ITEMS = 20_000;
const METHOD_NOT_FOUND = -32601;

export interface ListsReading {
  /** What was read last: it stays for a list that cannot be read now. */
  readonly before: UpstreamLists | undefined;
  /** A list was cut; in words. */
  readonly warn: (words: string) => void;
  /** A list could not be read. */
  readonly failed: (method: string, cause: unknown) => void;
}

/**
 * Reads every page of every list that the server says it has. A server that cannot give one of them is served with the
 * others; rejects when it gives none.
 */
export async function readLists(
  session: RpcSession,
  { capabilities }: UpstreamInfo,
  { before, warn, failed }: ListsReading,
): Promise<UpstreamLists> {
  const failures: unknown[] = [];
  let given = 0;
  const read = async <T extends JsonMembers>(
    offered: unknown,
    { method, member, known }: { method: string; member: string; known: readonly T[] | undefined },
    isItem: (item: JsonMembers) => item is T,
    mend: (item: T) => T = mendListed,
  ): Promise<readonly T[]> => {
    if (offered === undefined) return [];
    try {
      const items = await readAll(session, { method, member, signal: undefined, warn });
      given += 1;
      return items.filter(isItem).map(mend);
    } catch (thrown) {
      failures.push(thrown);
      failed(method, thrown);
      return known ?? [];
    }
  };
  const { tools, prompts, resources } = capabilities;
  const templates = 'resources/templates/list';
  const lists = await Promise.all([
    read(
      tools,
      { method: 'tools/list', member: 'tools', known: before?.tools },
      isListedTool,
      mendListedTool,
    ),
    read(prompts, { method: 'prompts/list', member: 'prompts', known: before?.prompts }, isMembers),
    read(resources, { method: 'resources/list', member: 'resources', known: before?.resources }, isMembers),
    read(
      resources,
      { method: templates, member: 'resourceTemplates', known: before?.resourceTemplates },
      isMembers,
    ),
  ]);
  if (failures.length > 0 && given === 0) throw failures[0];
  return { tools: lists[0], prompts: lists[1], resources: lists[2], resourceTemplates: lists[3] };
}

/** All tools, for a server whose tools are known beforehand and only compared. */
export async function readTools(
  session: RpcSession,
  signal: AbortSignal,
): Promise<readonly ToolDefinition[]> {
  const tools = await readAll(session, { method: 'tools/list', member: 'tools', signal, warn: () => {} });
  return tools.filter(isListedTool);
}

interface ListRequest {
  readonly method: string;
  readonly member: string;
  readonly signal: AbortSignal | undefined;
  readonly warn: ListsReading['warn'];
}

async function readAll(session: RpcSession, request: ListRequest): Promise<JsonMembers[]> {
  const items: JsonMembers[] = [];
  let cursor: string | undefined;
  let pages = 0;
  for (; pages < MOST_PAGES && items.length < MOST_ITEMS; pages += 1) {
    const page = await readPage(session, request, cursor);
    const listed = page[request.member];
    // One by one: there may be more than a function takes as arguments.
    const found = Array.isArray(listed) ? listed.filter(isMembers) : [];
    for (const item of found.slice(0, MOST_ITEMS - items.length)) items.push(item);
    const next = page['nextCursor'];
    // An empty text is a cursor like any other (2026-07-28, pagination); the same one again would never end.
    if (typeof next !== 'string' || next === cursor) break;
    cursor = next;
  }
  if (items.length === MOST_ITEMS || pages === MOST_PAGES)
    request.warn(`${request.method} gives more than ${items.length} entries; the rest is left out`);
  return items;
}

async function readPage(
  session: RpcSession,
  request: ListRequest,
  cursor: string | undefined,
): Promise<JsonMembers> {
  try {
    return await session.request(request.method, cursor === undefined ? {} : { cursor }, {
      signal: request.signal,
    });
  } catch (thrown) {
    // Many servers that have resources have no templates and do not know the method.
    if (thrown instanceof RpcFailure && thrown.code === METHOD_NOT_FOUND) return {};
    throw thrown;
  }
}

/**
 * The one place where a server's word is taken for a tool's type: only the name is looked at. The catalog judges every
 * definition before it is offered, and leaves out the ones that are no tools; here they must not be lost unseen.
 */
function isListedTool(item: JsonMembers): item is ToolDefinition {
  return typeof item['name'] === 'string';
}

/** Digest of the text that was last found to be as expected, by what was expected. */
const proved = new WeakMap<ReadonlyMap<string, string>, string>();

/** Fails with SERVER_MISMATCH unless the server lists exactly the expected tools; `expected`: name → hash. */
export function verifyTools(
  server: string,
  tools: readonly ToolDefinition[],
  expected: ReadonlyMap<string, string>,
): void {
  // A server lists the same text at every start; hashing each tool anew would keep its first caller waiting.
  const digest = createHash('sha256').update(JSON.stringify(tools)).digest('hex');
  if (proved.get(expected) === digest) return;
  const listed = new Map(tools.map((tool) => [tool.name, toolHash(tool)]));
  const missing = [...expected.keys()].filter((name) => !listed.has(name));
  const added = [...listed.keys()].filter((name) => !expected.has(name));
  const changed = [...expected]
    .filter(([name, hash]) => listed.has(name) && listed.get(name) !== hash)
    .map(([name]) => name);
  const found = [named('missing', missing), named('not in the manifest', added), named('changed', changed)];
  const detail = found.filter((part) => part !== '').join('; ');
  if (detail !== '') throw hubError('SERVER_MISMATCH', { server, detail });
  proved.set(expected, digest);
}

const toolHash = (tool: ToolDefinition): string =>
  `sha256-${createHash('sha256').update(canonicalJson(tool)).digest('hex')}`;

const named = (what: string, names: readonly string[]): string => {
  if (names.length === 0) return '';
  const rest = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${what}: ${names.slice(0, 3).join(', ')}${rest}`;
};
