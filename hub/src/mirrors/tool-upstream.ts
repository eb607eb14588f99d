import { toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import type {
  CatalogSource,
  JsonMembers,
  RawReply,
  RelayRequest,
  RelaySink,
  Upstream,
  UpstreamEvents,
  UpstreamLists,
} from '../kernel/ports.ts';
import { controlDefinitions, runControlTool } from './control-tools.ts';
import type { MirrorControl } from './control.ts';
import { controlServerId } from './summary.ts';

/** A mirror's control tools as a server of the hub: no process stands behind it, everything else is as with any other. */

const LISTS: UpstreamLists = {
  tools: controlDefinitions,
  prompts: [],
  resources: [],
  resourceTemplates: [],
};

/** What the catalog must know of it. */
export function controlSource(mirror: string, control: () => Promise<MirrorControl>): CatalogSource {
  const id = controlServerId(mirror);
  return { id, prefix: id, upstream: createControlUpstream(id, control), known: LISTS, enabled: true };
}

function createControlUpstream(id: string, control: () => Promise<MirrorControl>): Upstream {
  const listeners = new Map<keyof UpstreamEvents, Set<unknown>>();
  const run = async (params: JsonMembers, signal: AbortSignal): Promise<JsonMembers> => {
    const name = typeof params['name'] === 'string' ? params['name'] : '';
    try {
      return toolResult(await runControlTool(await control(), { name, input: params['arguments'] }, signal));
    } catch (thrown) {
      return toolError(toCounterpartError(thrown));
    }
  };
  return {
    id,
    info: {
      era: 'modern',
      protocolVersion: '2026-07-28',
      capabilities: { tools: {} },
      serverInfo: { name: id, version: '1.0.0' },
    },
    lists: LISTS,
    forward(request: RelayRequest, sink: RelaySink) {
      const aborted = new AbortController();
      void run(request.params, aborted.signal).then((result) => {
        if (!aborted.signal.aborted) sink.settle(replyOf(result));
      });
      return { cancel: () => aborted.abort() };
    },
    request: (_method, params, options) => run(params, options?.signal ?? new AbortController().signal),
    refresh: () => Promise.resolve(LISTS),
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

function toolResult(value: unknown): JsonMembers {
  return {
    resultType: 'complete',
    content: [{ type: 'text', text: JSON.stringify(value) }],
    structuredContent: value,
  };
}

const toolError = ({ code, message, fix }: CounterpartError): JsonMembers => ({
  resultType: 'complete',
  content: [{ type: 'text', text: `${message} ${fix} (${code})` }],
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
