import type { Cell } from './cells.ts';
import type { Members } from './client/message.ts';
import type { ProbeClient } from './client/probe-client.ts';

/** Which server behind the hub a behaviour is about. */
export type ServerKind =
  /** One with everything. */
  | 'full'
  /** One that asks; a legacy one is run for each call alone, so that it may ask. */
  | 'asking'
  /** One that a legacy client has for the whole of its session. */
  | 'session'
  /** One with nothing but tools. */
  | 'bare'
  /** One that may be made to crash, or stops when nobody calls. */
  | 'fragile'
  /** All servers with everything at one address. */
  | 'all';

/** What a probe has at hand: the thing under test, be it the server itself or a hub in front of it. */
export interface Place {
  readonly cell: Cell;
  /** Text that no other run uses. */
  readonly key: string;
  readonly client: ProbeClient;
  /** Another client of the same kind, closed at the end of the probe. */
  open(options?: { readonly kind?: ServerKind; readonly capabilities?: Members }): Promise<ProbeClient>;
  /** The name under which a tool or prompt of the server is offered here. */
  readonly name: (own: string) => string;
  /** The server's own name of what is offered here. */
  readonly own: (name: string) => string;
  /** Address of the endpoint; undefined over stdio and for the server itself. */
  readonly url: string | undefined;
  /** Whether a hub stands between. */
  readonly hub: boolean;
}

/**
 * Something a client can see. `run` does it and gives what was seen, without what may differ by specification between eras or
 * between a hub and a server; what is seen through a hub must be what is seen of the server itself.
 */
export interface Behaviour {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly kind?: ServerKind;
  /** Why a cell cannot exist; undefined where it can. */
  readonly absent?: (cell: Cell) => string | undefined;
  /** What must be seen; default: what the server itself shows to a client of its own era. */
  readonly expected?: unknown;
  readonly run: (place: Place) => Promise<unknown>;
}

/** A behaviour that talks to one era of clients or servers only. */
export const only =
  (side: 'client' | 'server', era: Cell['client'], why: string) =>
  (cell: Cell): string | undefined =>
    cell[side] === era ? undefined : why;
