import type { AuditAction, AuditEntry, JsonObject } from '@counterpart/schemas';

/** Something that is about to be done, as it is recorded. */
export interface AuditAct {
  readonly action: AuditAction;
  /** What it is done with: a server, a secret, a build. */
  readonly subject: string;
  /** What else is worth knowing; never the value of a secret. */
  readonly facts?: JsonObject | undefined;
  /** In whose name. Default: whoever asked for what is going on (`currentActor`). */
  readonly principal?: string | undefined;
  /** Trace it belongs to. Default: that of what is going on. */
  readonly trace?: string | undefined;
}

/** An act that was recorded and is over. */
export interface EndedAct {
  readonly entry: AuditEntry;
  /** Span of whoever asked for it, where that is of the same trace. */
  readonly parent?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly endedMs: number;
  /** Of the error it failed with; absent: it was done. */
  readonly code?: string | undefined;
}

/** Where acts are recorded, whoever does them. */
export interface AuditTrail {
  /**
   * Records an act durably, then does it; one that fails is recorded as failed, and its error passed on. Rejects with
   * DATA_UNWRITABLE or SIGNING_KEY_INVALID when it cannot be recorded, and has then done nothing.
   */
  acting<T>(act: AuditAct, work: () => Promise<T>): Promise<T>;
}
