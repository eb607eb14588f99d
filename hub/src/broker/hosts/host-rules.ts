import { isIP } from 'node:net';
import { addressOf, hasDotSegment, hostAllowed, type Address } from '@counterpart/kit/http/hosts';
import { hubError } from '@counterpart/schemas';
import type { HostRule } from '../../kernel/ports.ts';
import { addressKind, type AddressKind } from './address-kind.ts';

/** Where a request goes, and what its name may lead to. */
export interface Target extends Address {
  /** Absolute, as it was written. */
  readonly url: string;
  readonly reach: readonly AddressKind[];
  /** Why nothing else may be reached there, as the rest of a sentence. */
  readonly because: string;
}

const bareHost = (entry: string): string => entry.replace(/:[^:\]]*$/, '').replace(/^\[|\]$/g, '');
const isLocalName = (host: string): boolean => /^(?:.+\.)?localhost$/i.test(host);

/** What a rule opens: a literal address opens what it is, a name opens the public network, and the owner's names their own. */
function reachOf({ entry, by }: HostRule): Pick<Target, 'reach' | 'because'> {
  const host = bareHost(entry);
  const kind = isIP(host) === 0 ? undefined : addressKind(host);
  if (kind === 'reserved') return { reach: [], because: 'no service is at such an address' };
  if (kind !== undefined) return { reach: [kind], because: `only ${entry} itself is declared` };
  if (isLocalName(host))
    return { reach: ['loopback'], because: `${entry} is declared to be on this machine` };
  return by === 'owner'
    ? { reach: ['public', 'private', 'loopback'], because: 'such addresses are never reached by name' }
    : { reach: ['public'], because: 'only its owner may send it into a private network' };
}

function pathFits({ path }: HostRule, target: Address): boolean {
  if (path === undefined) return true;
  const [own = ''] = target.path.split('?');
  return (own === path || own.startsWith(`${path}/`)) && !hasDotSegment(target.path);
}

function absolute(server: string, url: string): Address {
  const invalid = (detail: string) => hubError('BROKER_REQUEST_INVALID', { server, detail });
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) throw invalid('its target is no absolute http(s) address');
  if (/^https?:\/\/[^/?#]*@/i.test(url)) throw invalid('its target names a user');
  try {
    return addressOf(url);
  } catch {
    throw invalid(
      `${/^[a-z0-9+.-]*/i.exec(url)?.[0] ?? ''} is no scheme that is passed on, only http and https`,
    );
  }
}

/**
 * Whether a server may send a request to this absolute URL, and what the name may lead to. Throws HOST_REFUSED,
 * HOST_DENIED, ADDRESS_REFUSED for a literal address, BROKER_REQUEST_INVALID. Pure.
 */
export function judgeTarget(server: string, rules: readonly HostRule[], url: string): Target {
  const address = absolute(server, url);
  const { host, hostname } = address;
  const naming = rules.filter(({ entry }) => hostAllowed(host, [entry]));
  const denial = naming.find(({ denied }) => denied);
  if (denial) throw hubError('HOST_DENIED', { server, host, denied: denial.entry });
  const declared = rules.flatMap(({ entry, denied }) => (denied ? [] : [entry])).join(', ');
  if (naming.length === 0) {
    const rule = declared === '' ? 'it declares no host' : `it declares only ${declared}`;
    throw hubError('HOST_REFUSED', { server, host, rule });
  }
  const open = naming.filter((rule) => pathFits(rule, address));
  const paths = naming.flatMap(({ path }) => path ?? []).join(', ');
  if (open.length === 0)
    throw hubError('HOST_REFUSED', { server, host, rule: `there only ${paths} is open` });
  // The owner's word goes before the manifest's.
  const [first] = open.toSorted((one, other) => Number(other.by === 'owner') - Number(one.by === 'owner'));
  const reach = first === undefined ? { reach: [], because: '' } : reachOf(literalRule(first, hostname));
  const target = { ...address, url, ...reach };
  if (isIP(hostname) !== 0) assertReach(server, target, hostname);
  return target;
}

/** A rule with a star does not name an address: what is reached by one must be public, or the owner's. */
const literalRule = (rule: HostRule, hostname: string): HostRule =>
  rule.entry.includes('*') && isIP(hostname) !== 0 ? { ...rule, entry: '*:*' } : rule;

const WORDS: Readonly<Record<AddressKind, string>> = {
  public: 'on the public network',
  loopback: 'this machine itself',
  private: 'in a private network',
  'link-local': 'a link-local address, such as those of cloud metadata',
  reserved: 'reserved',
};

/** Throws ADDRESS_REFUSED unless the target may lead to this address. */
export function assertReach(server: string, { host, reach, because }: Target, address: string): void {
  const kind = addressKind(address);
  if (!reach.includes(kind))
    throw hubError('ADDRESS_REFUSED', { server, host, address, kind: WORDS[kind], rule: because });
}
