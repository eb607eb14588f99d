import type { Readable, Writable } from 'node:stream';
import type { CounterpartError, Effect, ErrorCode, ServerState, ToolDefinition } from '@counterpart/schemas';
import type { ViewMode } from './hub-tools.ts';

/**
 * Interfaces through which rooms of one row meet; `hub.ts` hands the implementations in (`test/architecture.test.ts`).
 * The hot path of a call is: gateway → CatalogView.tool → Upstream.forward → link → child process.
 */

// ---------------------------------------------------------------- supervisor ⇄ upstream

/** How a process is run. `env` is complete: nothing else is inherited. */
export interface ProcessSpec {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly startTimeoutMs: number;
  /** From the end of stdin to SIGTERM, and from SIGTERM to SIGKILL. */
  readonly shutdownMs: number;
  /** Stopped after this long without a call; 0: never. */
  readonly idleMs: number;
  /** Between liveness probes while ready; 0: none. */
  readonly probeMs: number;
  readonly dependsOn: readonly string[];
  /** Its first argument is a module for the Node that runs the hub: it may begin in a process kept ready for that. */
  readonly warm?: boolean | undefined;
  /** One of several processes of this server: its state is not the server's, and is not published. */
  readonly instanceOf?: string | undefined;
}

export interface ChildIo {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** What the supervisor must be told of a process it knows nothing about. */
export interface ProcessProtocol {
  /** Once a process: resolves when it answered the handshake and lists what its manifest says; rejects to fail the start. */
  handshake(child: ChildIo, signal: AbortSignal): Promise<void>;
  /** Liveness; a rejection counts as a failure. */
  probe(signal: AbortSignal): Promise<void>;
  /** The process is gone, wanted or not: fail what is in flight. Called exactly once for every `handshake` begun. */
  lost(reason: CounterpartError): void;
  /** Calls in flight; the idle timer waits while there are any. */
  inFlight(): number;
}

export interface ProcessSnapshot {
  readonly state: ServerState;
  readonly pid?: number | undefined;
  readonly restarts: number;
  readonly since: number;
  /** The last failure in words; cleared when ready. */
  readonly problem?: string | undefined;
  /** Its code in the error catalogue. */
  readonly code?: string | undefined;
}

export interface Supervised {
  readonly snapshot: ProcessSnapshot;
  /** Resolves when ready, starting the process if it is stopped or waiting; rejects with SERVER_START_FAILED, SERVER_START_TIMEOUT, SERVER_QUARANTINED. */
  ready(): Promise<void>;
  /** A call was made: the idle time starts anew. */
  touch(): void;
  /** A real call failed (`false`) or succeeded (`true`): passive health. */
  observe(ok: boolean): void;
  stop(): Promise<void>;
  /** Stops it, forgets its failures, and starts it anew. Leaves quarantine. */
  restart(): Promise<void>;
  /** Forgets failures without starting. Leaves quarantine. */
  reset(): void;
  /** Last lines of standard error, oldest first, without secrets; bounded. */
  stderr(): readonly string[];
  /** Stops it and forgets it. */
  remove(): Promise<void>;
}

export interface Supervisor {
  supervise(spec: ProcessSpec, protocol: ProcessProtocol): Supervised;
  /** Every change of any process's state. */
  subscribe(listener: (id: string, snapshot: ProcessSnapshot) => void): () => void;
  /** Processes that are no server yet and wait to become one. */
  readonly sparePids: readonly number[];
  /** Stops all in reverse order of dependency; no process is left. */
  shutdown(): Promise<void>;
}

// ---------------------------------------------------------------- upstream ⇄ gateway

export type RpcId = string | number;
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
}

/** An answer as the server sent it: a JSON-RPC frame and where its id stands, so that only the id is replaced. */
export interface RawReply {
  readonly kind: 'frame';
  readonly frame: Buffer;
  /** The id's text is `frame[idStart, idEnd)`. */
  readonly idStart: number;
  readonly idEnd: number;
  /** The frame carries `error`, not `result`. */
  readonly isError: boolean;
  /** Era of the server: a legacy result has no `resultType` yet. */
  readonly era: Era;
}
export type RelayReply = RawReply | { readonly kind: 'failure'; readonly error: CounterpartError };

/** Where everything that belongs to one forwarded request goes. */
export interface RelaySink {
  readonly caller: Caller;
  /** Exactly once. */
  settle(reply: RelayReply): void;
  /** A notification for this request: progress (with the caller's own token) or a log message. Never after `settle`. */
  notify(method: string, params: JsonMembers): void;
  /** A legacy server asks the client (elicitation, sampling, roots): the client's result, or a rejection. */
  ask(method: string, params: JsonMembers, signal: AbortSignal): Promise<JsonMembers>;
}

export interface RelayRequest {
  readonly method: string;
  /** Owned by the callee. Names and URIs are already the server's own; `_meta` holds no reserved key. */
  readonly params: JsonMembers;
  /** The caller's progress token, if it wants progress. */
  readonly progressToken?: RpcId | undefined;
  readonly timeoutMs?: number | undefined;
  /** Asked again when the server had to be started and has been listed: why the request must not go after all. */
  readonly recheck?: (() => CounterpartError | undefined) | undefined;
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

/** The hub's link to one server. Starting it is part of using it. */
export interface Upstream {
  readonly id: string;
  /** Known after the first handshake, or from the registry. */
  readonly info: UpstreamInfo | undefined;
  /** The lists as this process or connection gave them last; undefined before that. */
  readonly lists: UpstreamLists | undefined;
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

// ---------------------------------------------------------------- catalog ⇄ gateway

/** A page of a list, serialised once a catalog change: the JSON text of the array, without its brackets' siblings. */
export interface ListPage {
  /** JSON array text, such as `[{"name":"a__b",…}]`. */
  readonly items: string;
  readonly nextCursor?: string | undefined;
}

export type ListKind = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/** How a server is that does not serve as it should: told to clients beside lists that it may be missing from. */
export interface ServerOutcome {
  /** `stale`: listed as it was last seen; `failed`: not listed; `quarantined`: not started until somebody says so. */
  readonly state: 'stale' | 'failed' | 'quarantined';
  /** Of the error catalogue. */
  readonly code: string;
}

/** An immutable snapshot of what one URL of the gateway offers. */
export interface CatalogView {
  readonly version: number;
  /** Tools of all pages together. */
  readonly toolCount: number;
  /** Undefined for a cursor this catalog did not hand out. */
  page(list: ListKind, cursor: string | undefined): ListPage | undefined;
  tool(hubName: string): ToolRoute | undefined;
  /** For a name that `tool` does not know: the server that may know a tool it does not list, if it may be asked. */
  unlisted(hubName: string): ToolRoute | undefined;
  /** All tools that can be called, by the names they have in this view. */
  readonly tools: ReadonlyMap<string, ToolRoute>;
  prompt(hubName: string): { readonly upstream: Upstream; readonly name: string } | undefined;
  resource(uri: string): { readonly upstream: Upstream; readonly uri: string } | undefined;
  /** Set for a server some of whose URIs have other names here, because another server has them too. */
  renameUri(server: string): RenameUri | undefined;
  /** Union of what the servers offer, as the gateway may advertise it. */
  readonly capabilities: JsonMembers;
  readonly instructions?: string | undefined;
  /** Why a tool that a server lists is not offered: TOOL_CHANGED. Undefined for any other name. */
  withheld(hubName: string): CounterpartError | undefined;
  /** Names near to one that is unknown, best first. */
  similarTools(hubName: string): readonly string[];
  /** JSON text of the servers that do not serve as they should, by id (`ServerOutcome`); undefined when all are well. */
  readonly outcomes?: string | undefined;
  /** All servers of the view, by id: where set-level requests go. */
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** All tools that can be called, by name in the hub; given only where most of them are found by search, not listed. */
  readonly searchable?: ReadonlyMap<string, ToolRoute> | undefined;
  /** Given where the view has tools of the hub's own. */
  readonly presentation?: Presentation | undefined;
}

/** How a view shows its tools and their results. */
export interface Presentation {
  readonly mode: ViewMode;
  /** Names of the hub's own tools here; no tool of a server is called by them. */
  readonly ownTools: ReadonlySet<string>;
  /** The most of a tool's result that is given at once; undefined: all of it. */
  readonly resultTokens: number | undefined;
}

/** A server's own URI as the view offers it; the same text for most. */
export type RenameUri = (own: string) => string;

/** A tool as policies tell it from others; decided once, when the catalog's snapshot is made. */
export interface ToolDescription {
  /** Id of its server. */
  readonly server: string;
  /** The server's own name of it. */
  readonly name: string;
  /** Its name at `/mcp`, also in views that call it otherwise. */
  readonly hubName: string;
  readonly effect: Effect;
}

/** Where a tool's call goes. One object a tool and snapshot: what is decided of it may be kept by it. */
export interface ToolRoute extends ToolDescription {
  readonly upstream: Upstream;
  readonly definition: ToolDefinition;
}

export type ViewSelector =
  | { readonly kind: 'all' }
  | { readonly kind: 'server'; readonly id: string }
  | { readonly kind: 'profile'; readonly name: string };

export interface CatalogChange {
  readonly tools: boolean;
  readonly prompts: boolean;
  readonly resources: boolean;
}

export interface Catalog {
  /** The current snapshot; undefined for an unknown server or profile. Cheap: built once a change. */
  view(selector: ViewSelector): CatalogView | undefined;
  subscribe(listener: (change: CatalogChange) => void): () => void;
  /** A subscribed resource changed. */
  onResourceUpdated(listener: (update: ResourceUpdate) => void): () => void;
}

/** A change of a resource, by the server's own URI of it. */
export interface ResourceUpdate {
  readonly upstream: Upstream;
  readonly uri: string;
  /** Only for the session of this id; undefined: for all. */
  readonly session?: string | undefined;
}

/** What the catalog must know of each server, from the registry and the configuration. */
export interface CatalogSource {
  readonly id: string;
  /** Text before `__` in hub names; empty: names stay as they are. */
  readonly prefix: string;
  readonly upstream: Upstream;
  /** Lists known without a process: from the server's `tools.json` or from the last time it ran. */
  readonly known: UpstreamLists | undefined;
  readonly enabled: boolean;
  /** A built server: what it says is its owner's word. */
  readonly packaged?: boolean | undefined;
  /** It is never asked for a tool that it does not list: a built server has no other, and new ones may need an approval. */
  readonly onlyListed?: boolean | undefined;
}

// ---------------------------------------------------------------- policy ⇄ every surface that calls tools

/** By which way a call came in; `search` is one of the hub's own `call_tool_…`. */
export type CallVia = 'mcp' | 'search' | 'code' | 'rest' | 'chat' | 'cli';

/** A call of a tool, as policies see it before it is forwarded. */
export interface ToolCall {
  readonly route: ToolRoute;
  readonly view: ViewSelector;
  readonly via: CallVia;
  readonly caller: Caller;
  /** Who is answerable for it. */
  readonly principal: string;
  /** As they came: not validated. */
  readonly arguments: unknown;
}

/** `asked`: the server wants to know more before it answers. `refused`: its JSON-RPC error. `failed`: no answer of the server. */
export interface CallOutcome {
  readonly kind: 'ok' | 'tool-error' | 'asked' | 'refused' | 'failed' | 'cancelled';
  /** Why it failed. */
  readonly code?: ErrorCode | undefined;
  readonly durationMs: number;
}

/** What is decided of tools and their calls, the same on every way. Absent members allow everything and hear of nothing. */
export interface CallPolicy {
  /** Hot path: a lookup, never a wait. What it returns is the answer; POLICY_DENIED unless another code says more. */
  check?(call: ToolCall): CounterpartError | undefined;
  /** False: not listed, not found, not described, and as unknown as a tool that never was. Asked once a snapshot. */
  visible?(tool: ToolDescription, principal: string): boolean;
  /** After the answer of every call that was forwarded; must not throw. */
  observe?(call: ToolCall, outcome: CallOutcome): void;
}

/** A call from a surface that is not MCP. */
export interface ToolCallRequest {
  readonly view: ViewSelector;
  /** The tool's name in that view. */
  readonly tool: string;
  readonly arguments?: JsonMembers | undefined;
  readonly via: CallVia;
  /** Default: one that can be asked nothing. */
  readonly caller?: Caller | undefined;
  /** Aborted, the server is told and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Given, the server is asked for progress: the parameters of each `notifications/progress`. */
  readonly progress?: ((params: JsonMembers) => void) | undefined;
  /** Answers what `caller` declares; without it a server that asks is refused. */
  readonly ask?: RelaySink['ask'] | undefined;
}

/** Tools for every surface: the same names, the same policy and the same upstreams as by MCP. */
export interface ToolCalls {
  /**
   * Members of the result as the server gave them. Rejects with a CounterpartError (TOOL_UNKNOWN, POLICY_DENIED,
   * INPUT_REQUIRED, CALL_TIMEOUT, …), or with RpcFailure for the server's own error.
   */
  call(request: ToolCallRequest): Promise<JsonMembers>;
}
