import type { ServerKind } from './behaviour.ts';
import type { Cell } from './cells.ts';
import type { Door } from './client/probe-client.ts';

/** Something under test: the server itself, the hub, or another program that stands between. */
export interface Subject {
  readonly name: string;
  readonly hub: boolean;
  /** Where a client of this cell connects for a kind of server; words when it cannot. */
  door(cell: Cell, kind: ServerKind): Door | string;
  close(): Promise<void>;
}
