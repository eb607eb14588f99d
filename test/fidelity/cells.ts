import type { Era } from '../../hub/src/kernel/ports.ts';

export type Transport = 'stdio' | 'http';

/** Who speaks to whom, and how: a client of an era over a transport, a server of an era over another. */
export interface Cell {
  readonly client: Era;
  readonly server: Era;
  readonly transport: Transport;
  readonly upstream: Transport;
}

const ERAS: readonly Era[] = ['modern', 'legacy'];
const TRANSPORTS: readonly Transport[] = ['http', 'stdio'];

/** All sixteen. */
export const CELLS: readonly Cell[] = ERAS.flatMap((client) =>
  ERAS.flatMap((server) =>
    TRANSPORTS.flatMap((transport) =>
      TRANSPORTS.toReversed().map((upstream) => ({ client, server, transport, upstream })),
    ),
  ),
);

/** `modern-legacy/http-stdio`: eras of client and server, then their transports. */
export const cellName = ({ client, server, transport, upstream }: Cell): string =>
  `${client}-${server}/${transport}-${upstream}`;
