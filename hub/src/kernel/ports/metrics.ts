import type { RouteDecision, RouteOutcome } from './chat.ts';

// Between those who do things and the room that counts them. All of it is a few additions in memory: nothing waits.

/** Hears of every decision of the router, and of its end. */
export interface RouteMeter {
  decided(decision: RouteDecision): void;
  /** `contextTokens` is the window of the model that answered; undefined: it is not configured any more. */
  ended(
    decision: RouteDecision,
    outcome: RouteOutcome,
    more: { readonly reward: number; readonly contextTokens: number | undefined },
  ): void;
}

/** What came of looking for an answer that was given before. */
export type CacheLookup = 'exact' | 'similar' | 'miss';
