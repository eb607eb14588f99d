import type { HubEvent } from '@counterpart/schemas';

type Unstamped<E> = E extends unknown ? Omit<E, 'id' | 'at'> : never;
/** An event before it has its number and time. */
export type NewEvent = Unstamped<HubEvent>;

/** What happens in the hub, told once to whoever listens. */
export interface EventLog {
  publish(event: NewEvent): void;
  subscribe(listener: (event: HubEvent) => void): () => void;
}
