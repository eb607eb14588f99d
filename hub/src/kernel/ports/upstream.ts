import type { CounterpartError, SearchHints, ToolDefinition } from '@counterpart/schemas';
import type { ProcessSnapshot, Supervised } from './process.ts';

// Between upstream and gateway: a server as the hub reaches it, and requests on their way there and back.

export type RpcId = string | number;

/** By which progress is told; an object: a number with more digits than a double holds, kept as it came. */
export type ProgressToken = RpcId | object;
export type JsonMembers = Record<string, unknown>;
export type Era = 'modern' | 'legacy';

/** A legacy client from `initialize` to its end, as far as an upstream must tell it from others. */
export interface CallerSession {
  readonly id: string;
  /** Aborted when the session ends. */
  readonly ended: AbortSignal;
}

/** Who asks, as far as the server may know. */
export interface Caller {
  readonly era: Era;
  /** Capabilities the client declared: what it can be asked for during this call. */
  readonly capabilities: JsonMembers;
  readonly clientInfo?: JsonMembers | undefined;
  /** Modern: the request's `io.modelcontextprotocol/logLevel`. Legacy: the session's level. */
  readonly logLevel?: string | undefined;
  /** Set for a legacy client; a modern one has none. */
  readonly session?: CallerSession | undefined;
  /** The person in whose name it asks, for the hub's own eyes; undefined: the owner. */
  readonly principal?: string | undefined;
}

/** An answer as the server sent it: a JSON-RPC frame and where its id stands, so that only the id is replaced. */
export interface RawReply {
  readonly kind: 'frame';
  readonly frame: Buffer;
  /** The same with one character for each byte, where that is at hand: of small frames. */
  readonly text?: string | undefined;
  /** The id's text is `frame[idStart, idEnd)`. */
  readonly idStart: number;
  readonly idEnd: number;
  /** The frame carries `error`, not `result`. */
  readonly isError: boolean;
  /** Era of the server: a legacy result has no `resultType` yet. */
  readonly era: Era;
  /** Set for a frame that is nobody else's: nothing of it is read any more, so that its memory is free before it is collected. */
  readonly spent?: (() => void) | undefined;
}
export type RelayReply = RawReply | { readonly kind: 'failure'; readonly error: CounterpartError };

/** Where everything that belongs to one forwarded request goes. */
export interface RelaySink {
  readonly caller: Caller;
  /**
   * A long result begins; `head` is its frame as far as it came. Takes the rest as it comes if the function that does so is
   * returned, and must be given the whole if not. `settle` is called when it is whole, or breaks off, either way.
   */
  begin?(head: RawReply): ((part: Buffer) => void) | undefined;
  /** Exactly once. */
  settle(reply: RelayReply): void;
  /** A notification for this request: progress (with the caller's own token) or a log message. Never after `settle`. */
  notify(method: string, params: JsonMembers): void;
  /**
   * A legacy server asks the client (elicitation, sampling, roots): the client's result, or a rejection. `told`: set where the
   * server wants to hear of the client's progress; takes the parameters of such a notification.
   */
  ask(method: string, params: JsonMembers, signal: AbortSignal, told?: Told): Promise<JsonMembers>;
}

/** Hears how far a client is with a question. */
export type Told = (params: JsonMembers) => void;

export interface RelayRequest {
  readonly method: string;
  /** Owned by the callee. Names and URIs are already the server's own; `_meta` holds no reserved key. */
  readonly params: JsonMembers;
  /** The caller's progress token, if it wants progress. */
  readonly progressToken?: ProgressToken | undefined;
  readonly timeoutMs?: number | undefined;
  /** Asked again when the server had to be started and has been listed: why the request must not go after all. */
  readonly recheck?: (() => CounterpartError | undefined) | undefined;
  /** A person who calls a tool; absent: the owner. Tools of the hub's own answer by it. */
  readonly principal?: string | undefined;
}

export interface RelayTicket {
  /** The caller gave up: the server is told, the sink hears nothing more. */
  cancel(reason?: string): void;
}

/** What a server said of itself in its handshake. */
export interface UpstreamInfo {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly capabilities: JsonMembers;
  readonly serverInfo?: JsonMembers | undefined;
  readonly instructions?: string | undefined;
  /** Reached over HTTP+SSE of 2024-11-05. */
  readonly transport?: 'sse' | undefined;
}

/** Lists as the server gave them, with every unknown member kept. */
export interface UpstreamLists {
  readonly tools: readonly ToolDefinition[];
  readonly prompts: readonly JsonMembers[];
  readonly resources: readonly JsonMembers[];
  readonly resourceTemplates: readonly JsonMembers[];
}

export interface UpstreamEvents {
  /** A list changed, or was learned anew. */
  'lists-changed': [lists: UpstreamLists];
  /** A subscribed resource changed; `session`: only for the session of this id, which has an instance of its own. */
  'resource-updated': [uri: string, session?: string];
  /** What concerns one client that the server does not name: news of a task or of an elicitation, by its id. */
  notification: [method: string, params: JsonMembers];
  /** A log message that belongs to no call. */
  'log-message': [params: JsonMembers];
  /** Reached or lost. */
  'availability-changed': [available: boolean];
}

/** Never rejects; empty where nothing can be read. */
export type ReadSearchHints = () => Promise<ReadonlyMap<string, SearchHints>>;

/** The hub's link to one server. Starting it is part of using it. */
export interface Upstream {
  readonly id: string;
  /** Known after the first handshake, or from the registry. */
  readonly info: UpstreamInfo | undefined;
  /** The lists as this process or connection gave them last; undefined before that. */
  readonly lists: UpstreamLists | undefined;
  /** Why it gives no lists though it runs; it is asked again. */
  readonly listProblem?: CounterpartError | undefined;
  /** Words for search by name of tool, read from the server's package; absent for a server that has none. */
  readonly searchHints?: ReadSearchHints | undefined;
  /** Hot path: forwards a request; the server is started if need be. Never throws: failures go to the sink. */
  forward(request: RelayRequest, sink: RelaySink): RelayTicket;
  /** The hub's own request; rejects with a CounterpartError, or with RpcFailure for the server's own error. */
  request(
    method: string,
    params: JsonMembers,
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<JsonMembers>;
  /** Connects and reads all lists; the result is also announced as `lists-changed`. */
  refresh(signal?: AbortSignal): Promise<UpstreamLists>;
  /** `session`: whose instance is to tell of changes too, where each session has one. */
  subscribeResource(uri: string, session?: CallerSession): Promise<void>;
  unsubscribeResource(uri: string, session?: CallerSession): Promise<void>;
  /** Asks a modern server for news of a task, until the returned function is called. */
  followTask(taskId: string): () => void;
  /** The roots of this session changed: told to a legacy server that runs for it and was told of such changes. */
  rootsChanged(session: CallerSession): void;
  on<K extends keyof UpstreamEvents>(event: K, listener: (...args: UpstreamEvents[K]) => void): () => void;
  /** Process state; a remote server is `ready` or `stopped`, `degraded` after failures. */
  readonly snapshot: ProcessSnapshot;
  /** Processes or connections beside the shared one that serve one session or one call each. */
  readonly instances?: readonly ProcessSnapshot[] | undefined;
  /** Undefined for a remote server. */
  readonly process: Supervised | undefined;
  /** Takes no new call, lets those in flight finish for `drainMs` (default 0), then ends the link and the process. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}
