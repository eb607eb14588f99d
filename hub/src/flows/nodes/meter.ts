import type { FlowCall } from '@counterpart/schemas';

/** What one try of a node takes; it counts also where the node fails. */
export interface Meter {
  model: string | undefined;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  readonly calls: FlowCall[];
}

/** A meter that nothing was counted with. */
export const newMeter = (): Meter => ({
  model: undefined,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  calls: [],
});
