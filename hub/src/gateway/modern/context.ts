import type { Origin } from '../parking/client-of.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';

/** Where a modern request came from; without headers on stdio, where there are none to compare. */
export interface ModernContext extends Origin {
  readonly channel: ReplyChannel;
  /** Called once when nothing more will happen. */
  readonly done: () => void;
}

/** What can be cancelled of a request still in flight. */
export type Cancel = (reason?: string) => void;
