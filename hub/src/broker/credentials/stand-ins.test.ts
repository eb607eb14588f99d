import { expect, test } from 'vitest';
import { newStandIn, withSecrets } from './stand-ins.ts';

test('what stands in for a secret is replaced in headers, in Basic, and encoded in the address', () => {
  const [user, key] = [newStandIn('USER'), newStandIn('KEY')];
  const packed = Buffer.from(`${user}:${key}`).toString('base64');
  const request = {
    url: `https://a.test/v1?key=${key}&other=1`,
    headers: { 'x-key': [`Token ${key}`, 'plain'], authorization: [`Basic ${packed}`] },
  };
  const secrets = new Map([
    [user, 'ann'],
    [key, 'a&b $&'],
  ]);
  expect(withSecrets(request, secrets)).toEqual({
    url: 'https://a.test/v1?key=a%26b%20%24%26&other=1',
    headers: {
      'x-key': ['Token a&b $&', 'plain'],
      authorization: [`Basic ${Buffer.from('ann:a&b $&').toString('base64')}`],
    },
  });
  expect(withSecrets(request, new Map())).toEqual(request);
});

test('no two stand-ins are alike, and none holds what it stands for', () => {
  expect(newStandIn('KEY')).toMatch(/^counterpart-stand-in-KEY-[0-9a-f]{24}$/);
  expect(newStandIn('KEY')).not.toBe(newStandIn('KEY'));
});
