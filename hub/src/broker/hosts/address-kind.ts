import { BlockList, isIP, isIPv4 } from 'node:net';

/** What an address is part of. `reserved` is never a service's: multicast, broadcast, documentation, "this network". */
export type AddressKind = 'public' | 'loopback' | 'private' | 'link-local' | 'reserved';

/** By the special-purpose registries of IANA (RFC 6890 and its updates). */
const RANGES: Readonly<Record<Exclude<AddressKind, 'public'>, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '64:ff9b:1::/48',
    'fc00::/7',
    'fec0::/10',
  ],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  reserved: [
    '0.0.0.0/8',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
    '::/128',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '3fff::/20',
    '5f00::/16',
    'ff00::/8',
  ],
};

const LISTS = Object.entries(RANGES).map(([kind, ranges]) => ({ kind: kindOf(kind), list: listOf(ranges) }));

function kindOf(name: string): Exclude<AddressKind, 'public'> {
  return name === 'loopback' || name === 'private' || name === 'link-local' ? name : 'reserved';
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string | undefined, low: string | undefined) =>
    (Number(high) * 256 + Number(low)).toString(16);
  const plain = dotted
    ? `${dotted[1] ?? ''}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`
    : address;
  const [head = '', tail] = plain.split('::');
  const words = (text: string) => text.split(':').filter((word) => word !== '');
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((word) => Number.parseInt(word, 16));
}

/** Where an IPv4 address begins in the groups of the forms that carry one: mapped, compatible, NAT64 and 6to4. */
const CARRIERS: readonly (readonly [prefix: readonly number[], at: number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 6],
  [[0, 0, 0, 0, 0, 0], 6],
  [[0x64, 0xff9b, 0, 0, 0, 0], 6],
  [[0x2002], 1],
];

function carriedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const carrier = CARRIERS.find(([prefix]) => prefix.every((group, index) => groups[index] === group));
  if (carrier === undefined) return undefined;
  const [high = 0, low = 0] = groups.slice(carrier[1]);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** What an IP address is part of; an IPv6 address that carries an IPv4 one is what that is. `reserved` for what is none. */
export function addressKind(address: string): AddressKind {
  const [bare = ''] = address.split('%');
  const version = isIP(bare);
  if (version === 0) return 'reserved';
  const own = LISTS.find(({ list }) => list.check(bare, version === 4 ? 'ipv4' : 'ipv6'))?.kind;
  if (version === 4 || own !== undefined) return own ?? 'public';
  const carried = carriedIPv4(bare);
  return carried === undefined ? 'public' : addressKind(carried);
}
