import type { CounterpartError } from '@counterpart/schemas';
import type { ProcessSpec } from '../../kernel/ports.ts';

/** How one process is kept; times in milliseconds. */
export interface Policy extends Pick<
  ProcessSpec,
  'restart' | 'startTimeoutMs' | 'shutdownMs' | 'idleMs' | 'probeMs'
> {
  readonly server: string;
  /** Delay before the first, second, … start after a failure; the last one repeats. */
  readonly backoffMs: readonly number[];
  /** Share of a delay by which it may be shorter or longer. */
  readonly jitter: number;
  /** So many failures within `windowMs` end in quarantine. */
  readonly budget: number;
  readonly windowMs: number;
  /** After so long without a failure, all failures are forgotten. */
  readonly stableMs: number;
  /** The longest that a caller waits for a scheduled start; beyond it the caller is told when that is. */
  readonly longestWaitMs: number;
  readonly degradedAfterProbes: number;
  readonly restartAfterProbes: number;
  readonly degradedAfterCalls: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const defaultPolicy = {
  backoffMs: [1 * SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND],
  jitter: 0.2,
  budget: 5,
  windowMs: 5 * MINUTE,
  stableMs: 5 * MINUTE,
  longestWaitMs: 5 * SECOND,
  degradedAfterProbes: 2,
  restartAfterProbes: 5,
  degradedAfterCalls: 5,
} as const satisfies Partial<Policy>;

/** What follows once a stopping process is gone; `again` is a start at once by itself, `start` one that was asked for. */
export type Next = 'stopped' | 'start' | 'again' | 'backoff' | 'quarantined';

/** How hard a process is asked to end, in this order. */
export type StopStep = 'end' | 'term' | 'kill';

/** A `run` numbers one life of the process, from its spawn to the moment that nothing of it is left. */
export type Phase =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting'; readonly run: number }
  | {
      readonly kind: 'ready' | 'degraded';
      readonly run: number;
      /** In a row. */
      readonly probeFailures: number;
      readonly callFailures: number;
    }
  | { readonly kind: 'backoff'; readonly until: number }
  | { readonly kind: 'quarantined' }
  | { readonly kind: 'stopping'; readonly run: number; readonly next: Next; readonly step: StopStep };

export interface State {
  readonly phase: Phase;
  /** When the present kind of phase began. */
  readonly since: number;
  /** Number of the last run. */
  readonly runs: number;
  /** Starts that followed a failure by themselves. */
  readonly restarts: number;
  /** Failures since the last stable time that were answered with a delay; chooses the next one. */
  readonly attempt: number;
  /** When the failures within the window happened; at most `budget` of them. */
  readonly failures: readonly number[];
  readonly problem: CounterpartError | undefined;
}

/** Timers of a process; arming one anew replaces it. */
export type Timer = 'start' | 'backoff' | 'idle' | 'probe' | 'stable' | 'escalate';

export type Event = { readonly at: number } & (
  | { readonly kind: 'wanted'; readonly what: 'start' | 'stop' | 'restart' | 'reset' }
  | { readonly kind: 'spawned'; readonly run: number }
  | { readonly kind: 'handshake-done'; readonly run: number }
  /** The handshake was refused, or did not come in time. */
  | { readonly kind: 'start-failed'; readonly run: number; readonly failure: CounterpartError }
  /** The process ended, or could not be made. At most once a run. */
  | {
      readonly kind: 'exited';
      readonly run: number;
      readonly failure: CounterpartError;
      /** `clean`: status 0; `blameless`: something else kept it from starting, such as a server it depends on. */
      readonly manner: 'clean' | 'failed' | 'blameless';
    }
  /** Nothing of the process is left, neither its group nor what strayed from it. Exactly once a run, last. */
  | { readonly kind: 'gone'; readonly run: number; /** In [0, 1). */ readonly random: number }
  | { readonly kind: 'backoff-over' }
  | { readonly kind: 'escalation-due' }
  | { readonly kind: 'stability-reached' }
  | { readonly kind: 'probe-due' }
  | { readonly kind: 'probe-done'; readonly run: number; readonly ok: boolean; readonly busy: boolean }
  | { readonly kind: 'idle-checked'; readonly busy: boolean; readonly idleForMs: number }
  | { readonly kind: 'call-observed'; readonly ok: boolean }
);

export type EventOf<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

export type Effect =
  | { readonly kind: 'spawn' | 'handshake' | 'probe'; readonly run: number }
  | { readonly kind: 'signal'; readonly run: number; readonly step: StopStep }
  | { readonly kind: 'arm-timer'; readonly timer: Timer; readonly delayMs: number }
  | { readonly kind: 'disarm-timers' }
  /** Answers everyone who waits for readiness: with success, or with a failure. */
  | { readonly kind: 'settle'; readonly failure: CounterpartError | undefined }
  | { readonly kind: 'publish' };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** A process that was never started. */
export const initialState = (at: number): State => ({
  phase: { kind: 'stopped' },
  since: at,
  runs: 0,
  restarts: 0,
  attempt: 0,
  failures: [],
  problem: undefined,
});

/** The run that is alive or being ended, if any. */
export const runOf = (phase: Phase): number | undefined => ('run' in phase ? phase.run : undefined);
