import { afterAll, beforeAll, expect, test } from 'vitest';
import { echo, startService, type Service } from '../testing/service.ts';
import { send } from './send.ts';

let front: Service;
let other: Service;
beforeAll(async () => {
  other = await startService(echo);
  front = await startService((request, response) => {
    if (request.url === '/here') return echo(request, response);
    const location = request.url === '/near' ? '/here' : `${other.url}/far`;
    response.writeHead(302, { location }).end();
  });
});
afterAll(async () => {
  await front.close();
  await other.close();
});

test('a credential goes along with a redirect to its own host, and not to another that may be reached too', async () => {
  const headers = { authorization: 'Bearer s3cr3t', 'x-key': 's3cr3t', accept: 'text/plain' };
  const hosts = [front.url, other.url].map((url) => new URL(url).host);
  const { signal } = new AbortController();
  const limits = {
    idempotent: true,
    hosts,
    timeoutMs: 10_000,
    connectTimeoutMs: 10_000,
    maxBytes: 10_000,
    signal,
  };
  const ask = async (path: string) => {
    const { url, body } = await send({ method: 'GET', url: front.url + path, headers }, limits);
    return { url, seen: body.toString() };
  };
  const near = await ask('/near');
  expect(near.url).toBe(`${front.url}/here`);
  expect(near.seen).toContain('Bearer s3cr3t');
  const away = await ask('/away');
  expect(away.url).toBe(`${other.url}/far`);
  expect(away.seen).toContain('text/plain');
  expect(away.seen).not.toContain('s3cr3t');
});
