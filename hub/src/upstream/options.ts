import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Redact } from '../kernel/redact.ts';
import type {
  JsonMembers,
  ProcessSpec,
  ReadSearchHints,
  Supervisor,
  UpstreamInfo,
  UpstreamLists,
} from '../kernel/ports.ts';

export interface UpstreamLimits {
  /** From sending a call to its answer; progress starts it anew. */
  readonly callTimeoutMs: number;
  /** Hard cap that progress cannot extend. */
  readonly maxCallMs: number;
  /** Calls waiting or running; one more is answered CALL_BUSY. */
  readonly maxCalls: number;
  /** Processes or connections beside the shared one, unless isolation is `shared`. Default 16. */
  readonly maxInstances?: number | undefined;
}

/** How many callers one process or connection serves: all, those of one legacy session, or one call. */
export type Isolation = 'shared' | 'session' | 'call';

/** What was learned of a server and when, so that an old verdict can be doubted. */
export interface EraVerdict {
  readonly info: UpstreamInfo;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface ProcessTarget {
  readonly spec: ProcessSpec;
  readonly supervisor: Supervisor;
}

export interface RemoteTarget {
  readonly url: string;
  /** Sent with every request; references are already resolved. */
  readonly headers: Readonly<Record<string, string>>;
  /** `sse`: only HTTP+SSE of 2024-11-05 is tried. Default: Streamable HTTP, and this one after it was refused. */
  readonly transport?: 'sse' | undefined;
  /** From connecting to the end of the handshake. Default 15,000. */
  readonly connectTimeoutMs?: number | undefined;
}

export interface UpstreamOptions {
  readonly id: string;
  /** `built` servers are of the modern era by construction and are not probed. */
  readonly kind: 'built' | 'command' | 'remote';
  /** Exactly one of `process` and `remote`. */
  readonly process?: ProcessTarget | undefined;
  readonly remote?: RemoteTarget | undefined;
  /** Tool name → `sha256-…` of its canonical JSON. A server that lists anything else fails its handshake with SERVER_MISMATCH. */
  readonly expectTools?: ReadonlyMap<string, string> | undefined;
  readonly limits: UpstreamLimits;
  readonly prior?: EraVerdict | undefined;
  /**
   * What a legacy server is told in `initialize` that its client can be asked (`elicitation`, `sampling`, `roots`).
   * One shared process learns it once for all its callers, so the default is nothing; an instance is told what its client said,
   * and what only lists beside instances that there is everything.
   */
  readonly declare?: JsonMembers | undefined;
  /** Default `shared`. */
  readonly isolation?: Isolation | undefined;
  /** False for one of several instances: the shared one reads the lists for all. Default true. */
  readonly readsLists?: boolean | undefined;
  /** Looks at lists before anybody sees them; awaited, never rejects. */
  readonly review?: ((lists: UpstreamLists, info: UpstreamInfo) => Promise<void>) | undefined;
  /** Words for search that the package of a built server holds. */
  readonly searchHints?: ReadSearchHints | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Applied to what a server says before it is quoted in an error, a state or a log. */
  readonly redact: Redact;
  /** After every handshake whose outcome differs from what was known; store it and hand it back as `prior`. */
  readonly onInfo?: ((verdict: EraVerdict) => void) | undefined;
}
