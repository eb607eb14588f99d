import { createHttp } from '@counterpart/kit';
import { echo, startService, type Service } from '@counterpart/kit/testing';
import { afterEach, expect, test } from 'vitest';

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

async function echoing(): Promise<Service> {
  const service = await startService(echo);
  services.push(service);
  return service;
}

test('a call goes to the base URL with its query, its body and the credentials in header, query and cookie', async () => {
  const { url } = await echoing();
  const http = createHttp({
    baseUrl: `${url}/v1/`,
    headers: { Authorization: 'Bearer t' },
    query: ['key=k'],
    cookies: ['sid=1'],
  });
  const call = {
    method: 'post',
    path: '/a b?x=1',
    query: { tag: ['p', 'q&'], none: undefined },
    json: { n: 1 },
    headers: { authorization: 'mine', cookie: 'c=2' },
  };
  expect(await http.json(call)).toMatchObject({
    method: 'POST',
    url: '/v1/a%20b?x=1&tag=p&tag=q%26&key=k',
    headers: {
      authorization: 'Bearer t',
      cookie: 'c=2; sid=1',
      'content-type': 'application/json',
      'content-length': '7',
    },
  });
});

test('credentials stay with their host', async () => {
  const [own, other] = [await echoing(), await echoing()];
  const http = createHttp({
    baseUrl: own.url,
    hosts: [new URL(other.url).host],
    headers: { 'x-key': 'k' },
    query: ['key=k'],
    cookies: ['sid=1'],
  });
  const seen = await http.json({ path: `${other.url}/x` });
  expect(JSON.stringify(seen)).not.toMatch(/key|sid/);
});

test('a path that leaves its place, a host that is not named, and a missing base URL are refused', async () => {
  const { url } = await echoing();
  const http = createHttp({ baseUrl: url });
  await expect(http.request({ path: '/a/../b' })).rejects.toThrow(/not identifiers/);
  await expect(http.request({ path: '/a/%2e%2E/b' })).rejects.toThrow(/not identifiers/);
  await expect(http.request({ path: 'http://127.0.0.1:9/x' })).rejects.toThrow(/not among the hosts/);
  await expect(createHttp({}).request({ path: '/x' })).rejects.toThrow(/no base URL/);
});

test('an answer over the limit fails instead of being cut', async () => {
  const { url } = await echoing();
  await expect(createHttp({ baseUrl: url, maxBytes: 10 }).request({ path: '/' })).rejects.toThrow(
    'The answer is larger than 10 bytes.',
  );
});
