/** A provider's circuit, as a value. Times are milliseconds since the epoch. */
export type Circuit =
  | { readonly state: 'closed'; readonly failures: number; readonly opened: number }
  /** Nothing is asked before `until`; then one question tries whether it is back. */
  | { readonly state: 'open'; readonly until: number; readonly opened: number }
  | { readonly state: 'trying'; readonly since: number; readonly opened: number };

export const CLOSED: Circuit = { state: 'closed', failures: 0, opened: 0 };

/** In a row, until the circuit opens. */
const MOST_FAILURES = 5;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 120_000;
/** After which a question that never came back no longer keeps others from trying. */
const LONGEST_TRY_MS = 30_000;

/** Whether a question may be asked now, and the circuit after it was. `retryAt` says when to come again. */
export function enter(
  circuit: Circuit,
  now: number,
): { readonly circuit: Circuit; readonly retryAt?: number | undefined } {
  switch (circuit.state) {
    case 'closed':
      return { circuit };
    case 'open':
      if (now < circuit.until) return { circuit, retryAt: circuit.until };
      return { circuit: { state: 'trying', since: now, opened: circuit.opened } };
    case 'trying':
      if (now < circuit.since + LONGEST_TRY_MS) return { circuit, retryAt: circuit.since + LONGEST_TRY_MS };
      return { circuit: { ...circuit, since: now } };
  }
}

/** The circuit after a question that was not answered because nobody was there, or not in time. */
export function failed(circuit: Circuit, now: number): Circuit {
  if (circuit.state === 'closed' && circuit.failures + 1 < MOST_FAILURES)
    return { ...circuit, failures: circuit.failures + 1 };
  // Answers that were on their way when it opened say nothing new.
  if (circuit.state === 'open' && now < circuit.until) return circuit;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** circuit.opened);
  return { state: 'open', until: now + pause, opened: circuit.opened + 1 };
}

/** The circuit after the asker went away before there was an answer: who tried has not found out. */
export const leftOpen = (circuit: Circuit, now: number): Circuit =>
  circuit.state === 'trying' ? { state: 'open', until: now, opened: circuit.opened } : circuit;
