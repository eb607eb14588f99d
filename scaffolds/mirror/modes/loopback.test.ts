import { request } from 'node:http';
import { expect, test } from 'vitest';
import { listen } from './listener.ts';
import { foreignHeader, isLoopbackAddress } from './loopback.ts';

test.each([
  [{ host: '127.0.0.1:4010' }, undefined],
  [{ host: 'localhost:4010', origin: 'http://localhost:3000' }, undefined],
  [{ host: '[::1]:4010' }, undefined],
  [{ host: 'evil.test' }, 'Host'],
  [{ host: '127.0.0.1.evil.test:4010' }, 'Host'],
  [{}, 'Host'],
  [{ host: 'localhost', origin: 'https://evil.test' }, 'Origin'],
  [{ host: 'localhost', origin: 'null' }, 'Origin'],
  [{ host: 'localhost', origin: 'http://localhost.evil.test' }, 'Origin'],
])('%j shows its strangeness in %s', (headers, header) => {
  expect(foreignHeader(headers)?.header).toBe(header);
});

test('only addresses of this machine are loopback', () => {
  expect(['127.0.0.1', '::1', 'localhost', '0.0.0.0', '10.0.0.1'].map(isLoopbackAddress)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('a mirror on a port of its own answers programs and refuses web pages of elsewhere', async () => {
  const mirror = await listen(() => Promise.resolve(new Response('here')), {});
  const status = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = request(mirror.url, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.once('error', reject);
      sent.end('x');
    });
  try {
    expect(await status({})).toBe(200);
    expect(await status({ host: 'evil.test' })).toBe(403);
    expect(await status({ origin: 'https://evil.test' })).toBe(403);
  } finally {
    await mirror.close();
  }
});
