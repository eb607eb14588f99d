import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Generations, Orchestrator } from '../kernel/ports.ts';
import type { Conversations } from '../orchestrator/conversations/conversations.ts';
import type { Responses } from '../orchestrator/conversations/responses.ts';
import type { CallIds } from './completions/call-ids.ts';
import type { RecentAnswers } from './socket/recent.ts';
import type { Runs } from './stream/runs.ts';

/** What the endpoints stand on. */
export interface ChatOptions {
  readonly orchestrator: Orchestrator;
  readonly generations: Pick<Generations, 'models' | 'embed'>;
  readonly conversations: Conversations;
  readonly responses: Responses;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names that stand for a choice of the hub's, such as `hub/auto`. */
  readonly routes: () => readonly string[];
  /** On whose behalf tools are called. */
  readonly principal: string;
  /** What people have instead, each for themselves. Default: nothing, for nobody but the principal is let in. */
  readonly people?: People | undefined;
}

export type PersonsParts = Pick<ChatOptions, 'conversations' | 'responses' | 'routes'>;

export interface People {
  readonly names: () => readonly string[];
  readonly of: (person: string) => PersonsParts;
}

/** The same with what the endpoints share. */
export interface ChatParts extends ChatOptions {
  /** Of the request that is answered; `log` writes it into each line. */
  readonly requestId: string;
  readonly runs: Pick<Runs, 'open' | 'find'>;
  readonly callIds: CallIds;
  /** Of the connection over which is asked: answers that are not kept. */
  readonly recent?: RecentAnswers | undefined;
}
