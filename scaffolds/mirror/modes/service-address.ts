import { baseUrlOf, permissionsOf, type Env } from '@counterpart/kit';
import { type Blueprint, hubError, type Operation } from '@counterpart/schemas';

/** Where the real service is, and which hosts may be called as it. */
export interface ServiceAddress {
  /** Base address of an operation, without a slash at its end; throws MIRROR_TARGET_MISSING. */
  base(operation: Operation | undefined): string;
  /** Every base address that is known, the first one first. */
  readonly bases: readonly string[];
  /** Whether an address is one of the service's; `*` in an allowed host stands for one label or more. */
  allows(url: URL): boolean;
  /** The hosts, for messages. */
  readonly hosts: readonly string[];
}

export interface AddressOptions {
  readonly blueprint: Blueprint;
  /** Replaces the description's address. */
  readonly target?: string | undefined;
  readonly env: Env;
  readonly mode: string;
}

/** Reads the addresses of a blueprint. */
export function createServiceAddress({ blueprint, target, env, mode }: AddressOptions): ServiceAddress {
  const own = target === undefined ? undefined : new URL(target);
  const hosts = [...(own ? [hostPort(own)] : []), ...permissionsOf(blueprint)];
  const base = (operation: Operation | undefined): string => {
    if (target !== undefined) return target.replace(/[?#].*$/, '').replace(/\/+$/, '');
    try {
      return baseUrlOf(blueprint, operation, env);
    } catch (cause) {
      throw hubError('MIRROR_TARGET_MISSING', { mirror: blueprint.id, mode }, { cause });
    }
  };
  return {
    base,
    bases: knownBases(blueprint, base),
    hosts,
    allows: (url) => /^https?:$/.test(url.protocol) && hosts.some((host) => hostFits(host, hostPort(url))),
  };
}

function knownBases(blueprint: Blueprint, base: (operation: Operation | undefined) => string): string[] {
  const found = [undefined, ...blueprint.operations.filter(({ http }) => http.servers)].flatMap(
    (operation) => {
      try {
        return [base(operation)];
      } catch {
        return [];
      }
    },
  );
  // What the description says is kept beside a target of one's own: a recording may come from there.
  const described = blueprint.servers.flatMap(({ url }) =>
    /^https?:\/\/[^{}]+$/.test(url) ? [url.replace(/\/+$/, '')] : [],
  );
  return [...new Set([...found, ...described])].toSorted((a, b) => b.length - a.length);
}

const hostPort = ({ hostname, port, protocol }: URL): string =>
  `${hostname.toLowerCase()}:${port === '' ? (protocol === 'http:' ? '80' : '443') : port}`;

function hostFits(allowed: string, host: string): boolean {
  if (allowed === host || sameNameEncrypted(allowed, host)) return true;
  if (!allowed.includes('*')) return false;
  const parts = allowed.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\w.-]+')}$`).test(host);
}

/** A service described at http may send callers to https, never the other way round. */
const sameNameEncrypted = (allowed: string, host: string): boolean =>
  allowed.endsWith(':80') && host === allowed.replace(/:80$/, ':443');
