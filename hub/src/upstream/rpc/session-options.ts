import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import type { Redact } from '../../kernel/redact.ts';
import type { UpstreamLimits } from '../options.ts';

export interface SessionOptions {
  readonly server: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Applied to what the server says before it is quoted. */
  readonly redact: Redact;
  readonly limits: UpstreamLimits;
  readonly events: SessionEvents;
}

export interface SessionEvents {
  /** A notification that belongs to no call. */
  notification(method: string, params: JsonMembers): void;
  /** A call was answered, or was not in time. */
  outcome(answered: boolean): void;
  /** A line that is no MCP, and how many there were. */
  junk(line: Buffer, lines: number): void;
}
