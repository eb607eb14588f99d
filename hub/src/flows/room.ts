import type { ChatConfig } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { EventLog } from '../kernel/events.ts';
import type { Logger } from '../kernel/log.ts';
import type { ChatRouter, Generations, Orchestrator, ToolCalls, ToolRoute } from '../kernel/ports.ts';
import type { Prompts } from '../prompts/prompts.ts';

/** The tools of the hub, as they are now. */
export interface FlowTools {
  /** Undefined: nobody lists it. */
  route(name: string): ToolRoute | undefined;
  /** Whether a server may know it that does not list it. */
  isUnlisted(name: string): boolean;
  names(): readonly string[];
}

/** What flows need of the other rooms. */
export interface FlowRoom {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventLog;
  readonly config: () => Pick<
    ChatConfig,
    'approve' | 'callTimeoutMs' | 'maxTimeMs' | 'maxRounds' | 'maxTokens' | 'maxCostUsd'
  >;
  readonly tools: FlowTools;
  readonly calls: ToolCalls;
  readonly prompts: Prompts;
  readonly router: ChatRouter;
  readonly generations: Generations;
  /** Answers nodes whose model calls tools itself. */
  readonly orchestrator: () => Promise<Orchestrator>;
  /** Answerable for what flows do. */
  readonly principal: string;
  /** Takes secrets out of what is kept and shown. */
  readonly clean: (text: string) => string;
}

/** All tools of the hub: a flow is its owner's. */
export const EVERYTHING = { kind: 'all' } as const;
