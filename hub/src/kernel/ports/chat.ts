import type { CounterpartError } from '@counterpart/schemas';
import type { ChatItem, ChatTool, GenerationFinish, GenerationSettings, TokenUsage } from './generations.ts';
import type { JsonMembers } from './upstream.ts';
import type { ViewSelector } from './catalog.ts';

// Between the surfaces that take chats (`/v1/…`, `hub chat`), the orchestrator's loop and its router.

export type Tier = 'standard' | 'heavy' | 'ultra';

/** What a question is, as far as words and shape tell. */
export interface Classification {
  /** `chat`, `code`, `research`, `data`, `build` and what the configuration adds. */
  readonly category: string;
  /** From 0 (trivial) to 1. */
  readonly complexity: number;
  readonly needs: {
    readonly tools: boolean;
    readonly images: boolean;
    /** Holds what must not leave the owner's machines. */
    readonly local: boolean;
    /** Of the whole request, estimated. */
    readonly contextTokens: number;
  };
  /** What spoke for it, by name: shown by `hub route explain`. */
  readonly signals: Readonly<Record<string, number | string | boolean>>;
}

export type DelegationReason =
  | 'complexity'
  | 'latency'
  | 'memory-pressure'
  | 'failure'
  | 'low-consistency'
  | 'context'
  /** No model of the tier may answer: its modality, its place, the budget. */
  | 'constraint'
  /** The tier answers as many as it may at once. */
  | 'capacity'
  | 'override';

/** Which model answers and why; what else was possible comes after it. */
export interface RouteDecision {
  readonly id: string;
  /** `hub/auto`, a tier's `hub/<tier>` or a model's own id, as it was asked for. */
  readonly asked: string;
  readonly classification: Classification;
  readonly tier: Tier;
  /** `<provider>/<model>`. */
  readonly model: string;
  /** In the order in which they are tried when `model` fails. */
  readonly fallbacks: readonly string[];
  /** From which tier or model it was moved, and why; absent: it was the first choice. */
  readonly delegated?:
    | { readonly from: string; readonly to: string; readonly reason: DelegationReason }
    | undefined;
  /** Models that could not answer, each with the constraint it breaks. */
  readonly excluded: readonly { readonly model: string; readonly why: string }[];
  /** The conversation stays with a model it had, or must because tools are being called. */
  readonly pinned?: 'sticky' | 'locked' | undefined;
  readonly tookMs: number;
}

export interface RouteQuestion {
  readonly asked: string;
  readonly items: readonly ChatItem[];
  readonly toolCount: number;
  /** Pins live and die with it. */
  readonly conversation?: string | undefined;
  readonly principal: string;
  /** In the middle of a tool loop: the model that began it goes on. */
  readonly locked?: boolean | undefined;
  readonly settings?: GenerationSettings | undefined;
  /** Made before by a model; absent: by rules. */
  readonly classification?: Classification | undefined;
  /** Of this request or its conversation: they only narrow what the configuration allows. */
  readonly limits?: RouteLimits | undefined;
}

/** What a model must hold to be chosen, beyond what the configuration asks of all. */
export interface RouteLimits {
  readonly localOnly?: boolean | undefined;
  /** To the first token, at the median. */
  readonly maxLatencyMs?: number | undefined;
  /** Of one answer, estimated. */
  readonly maxCostUsd?: number | undefined;
}

/** How a run with a decision ended: what the router learns from and metrics count. */
export interface RouteOutcome {
  readonly model: string;
  readonly outcome: 'ok' | 'failed' | 'cancelled';
  readonly firstTokenMs?: number | undefined;
  readonly durationMs: number;
  readonly usage: TokenUsage;
  readonly costUsd: number;
  readonly toolCalls: readonly {
    readonly name: string;
    readonly isError: boolean;
    readonly durationMs: number;
  }[];
  /** 1 is full agreement of the samples; absent: one sample. */
  readonly agreement?: number | undefined;
}

export interface ChatRouter {
  /** The question with the word of the small model that classifies, where one is configured; never rejects but for an abort. */
  prepare(question: RouteQuestion, signal: AbortSignal): Promise<RouteQuestion>;
  /** Pure of waits, and under two milliseconds. Throws MODEL_MISSING, MODEL_UNKNOWN, MODEL_OVER_CONTEXT or ROUTE_IMPOSSIBLE. */
  choose(question: RouteQuestion): RouteDecision;
  /** The next of `fallbacks` that is right for this failure, as a decision of its own; undefined: none is left. */
  next(decision: RouteDecision, failure: CounterpartError): RouteDecision | undefined;
  /** Higher than `decision`'s tier, if one is eligible. */
  escalate(decision: RouteDecision, reason: DelegationReason): RouteDecision | undefined;
  /**
   * Waits for a place in the decision's tier, which may have only so many at once; call what it resolves with when the model
   * has answered. Rejects with ROUTE_BUSY when too many wait, and for an abort.
   */
  admit(decision: RouteDecision, signal: AbortSignal): Promise<() => void>;
  /** Recorded in the background: never awaited. */
  observe(decision: RouteDecision, outcome: RouteOutcome): void;
}

/** The most that a run may take; what is absent is the configuration's. */
export interface RunLimits {
  readonly rounds?: number | undefined;
  readonly timeMs?: number | undefined;
  readonly tokens?: number | undefined;
  readonly costUsd?: number | undefined;
  /** Calls of the hub's tools and of the caller's, together. */
  readonly toolCalls?: number | undefined;
}

/** One question to the orchestrator: answered by a model, by rules where there is none, with the hub's tools. */
export interface RunRequest {
  readonly model: string;
  /** The whole conversation, the question last. */
  readonly items: readonly ChatItem[];
  readonly settings?: GenerationSettings | undefined;
  /** Those of the caller: the run ends when the model calls one. */
  readonly tools?: readonly ChatTool[] | undefined;
  /** What of the hub's tools may be used. Default: all. `none`: the caller's only. */
  readonly view?: ViewSelector | 'none' | undefined;
  readonly conversation?: string | undefined;
  readonly principal: string;
  readonly limits?: RunLimits | undefined;
  readonly routing?: RouteLimits | undefined;
  /** Answers that are compared; default: the configuration's, mostly 1. */
  readonly samples?: number | undefined;
  /** `false`: neither given from the cache nor kept there. */
  readonly cache?: false | undefined;
  /** Nobody is shown the answer before its end. */
  readonly isWhole?: boolean | undefined;
  /** Of the request that asks: lines of the log bear it. */
  readonly requestId?: string | undefined;
}

/** Calls that wait for a person, all of one round: they are approved or rejected together. */
export interface PendingCalls {
  /** Such as `ap-7k2m9x`: it stands in the answer that asks. */
  readonly id: string;
  readonly calls: readonly {
    readonly callId: string;
    readonly tool: string;
    readonly arguments: JsonMembers;
  }[];
  readonly conversation?: string | undefined;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** What comes of a run, in the order it came. The last is `end`, whatever happened: a failure is told there and in the text. */
export type RunEvent =
  | { readonly type: 'routed'; readonly decision: RouteDecision }
  | { readonly type: 'text' | 'reasoning' | 'refusal'; readonly delta: string }
  | {
      readonly type: 'tool-started';
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'tool-ended';
      readonly callId: string;
      readonly name: string;
      readonly isError: boolean;
      /** Cut for showing. */
      readonly text: string;
      readonly durationMs: number;
    }
  /** The caller's own tool: whole, once its arguments are. */
  | {
      readonly type: 'caller-call';
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    }
  | { readonly type: 'approval'; readonly pending: PendingCalls }
  /** Pages that a provider names for what was said before; `[1]` in the text means the first. */
  | { readonly type: 'sources'; readonly urls: readonly string[] }
  /** Progress of something long, such as a build: for whoever shows it, not part of the answer. */
  | { readonly type: 'progress'; readonly text: string }
  | {
      readonly type: 'end';
      readonly finish: GenerationFinish;
      readonly usage: TokenUsage;
      readonly costUsd: number;
      /** That answered; `hub/rules` when no provider did. */
      readonly model: string;
      readonly rounds: number;
      /** What the run adds to the conversation: calls, outputs and the answer. */
      readonly items: readonly ChatItem[];
      /** Why it ended early; the text says it too. */
      readonly problem?: CounterpartError | undefined;
      readonly agreement?: number | undefined;
      readonly reward?: number | undefined;
      /** It was given before, to the same question or to one that means the same; absent: it is new. */
      readonly cached?: 'exact' | 'similar' | undefined;
    };

/** Chat over every tool of the hub. */
export interface Orchestrator {
  /**
   * Never rejects but for an abort, after which nothing goes on. An answer that asked for an approval is followed by a
   * request whose last message says yes or no, or by `decide`.
   */
  run(request: RunRequest, signal: AbortSignal): AsyncIterable<RunEvent>;
  /** Calls that wait for a person's word, the oldest first: those of one principal, or of all. */
  pending(principal?: string): Promise<readonly PendingCalls[]>;
  /** Goes on with a run after a person's word; with `principal` only with one of theirs. Rejects with CHAT_PENDING_UNKNOWN; otherwise as `run`. */
  decide(
    id: string,
    decision: 'approve' | 'reject',
    signal: AbortSignal,
    principal?: string,
  ): Promise<AsyncIterable<RunEvent>>;
}
