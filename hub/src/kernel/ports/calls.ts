import type { CounterpartError, ErrorCode } from '@counterpart/schemas';
import type { ToolDescription, ToolRoute, ViewSelector } from './catalog.ts';
import type { Caller, JsonMembers, RelaySink } from './upstream.ts';

// Between policies and every surface that calls tools.

/** By which way a call came in; `search` is one of the hub's own `call_tool_…`. */
export type CallVia = 'mcp' | 'search' | 'code' | 'rest' | 'chat' | 'cli' | 'flow';

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
  /** HTTP status with which the service refused, where the server says it. */
  readonly status?: number | undefined;
  /** Places of the answer that are not as the server's blueprint says. */
  readonly places?: readonly string[] | undefined;
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
  /** For a caller that only writes the result again: a number of it that a double would change stands for its own text. */
  readonly exact?: boolean;
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
