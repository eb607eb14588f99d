import type { LoopDetail, LoopOrder } from '@counterpart/schemas';

/** The build loop, as chats start and follow it. */
export interface ChatBuilds {
  start(order: Pick<LoopOrder, 'text' | 'author'> & Partial<LoopOrder>): Promise<{ readonly id: string }>;
  /** Rejects with BUILD_UNKNOWN. */
  show(id: string): Promise<LoopDetail>;
  /** Until it waits for somebody or is at its end; every stage is told. */
  follow(id: string, told: (line: string) => void, signal: AbortSignal): Promise<LoopDetail>;
  decide(id: string, decision: 'approve' | 'reject', hash: string): Promise<void>;
  cancel(id: string): Promise<void>;
  /** Goes on without the secrets that it waits for. */
  skip(id: string): Promise<void>;
  /** Names of secrets that a server wants and has no value for. */
  missingSecrets(server: string): readonly string[];
  /** A page of this machine's where one secret can be entered once. */
  secretPage(server: string, name: string): string;
}

/** One message that may be about a build. */
export interface BuildTurn {
  readonly builds: ChatBuilds;
  /** The message that is answered. */
  readonly question: string;
  /** What was answered before, the last answer last. */
  readonly answers: readonly string[];
  /** Whether a model is there that can write what no description says. */
  readonly hasModel: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}
