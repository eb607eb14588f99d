import { expect, test } from 'vitest';
import { addressKind } from './address-kind.ts';

test.each([
  ['public', ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::808:808']],
  ['loopback', ['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '2002:7f00:1::']],
  ['private', ['10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd00:ec2::254', '::ffff:a00:1']],
  ['private', ['64:ff9b::a00:1', '::10.0.0.1', '2002:c0a8:101::1', 'fec0::1', '64:ff9b:1::1']],
  ['link-local', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.169.254']],
  ['reserved', ['0.0.0.0', '::', '224.0.0.1', '255.255.255.255', 'ff02::1', '2001::1', '2001:db8::1']],
  ['reserved', ['::ffff:0.0.0.0', '192.0.2.1', '', 'localhost', '1.2.3', '0x7f.1']],
])('%s: %j', (kind, addresses) => {
  expect(addresses.map(addressKind)).toEqual(addresses.map(() => kind));
});
