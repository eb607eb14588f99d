import type { Clock } from '../../../kernel/clock.ts';
import { configuredNames, type FoundModel } from '../models.ts';
import type { Seat } from '../seat.ts';

/** Keeps what providers say of themselves fresh. */
export interface Follower {
  /** From now on, until the signal aborts. */
  follow(signal: AbortSignal): void;
  /** Asks those whose word is old, in the background. */
  freshen(seats: readonly Seat[]): void;
}

/** What a local program says of its memory and models is believed for so long. */
const FRESH_MS = 60_000;

/** Asks local providers, and those without configured models: at once when the configuration changed, else now and then. */
export function createFollower(
  probe: (seat: Seat, signal: AbortSignal) => Promise<ReadonlyMap<string, FoundModel> | undefined>,
  clock: Clock,
): Follower {
  let following: AbortSignal | undefined;
  let asked: { readonly at: number; readonly seats: readonly Seat[] } = { at: 0, seats: [] };
  const ask = async (seat: Seat, signal: AbortSignal): Promise<void> => {
    try {
      seat.found = (await probe(seat, signal)) ?? seat.found;
    } catch {
      // How it does shows when it is asked a question.
    }
  };
  return {
    follow(signal) {
      following = signal;
    },
    freshen(seats) {
      if (following === undefined || following.aborted) return;
      if (seats === asked.seats && clock.now() - asked.at < FRESH_MS) return;
      asked = { at: clock.now(), seats };
      for (const seat of seats)
        if (seat.place.isLocal || configuredNames(seat.config) === undefined) void ask(seat, following);
    },
  };
}
