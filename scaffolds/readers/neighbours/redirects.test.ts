import { expect, test } from 'vitest';
import { followRedirects } from './redirects.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'docs.test': ['93.184.216.34'],
  'cdn.test': ['2606:2800::1'],
  'rebound.test': ['93.184.216.34', '10.0.0.7'],
  'wiki.corp.test': ['10.0.0.5'],
};

/** Asks a network where these places redirect, and the rest answers; the places asked, with a star where credentials go. */
async function asked(from: string, moved: Readonly<Record<string, string>>) {
  const places: string[] = [];
  const end = await followRedirects(new URL(from), {
    ask: (url, isNamed) => {
      places.push(`${url.href}${isNamed ? '*' : ''}`);
      const location = moved[url.href];
      return Promise.resolve(
        location === undefined
          ? new Response('here')
          : new Response(null, { status: 302, headers: { location } }),
      );
    },
    resolve: (hostname) => Promise.resolve(NAMES[hostname] ?? [hostname]),
  }).catch((thrown: unknown) => thrown);
  return { places, end: end instanceof Error ? end.message : 'answered' };
}

test.each([
  'http://127.0.0.1:8001/api',
  'http://[::1]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:10.0.0.1]/',
  'http://wiki.corp.test/',
  'http://rebound.test/',
])('what is public does not lead to %s', async (location) => {
  const { places, end } = await asked('https://docs.test/openapi.json', {
    'https://docs.test/openapi.json': 'https://cdn.test/openapi.json',
    'https://cdn.test/openapi.json': location,
  });
  expect(places).toEqual(['https://docs.test/openapi.json*', 'https://cdn.test/openapi.json']);
  expect(end).toContain('to which no public one may lead');
});

test('what is private may move within its network, and credentials stay with the origin that was named', async () => {
  expect(
    await asked('http://wiki.corp.test/spec', {
      'http://wiki.corp.test/spec': '/new',
      'http://wiki.corp.test/new': 'http://10.0.0.9/spec',
    }),
  ).toEqual({
    places: ['http://wiki.corp.test/spec*', 'http://wiki.corp.test/new*', 'http://10.0.0.9/spec'],
    end: 'answered',
  });
});

test('a place that moves for ever is given up', async () => {
  const { end } = await asked('https://docs.test/a', { 'https://docs.test/a': 'https://docs.test/a' });
  expect(end).toContain('more than 10 times');
});
