import { hubError, type JsonObject } from '@counterpart/schemas';
import { z } from 'zod';

const PROTOCOL = '2026-07-28';
/** A server that hands out pages without end is not read without end. */
const MAX_PAGES = 200;

const Page = z.looseObject({ nextCursor: z.string().optional() });
const Answer = z.looseObject({
  result: Page.optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** What a server of a hub lists, as its own endpoint there shows it. */
export interface ServerLists {
  readonly tools: readonly unknown[];
  readonly prompts: readonly unknown[];
  readonly resources: readonly unknown[];
  readonly resourceTemplates: readonly unknown[];
}

/** Asks a hub what one of its servers lists. Rejects with SERVER_UNKNOWN or UPSTREAM_UNREACHABLE. */
export async function readServerLists(
  hub: { readonly url: string; readonly token: string },
  server: string,
  signal: AbortSignal,
): Promise<ServerLists> {
  const read = (method: string, member: string) => readList({ hub, server, method, member, signal });
  return {
    tools: await read('tools/list', 'tools'),
    prompts: await read('prompts/list', 'prompts'),
    resources: await read('resources/list', 'resources'),
    resourceTemplates: await read('resources/templates/list', 'resourceTemplates'),
  };
}

interface Asked {
  readonly hub: { readonly url: string; readonly token: string };
  readonly server: string;
  readonly method: string;
  readonly member: string;
  readonly signal: AbortSignal;
}

async function readList(asked: Asked): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = await ask(asked, cursor === undefined ? {} : { cursor });
    const listed = result?.[asked.member];
    if (Array.isArray(listed)) items.push(...z.array(z.unknown()).parse(listed));
    cursor = result?.nextCursor;
    if (cursor === undefined) break;
  }
  return items;
}

/** One request of the modern era; undefined when the server has nothing of the kind. */
async function ask(
  { hub, server, method, signal }: Asked,
  params: JsonObject,
): Promise<z.infer<typeof Page> | undefined> {
  const url = `${hub.url}/mcp/s/${encodeURIComponent(server)}`;
  const meta = {
    'io.modelcontextprotocol/protocolVersion': PROTOCOL,
    'io.modelcontextprotocol/clientInfo': { name: 'hub', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const response = await fetch(url, {
    method: 'POST',
    signal,
    headers: {
      authorization: `Bearer ${hub.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': PROTOCOL,
      'mcp-method': method,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
  });
  const text = await response.text();
  const parsed = Answer.safeParse(messageIn(text));
  if (!parsed.success)
    throw unreachable(server, url, `it answered ${response.status} without a JSON-RPC message`);
  const { result, error } = parsed.data;
  if (error !== undefined && method === 'tools/list') throw unreachable(server, url, error.message);
  return result;
}

/** The message of a JSON answer, or of the last event of a stream. */
function messageIn(text: string): unknown {
  const data = text.startsWith('{') ? text : (/(?:^|\n)data: ?(\{.*)\s*$/.exec(text.trimEnd())?.[1] ?? '');
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const unreachable = (server: string, url: string, detail: string) =>
  hubError('UPSTREAM_UNREACHABLE', { server, url, detail });
