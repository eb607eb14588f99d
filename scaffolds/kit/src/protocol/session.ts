import { isMembers, type Members } from '../json-value.ts';
import type { CallResult } from '../tool.ts';
import {
  envelopeMissing,
  eraOf,
  legacyVersion,
  MODERN_VERSIONS,
  SERVER_INFO_KEY,
  SUBSCRIPTION_ID_KEY,
  type Era,
} from './era.ts';
import { errorLine, notificationLine, parseMessage, resultLine, RPC, RpcError, type RpcId } from './rpc.ts';

/** The list of a server never changes while it runs; a minute lets a rebuilt server be seen soon. */
const LIST_TTL_MS = 60_000;
const MOST_IN_FLIGHT = 1_000;
const CAPABILITIES = { tools: {} } as const;

export interface CallRequest {
  readonly name: string;
  readonly args: Members;
  readonly signal: AbortSignal;
  progress(done: number, total?: number, message?: string): void;
}

/** What a session serves. */
export interface Offer {
  readonly info: { readonly name: string; readonly version: string; readonly title?: string };
  readonly instructions?: string | undefined;
  /** JSON text of the array of all tools. */
  toolsText(): Promise<string>;
  /** Rejects with RpcError for an unknown tool; every other failure is a result. */
  call(request: CallRequest): Promise<CallResult>;
}

export interface Session {
  /** One line as it was read. Never throws. */
  receive(line: string): void;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
  /** Ends subscriptions and aborts what is in flight. */
  close(): void;
}

interface InFlight {
  readonly controller: AbortController;
  cancelled: boolean;
}

type Request = { readonly id: RpcId; readonly method: string; readonly params: Members };

function progressSender(
  params: Members,
  write: (line: string) => void,
): (open: () => boolean) => CallRequest['progress'] {
  const meta = params['_meta'];
  const token = isMembers(meta) ? meta['progressToken'] : undefined;
  return (open) => {
    let last = Number.NEGATIVE_INFINITY;
    return (done, total, message) => {
      // Progress must grow, and ends with the request (basic/patterns/progress).
      if (token === undefined || done <= last || !open()) return;
      last = done;
      const said = {
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
      };
      write(notificationLine('notifications/progress', { progressToken: token, progress: done, ...said }));
    };
  };
}

/** Speaks both eras of MCP over lines. `write` gets one message a call, without the line's end. */
export function createSession(offer: Offer, write: (line: string) => void): Session {
  const inFlight = new Map<RpcId, InFlight>();
  const subscriptions = new Set<RpcId>();
  const waiting = new Set<() => void>();
  let shaken = false;

  const stamp = (era: Era, members: string): string =>
    era === 'legacy'
      ? `{${members}}`
      : `{"resultType":"complete",${members}${members === '' ? '' : ','}"_meta":${JSON.stringify({ [SERVER_INFO_KEY]: offer.info })}}`;

  const cacheable = `"ttlMs":${LIST_TTL_MS},"cacheScope":"public"`;

  function initialize(params: Members): string {
    shaken = true;
    return JSON.stringify({
      protocolVersion: legacyVersion(params['protocolVersion']),
      capabilities: CAPABILITIES,
      serverInfo: offer.info,
      ...(offer.instructions === undefined ? {} : { instructions: offer.instructions }),
    });
  }

  function discover(): string {
    const said = {
      supportedVersions: MODERN_VERSIONS,
      capabilities: CAPABILITIES,
      instructions: offer.instructions,
    };
    return stamp('modern', `${JSON.stringify(said).slice(1, -1)},${cacheable}`);
  }

  async function listTools(params: Members, era: Era): Promise<string> {
    if (params['cursor'] !== undefined)
      throw new RpcError(RPC.invalidParams, 'There is no such cursor: the list has one page.');
    const tools = `"tools":${await offer.toolsText()}`;
    return stamp(era, era === 'modern' ? `${tools},${cacheable}` : tools);
  }

  async function callTool({ params, id }: Request, era: Era, call: InFlight): Promise<string> {
    const { name, arguments: args = {} } = params;
    if (typeof name !== 'string') throw new RpcError(RPC.invalidParams, '`name` is missing or not a string.');
    if (!isMembers(args)) throw new RpcError(RPC.invalidParams, '`arguments` is not an object.');
    const open = (): boolean => inFlight.get(id) === call && !call.cancelled;
    const result = await offer.call({
      name,
      args,
      signal: call.controller.signal,
      progress: progressSender(params, write)(open),
    });
    const meta = { ...result._meta, ...(era === 'modern' ? { [SERVER_INFO_KEY]: offer.info } : {}) };
    return JSON.stringify({
      ...(era === 'modern' ? { resultType: 'complete' } : {}),
      ...result,
      _meta: Object.keys(meta).length === 0 ? undefined : meta,
    });
  }

  /** Nothing here ever changes, so no notification is honoured; the stream stays open until one side ends it. */
  function listen(id: RpcId): undefined {
    subscriptions.add(id);
    write(
      notificationLine('notifications/subscriptions/acknowledged', {
        notifications: {},
        _meta: { [SUBSCRIPTION_ID_KEY]: id },
      }),
    );
    return undefined;
  }

  async function answer(request: Request, call: InFlight): Promise<string | undefined> {
    const { method, params } = request;
    if (method === 'initialize') return initialize(params);
    const era = eraOf(params);
    if (era === 'legacy') {
      if (method === 'ping') return '{}';
      if (!shaken) throw envelopeMissing();
    }
    if (method === 'tools/list') return listTools(params, era);
    if (method === 'tools/call') return callTool(request, era, call);
    if (era === 'modern' && method === 'server/discover') return discover();
    if (era === 'modern' && method === 'subscriptions/listen') return listen(request.id);
    throw new RpcError(RPC.unknownMethod, `Unknown method: ${method}`);
  }

  function settle(id: RpcId, call: InFlight, line: string | undefined): void {
    inFlight.delete(id);
    // A cancelled request is not answered (basic/patterns/cancellation).
    if (line !== undefined && !call.cancelled) write(line);
    if (inFlight.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  async function serve(request: Request): Promise<void> {
    const { id } = request;
    if (inFlight.has(id) || subscriptions.has(id))
      return write(
        errorLine(id, { code: RPC.invalidRequest, message: 'A request with this id is in flight.' }),
      );
    if (inFlight.size >= MOST_IN_FLIGHT)
      return write(
        errorLine(id, { code: RPC.internal, message: `Busy: ${MOST_IN_FLIGHT} requests are in flight.` }),
      );
    const call: InFlight = { controller: new AbortController(), cancelled: false };
    inFlight.set(id, call);
    try {
      const text = await answer(request, call);
      settle(id, call, text === undefined ? undefined : resultLine(id, text));
    } catch (error) {
      const known =
        error instanceof RpcError
          ? error
          : new RpcError(RPC.internal, error instanceof Error ? error.message : String(error));
      settle(id, call, errorLine(id, known));
    }
  }

  function cancel(params: Members): void {
    const id = params['requestId'];
    if (typeof id !== 'string' && typeof id !== 'number') return;
    subscriptions.delete(id);
    const call = inFlight.get(id);
    if (!call) return;
    call.cancelled = true;
    call.controller.abort(new Error('The caller cancelled the call.'));
  }

  return {
    receive(line) {
      const message = parseMessage(line);
      if (message.kind === 'request') void serve(message);
      else if (message.kind === 'invalid') write(errorLine(null, message));
      else if (message.kind === 'notification' && message.method === 'notifications/cancelled')
        cancel(message.params);
    },
    idle() {
      return inFlight.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve));
    },
    close() {
      for (const id of subscriptions)
        write(
          resultLine(id, JSON.stringify({ resultType: 'complete', _meta: { [SUBSCRIPTION_ID_KEY]: id } })),
        );
      subscriptions.clear();
      for (const call of inFlight.values()) call.controller.abort(new Error('The server is stopping.'));
    },
  };
}
