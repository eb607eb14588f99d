import type { AuditEntry, LoopDetail, LoopSummary, OpenReviewRequest } from '@counterpart/schemas';
import type { PendingTool, Permission, Proposal, ReviewLink, ServerPermissions } from '@counterpart/schemas';
import type { CandidateReview } from '../../kernel/ports.ts';

/** All that waits for its owner, and what was decided last. */
export interface ReviewList {
  readonly builds: readonly LoopSummary[];
  readonly tools: readonly PendingTool[];
  /** Entries of the audit log, the newest first. */
  readonly decided: readonly AuditEntry[];
}

/** One build with all that its owner should know. */
export interface BuildReview {
  readonly detail: LoopDetail;
  /** What would be installed; absent: it waits for no decision. */
  readonly waiting?: {
    readonly candidate: CandidateReview;
    readonly permissions: ServerPermissions;
    /** Hash of everything that is shown: a word counts for that, and for nothing else. */
    readonly shown: string;
  };
}

/** Definitions of one server that changed. */
export interface ToolReview {
  readonly server: string;
  readonly proposals: readonly Proposal[];
  readonly shown: string;
}

export interface BuildWord {
  readonly decision: 'approve' | 'reject';
  readonly shown: string;
  readonly reason: string | undefined;
  /** What of the listed permissions it may have; all others are denied with the approval. */
  readonly allowed: (permission: Permission, at: number) => boolean;
}

export interface ToolWord {
  readonly decision: 'approve' | 'reject';
  readonly shown: string;
}

/** The pages on which owners decide, as the routes need them. */
export interface ReviewService {
  /** Issues an address; rejects where there is nothing to look at under what was asked for. */
  open(request: OpenReviewRequest): Promise<ReviewLink>;
  isOpen(key: string): boolean;
  /** The key of a new address, for whoever shows the hub's token. */
  enter(token: string): string | undefined;
  list(): Promise<ReviewList>;
  /** Rejects with BUILD_UNKNOWN. */
  build(id: string): Promise<BuildReview>;
  /**
   * Narrows what was not allowed, then passes the word on. Rejects with BUILD_STATE where another word was first, BUILD_OUTDATED
   * and BUILD_CHANGED where something else would be installed by now, and has then done nothing.
   */
  decideBuild(id: string, word: BuildWord): Promise<void>;
  /** Rejects with SERVER_UNKNOWN. */
  tools(server: string): Promise<ToolReview>;
  /** Rejects with APPROVAL_OUTDATED where other definitions were shown. */
  decideTools(server: string, word: ToolWord): Promise<void>;
}
