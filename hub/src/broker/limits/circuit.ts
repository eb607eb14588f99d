import type { BrokerLimits } from '../../kernel/ports.ts';

/** When a service counts as down, and for how long it is left alone. */
export type CircuitPolicy = BrokerLimits['circuit'];

const MOST_PAUSE_MS = 600_000;

/** `closed`: requests pass. `open`: none does until then. `half-open`: one is on its way to see whether it is back. */
export type Circuit =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number; readonly pauses: number }
  | { readonly kind: 'half-open'; readonly pauses: number };

export const CLOSED: Circuit = { kind: 'closed', failures: 0 };

/** What came of a request; `nothing` says neither that the service is up nor that it is down. */
export type CircuitOutcome = 'success' | 'failure' | 'nothing';

/** Whether a request may pass; the one that finds a pause over is the probe. Pure. */
export function admit(
  circuit: Circuit,
  now: number,
): { readonly circuit: Circuit; readonly passes: boolean } {
  if (circuit.kind === 'closed') return { circuit, passes: true };
  if (circuit.kind === 'open' && now >= circuit.until)
    return { circuit: { kind: 'half-open', pauses: circuit.pauses }, passes: true };
  return { circuit, passes: false };
}

/** The circuit after a request that had passed. Pure. */
export function settle(
  circuit: Circuit,
  outcome: CircuitOutcome,
  policy: CircuitPolicy,
  now: number,
): Circuit {
  if (outcome === 'success') return CLOSED;
  const opened = (pauses: number): Circuit => ({
    kind: 'open',
    until: now + Math.min(policy.pauseMs * 2 ** (pauses - 1), MOST_PAUSE_MS),
    pauses,
  });
  switch (circuit.kind) {
    case 'closed': {
      if (outcome === 'nothing') return circuit;
      const failures = circuit.failures + 1;
      return failures >= policy.failures ? opened(1) : { kind: 'closed', failures };
    }
    // Requests that had passed before it opened say nothing new.
    case 'open':
      return circuit;
    case 'half-open':
      // A probe that was called off leaves the next request to be one.
      return outcome === 'nothing'
        ? { kind: 'open', until: now, pauses: circuit.pauses }
        : opened(circuit.pauses + 1);
  }
}

/** Whether a service has been down for so many pauses that its server is no use. Pure. */
export const isGivenUp = (circuit: Circuit, { pauses }: CircuitPolicy): boolean =>
  pauses > 0 && circuit.kind === 'open' && circuit.pauses > pauses;
