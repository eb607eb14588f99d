import { entry } from './entry.ts';

/** Services that are no longer as their servers know them. */
export const driftErrors = {
  DRIFT_FOREIGN: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Not built here',
    message: 'The server {server} was not built by this hub: nothing says how its service should be.',
    fix: 'Only servers in the servers folder can be held against their services; `hub list` shows them.',
  }),
  DRIFT_BY_HAND: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Nothing to build it from',
    message: 'The server {server} has no description at an address, and was not built from words.',
    fix: 'Build it again from its description (`hub build --from <file> --name {server}`), or mend it by hand (`hub build --from-folder`).',
  }),
} as const;
