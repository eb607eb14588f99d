import { createDeferred, type Deferred } from './deferred.ts';
import type { Child } from './process/child.ts';
import type { StopStep } from './state/state.ts';

/** One life of a process. */
export interface Run {
  readonly number: number;
  /** Ends its handshake and its probes. */
  readonly abort: AbortController;
  /** Settled when nothing of it is left. */
  readonly over: Deferred;
  /** Settled when its start succeeded or failed: its place at the gate is free again. */
  readonly started: Deferred;
  stage: 'queued' | 'making' | 'over';
  child: Child | undefined;
  /** Asked for before there was a process to receive it. */
  pending: StopStep | undefined;
  /** A handshake was begun, so its protocol must hear of its end. */
  greeted: boolean;
}

export const createRun = (number: number): Run => ({
  number,
  abort: new AbortController(),
  over: createDeferred(),
  started: createDeferred(),
  stage: 'queued',
  child: undefined,
  pending: undefined,
  greeted: false,
});
