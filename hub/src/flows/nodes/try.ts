import type { FlowRoom } from '../room.ts';
import type { Meter } from './meter.ts';

/** One try of a node. */
export interface Try {
  readonly room: FlowRoom;
  readonly meter: Meter;
  /** Aborted when its time is over, or the hub ends. */
  readonly signal: AbortSignal;
  /** As the node has it. */
  readonly timeoutMs?: number | undefined;
}
