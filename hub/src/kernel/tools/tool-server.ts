import {
  hubError,
  toCounterpartError,
  type CounterpartError,
  type ToolDefinition,
} from '@counterpart/schemas';
import { missingCapability } from '../protocol/client-capabilities.ts';
import type {
  CatalogSource,
  JsonMembers,
  RawReply,
  RelayReply,
  RelayRequest,
  RelaySink,
  Upstream,
  UpstreamEvents,
  UpstreamLists,
} from '../ports.ts';

/** Tools of the hub's own rooms, offered as those of a server: no process stands behind it, everything else is the same. */
export interface ToolServer {
  readonly id: string;
  readonly tools: readonly ToolDefinition[];
  /** Absent: it has none. */
  readonly prompts?: PromptShelf | undefined;
  /** The structured result of one tool; what it rejects with becomes an error that a model can read. */
  run(
    call: { readonly name: string; readonly input: unknown },
    signal: AbortSignal,
    client: AskableClient,
  ): Promise<unknown>;
}

/** Prompts of the hub's own, under the protocol's shapes (MCP 2026-07-28, server/prompts and server/utilities/completion). */
export interface PromptShelf {
  readonly list: readonly JsonMembers[];
  /** Members of the result of `prompts/get`; what it rejects with is told as it is. */
  get(params: JsonMembers): Promise<JsonMembers>;
  /** Members of the result of `completion/complete`. */
  complete(params: JsonMembers): Promise<JsonMembers>;
}

/** The client of a call, as far as its person and its model can be asked while the call is open. */
export interface AskableClient {
  /** A person whose client it is; absent: the owner's. */
  readonly person?: string | undefined;
  /** Whether it declared that it answers this. */
  can(method: string, params: JsonMembers): boolean;
  /** Puts a question to it; rejects when it refuses, or leaves before it answers. */
  ask(method: string, params: JsonMembers): Promise<JsonMembers>;
}

/** A caller that cannot be asked anything. */
const UNASKABLE: AskableClient = {
  can: () => false,
  ask: () => Promise.reject(hubError('INPUT_REQUIRED', { tool: 'this', detail: 'nobody can be asked here' })),
};

/** What the catalog must know of it. */
export function toolSource(server: ToolServer): CatalogSource {
  const { id, tools, prompts } = server;
  const known: UpstreamLists = { tools, prompts: prompts?.list ?? [], resources: [], resourceTemplates: [] };
  return { id, prefix: id, upstream: createToolUpstream(server, known), known, enabled: true };
}

function createToolUpstream(server: ToolServer, lists: UpstreamLists): Upstream {
  const { id, prompts } = server;
  const listeners = new Map<keyof UpstreamEvents, Set<unknown>>();
  const run = async (params: JsonMembers, signal: AbortSignal, client = UNASKABLE): Promise<JsonMembers> => {
    const name = typeof params['name'] === 'string' ? params['name'] : '';
    try {
      return toolResult(await server.run({ name, input: params['arguments'] }, signal, client));
    } catch (thrown) {
      return toolError(toCounterpartError(thrown));
    }
  };
  return {
    id,
    info: {
      // It asks while its call is open, as servers of this era do: clients of both can answer then.
      era: 'legacy',
      protocolVersion: '2025-11-25',
      capabilities: { tools: {}, ...(prompts === undefined ? {} : { prompts: {}, completions: {} }) },
      serverInfo: { name: id, version: '1.0.0' },
    },
    lists,
    forward(request: RelayRequest, sink: RelaySink) {
      const aborted = new AbortController();
      const client: AskableClient = {
        person: request.principal,
        can: (method, params) => missingCapability(method, params, sink.caller.capabilities) === undefined,
        ask: (method, params) => sink.ask(method, params, aborted.signal),
      };
      const settle = (reply: RelayReply): void => {
        if (!aborted.signal.aborted) sink.settle(reply);
      };
      const answer = ofPrompts(prompts, request);
      if (answer === undefined)
        void run(request.params, aborted.signal, client).then((result) => settle(replyOf(result)));
      else
        void answer.then(
          (result) => settle(replyOf({ resultType: 'complete', ...result })),
          (thrown: unknown) => settle({ kind: 'failure', error: toCounterpartError(thrown) }),
        );
      return { cancel: () => aborted.abort() };
    },
    request: (_method, params, options) => run(params, options?.signal ?? new AbortController().signal),
    refresh: () => Promise.resolve(lists),
    subscribeResource: () => Promise.resolve(),
    unsubscribeResource: () => Promise.resolve(),
    followTask: () => () => undefined,
    rootsChanged: () => undefined,
    on(event, listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
      return () => void known.delete(listener);
    },
    snapshot: { state: 'ready', restarts: 0, since: Date.now() },
    process: undefined,
    close: () => Promise.resolve(),
  };
}

function ofPrompts(
  prompts: PromptShelf | undefined,
  { method, params }: RelayRequest,
): Promise<JsonMembers> | undefined {
  if (method === 'prompts/get') return prompts?.get(params);
  return method === 'completion/complete' ? prompts?.complete(params) : undefined;
}

function toolResult(value: unknown): JsonMembers {
  return {
    resultType: 'complete',
    content: [{ type: 'text', text: JSON.stringify(value) }],
    structuredContent: value,
  };
}

const toolError = ({ code, words }: CounterpartError): JsonMembers => ({
  resultType: 'complete',
  content: [{ type: 'text', text: `${words} (${code})` }],
  isError: true,
});

const HEAD = '{"jsonrpc":"2.0","id":';

function replyOf(result: JsonMembers): RawReply {
  const frame = Buffer.from(`${HEAD}0,"result":${JSON.stringify(result)}}`);
  return {
    kind: 'frame',
    frame,
    idStart: HEAD.length,
    idEnd: HEAD.length + 1,
    isError: false,
    era: 'modern',
  };
}
