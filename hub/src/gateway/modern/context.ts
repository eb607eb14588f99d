import type { IncomingHttpHeaders } from 'node:http';
import type { ViewSelector } from '../../kernel/ports.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';

/** Where a modern request came from. */
export interface ModernContext {
  readonly selector: ViewSelector;
  readonly channel: ReplyChannel;
  /** Absent on stdio, where there are none to compare. */
  readonly headers: IncomingHttpHeaders | undefined;
  /** Called once when nothing more will happen. */
  readonly done: () => void;
}

/** What can be cancelled of a request still in flight. */
export type Cancel = (reason?: string) => void;
