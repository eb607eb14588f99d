import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { assertReach, type Target } from './host-rules.ts';

/** All addresses of a name, in the order to try them. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** As this machine resolves names. */
export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, order: 'verbatim' });

/**
 * A lookup for one connection: the name is resolved once, and what is connected to is an address that was checked, so
 * that a later answer of the name server changes nothing. Fails with ADDRESS_REFUSED when none of them may be reached.
 */
export function guardedLookup(server: string, target: Target, resolve: Resolve): LookupFunction {
  const usable = async (hostname: string, { family }: LookupOptions) => {
    const wanted = family === 4 || family === 6 ? family : undefined;
    const found = (await resolve(hostname)).filter((one) => wanted === undefined || one.family === wanted);
    const open = found.filter(({ address }) => isOpen(server, target, address));
    if (open.length === 0) for (const { address } of found) assertReach(server, target, address);
    if (open.length === 0)
      throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
    return open;
  };
  return (hostname, options, callback) => {
    const answer = async () => {
      const open = await usable(hostname, options).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
      if (open instanceof Error) callback(open, []);
      else if (options.all === true) callback(null, open);
      else callback(null, open[0]?.address ?? '', open[0]?.family);
    };
    void answer();
  };
}

function isOpen(server: string, target: Target, address: string): boolean {
  try {
    assertReach(server, target, address);
    return true;
  } catch {
    return false;
  }
}
