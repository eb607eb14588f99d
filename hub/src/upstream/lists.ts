import { createHash } from 'node:crypto';
import { canonicalJson, hubError, type ToolDefinition } from '@counterpart/schemas';
import type { JsonMembers, UpstreamInfo, UpstreamLists } from '../kernel/ports.ts';
import { isMembers } from '../kernel/members.ts';
import { RpcFailure } from './rpc-failure.ts';
import type { RpcSession } from './rpc/rpc-session.ts';

const MOST_PAGES = 1_000;
const MOST_ITEMS = 100_000;
const METHOD_NOT_FOUND = -32601;

/** Reads every page of every list that the server says it has. */
export async function readLists(
  session: RpcSession,
  info: UpstreamInfo,
  signal?: AbortSignal,
): Promise<UpstreamLists> {
  const { capabilities } = info;
  const read = (offered: unknown, method: string, member: string): Promise<JsonMembers[]> =>
    offered === undefined ? Promise.resolve([]) : readAll(session, { method, member, signal });
  const [tools, prompts, resources, resourceTemplates] = await Promise.all([
    read(capabilities['tools'], 'tools/list', 'tools'),
    read(capabilities['prompts'], 'prompts/list', 'prompts'),
    read(capabilities['resources'], 'resources/list', 'resources'),
    read(capabilities['resources'], 'resources/templates/list', 'resourceTemplates'),
  ]);
  return { tools: tools.filter(isListedTool), prompts, resources, resourceTemplates };
}

/** All tools, for a server whose tools are known beforehand and only compared. */
export async function readTools(
  session: RpcSession,
  signal: AbortSignal,
): Promise<readonly ToolDefinition[]> {
  const tools = await readAll(session, { method: 'tools/list', member: 'tools', signal });
  return tools.filter(isListedTool);
}

interface ListRequest {
  readonly method: string;
  readonly member: string;
  readonly signal: AbortSignal | undefined;
}

async function readAll(session: RpcSession, request: ListRequest): Promise<JsonMembers[]> {
  const items: JsonMembers[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES && items.length < MOST_ITEMS; pages += 1) {
    const page = await readPage(session, request, cursor);
    const listed = page[request.member];
    if (Array.isArray(listed)) items.push(...listed.filter(isMembers));
    const next = page['nextCursor'];
    // An empty text is a cursor like any other (2026-07-28, pagination); the same one again would never end.
    if (typeof next !== 'string' || next === cursor) return items;
    cursor = next;
  }
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
