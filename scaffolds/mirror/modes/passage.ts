import type {
  Blueprint,
  HarEntry,
  MirrorRequestEntry,
  MirrorSettings,
  Operation,
} from '@counterpart/schemas';
import type { ContractBook } from '../contract/contract-book.ts';
import type { ContractReader } from '../contract/contract-reader.ts';
import type { DropConnection } from '../faults/broken-body.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { CallTool } from '../live/call-tool.ts';
import type { ReplayBook } from '../recording/replay.ts';
import type { RawRequest } from '../request/decode-request.ts';
import type { ScenarioPlayer } from '../scenarios/scenario-player.ts';
import type { MirrorState } from '../state/mirror-state.ts';
import type { Channels } from '../stream/channels.ts';
import type { RealService } from './real-service.ts';

/** Everything that a mirror in service is made of; its owner keeps what must outlive it. */
export interface LivingParts {
  readonly blueprint: Blueprint;
  readonly settings: MirrorSettings;
  /** Taken off paths that begin with it, such as `/mirror/pets`. */
  readonly basePath?: string | undefined;
  readonly state: MirrorState;
  /** Who listens. */
  readonly channels: Channels;
  readonly reader: ContractReader;
  readonly faults: FaultPlan;
  /** The scenario that plays. */
  readonly player: () => ScenarioPlayer | undefined;
  readonly replay: () => ReplayBook;
  readonly service: RealService;
  /** Calls a tool of the live server; undefined in every other mode. */
  readonly call: CallTool | undefined;
  readonly spied: () => ContractBook;
  /** Writes a redacted exchange down; resolves when it is kept. Never rejects: a lost entry is the owner's to tell of. */
  readonly record: (entry: HarEntry) => Promise<void>;
  /** Told of every request after its answer was decided. */
  readonly observe: (entry: MirrorRequestEntry) => void;
}

/** An answer and who gave it. */
export interface Answered {
  readonly response: Response;
  readonly from: MirrorRequestEntry['from'];
  readonly problems: readonly string[];
}

/** One request on its way through a mirror. */
export interface Passage {
  readonly raw: RawRequest;
  readonly operation: Operation | undefined;
  readonly signal: AbortSignal;
  readonly drop: DropConnection;
  /** The path prefix the request came with; empty on a port of its own. */
  readonly mount: string;
  readonly simulate: () => Promise<Answered>;
}
