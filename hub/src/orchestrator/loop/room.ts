import type { ChatConfig, RoutingConfig } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { ChatRouter, Generations, ToolCalls, ToolRoute, ViewSelector } from '../../kernel/ports.ts';
import type { AnswerCache } from '../cache/answer-cache.ts';
import type { ChatBuilds } from './building/chat-builds.ts';
import type { PendingStore } from './pending.ts';

/** Tools of the hub, as they are looked up for a model. */
export interface ToolShelf {
  /** All that may be called, by their names in the view; empty for a view that is not there. */
  all(view: ViewSelector): ReadonlyMap<string, ToolRoute>;
  /** Names of those that fit a text, best first. */
  find(view: ViewSelector, text: string, limit: number): Promise<readonly string[]>;
}

/** What the orchestrator needs of the other rooms. */
export interface ChatRoom {
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: () => ChatConfig;
  /** How often an answer is asked for, to see whether the answers agree. */
  readonly consistency: () => RoutingConfig['consistency'];
  readonly router: ChatRouter;
  readonly generations: Generations;
  readonly shelf: ToolShelf;
  readonly calls: ToolCalls;
  readonly pending: PendingStore;
  readonly cache: AnswerCache;
  /** As a principal may speak of them. */
  readonly builds: (principal: string) => ChatBuilds;
  /** What is remembered of the servers that a principal sees, and of their wishes, a line each. */
  readonly memory: (principal: string) => Promise<readonly string[]>;
  /** The owner of all that is kept, with the principals that ask. */
  readonly organisation: string;
  /** Takes secrets out of what a model, a log or a person is shown. */
  readonly clean: (text: string) => string;
}
