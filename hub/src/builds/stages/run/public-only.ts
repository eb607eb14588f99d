import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, Socket, type TcpNetConnectOpts } from 'node:net';
import { isPrivateAddress } from '@counterpart/scaffolds/readers/neighbours/private-address';

/**
 * From now on no connection of this process leads to a private address, whatever opens it: an address that the hub's owner did
 * not name may stand for this machine, lead there by a redirect, or name it when it is looked up a second time. For a
 * process that does nothing else.
 */
export function reachOnlyPublic(): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its socket below
  const connect = Socket.prototype.connect as (this: Socket, ...target: unknown[]) => Socket;
  Socket.prototype.connect = function guarded(this: Socket, ...target: unknown[]): Socket {
    // `net.connect` hands over what it was given in a list (Node 24).
    const [options] = target.flat();
    if (!isTcp(options)) return this.destroy(new Error('only named hosts are asked'));
    const { host = 'localhost', lookup: resolve = lookup } = options;
    if (isIP(host) !== 0 && isPrivateAddress(host)) return this.destroy(refusal(host));
    options.lookup = publicLookup(resolve);
    return connect.apply(this, target);
  };
}

const isTcp = (options: unknown): options is TcpNetConnectOpts =>
  typeof options === 'object' &&
  options !== null &&
  'port' in options &&
  !('path' in options && options.path);

const refusal = (host: string): Error =>
  new Error(`${host} is a private address, to which only the hub’s owner may lead a build`);

/** What was looked at is what is connected to. */
const publicLookup =
  (resolve: LookupFunction): LookupFunction =>
  (host, options, done) =>
    resolve(host, options, (error, found, family) => {
      const addresses: LookupAddress[] =
        typeof found === 'string' ? [{ address: found, family: family ?? 4 }] : (found ?? []);
      if (error === null && addresses.some(({ address }) => isPrivateAddress(address)))
        done(refusal(host), '', 0);
      else done(error, found, family);
    });
