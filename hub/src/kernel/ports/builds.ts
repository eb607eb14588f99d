import type { LoopDecision, LoopDetail, LoopOrder, LoopStage, LoopSummary } from '@counterpart/schemas';
import type { Manifest, ToolDefinition } from '@counterpart/schemas';

/** Builds from words, as every surface asks for them: the admin API, its clients, chats and the tools of the builder. */
export interface BuildService {
  /** Keeps an order and begins it, for a person or else for the owner. Rejects with DATA_UNWRITABLE, and has then kept nothing. */
  start(order: LoopOrder, person?: string): Promise<LoopSummary>;
  /** Newest first. */
  list(): Promise<LoopSummary[]>;
  /** Rejects with BUILD_UNKNOWN, as everything below. */
  show(id: string): Promise<LoopDetail>;
  /** Rejects with BUILD_STATE when it has ended. */
  cancel(id: string): Promise<LoopSummary>;
  /** Goes on with a build that failed, was rejected or waits; from a stage, all of it and what follows is done anew. */
  retry(id: string, from?: LoopStage): Promise<LoopSummary>;
  /** A person's word on the sheet at hand. Rejects with BUILD_STATE and BUILD_OUTDATED. */
  decide(id: string, decision: LoopDecision): Promise<LoopSummary>;
  /** What the author of a build gives to its open question. Rejects with BUILD_STATE when none is open. */
  answer(id: string, text: string): Promise<LoopSummary>;
  /** Goes on without what a build waits for: secrets. */
  skip(id: string): Promise<LoopSummary>;
}

/** How one file of a package differs from that of the version in use. */
export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** As it is now, or was. */
  readonly bytes: number;
  readonly lines?: readonly {
    readonly kind: 'same' | 'added' | 'removed' | 'gap';
    readonly text: string;
  }[];
  /** Lines that are left out at the end. */
  readonly more?: number;
  /** Why there are no lines. */
  readonly unshown?: string;
}

/** A package that waits for a decision, as it stands in its folder. */
export interface CandidateReview {
  /** Whether it still is what was tested. */
  readonly isIntact: boolean;
  readonly manifest: Manifest;
  readonly tools: readonly ToolDefinition[];
  /** Against the version in use. */
  readonly files: readonly FileChange[];
  /** The version in use; absent for a new server. */
  readonly inUse?: string;
}
