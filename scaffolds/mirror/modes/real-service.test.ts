import { ServiceLimits } from '@counterpart/schemas';
import { expect, test, vi } from 'vitest';
import { blueprintOf } from '../mirror-fixture.ts';
import { createRealService } from './real-service.ts';

test('a redirect to another host of the service carries nothing that proves who calls', async () => {
  const sent: [string, string[]][] = [];
  const answer = (url: string, { headers }: { headers: Headers }): Promise<Response> => {
    sent.push([new URL(url).host, [...headers.keys()].sort()]);
    const location = 'https://files.example/there';
    return Promise.resolve(
      sent.length === 1 ? new Response(null, { status: 302, headers: { location } }) : new Response('here'),
    );
  };
  vi.stubGlobal('fetch', answer);
  try {
    const blueprint = blueprintOf([]);
    blueprint.auth.schemes['key'] = { kind: 'api-key', in: 'header', name: 'X-Api-Key' };
    const address = { base: () => 'https://api.example', bases: [], hosts: [], allows: () => true };
    const service = createRealService({
      blueprint,
      address,
      limits: ServiceLimits.parse({}),
      env: () => undefined,
    });
    const headers = new Headers({ 'x-api-key': 'k', authorization: 'a b', cookie: 'c=d', 'x-trace': 't' });
    const request = { method: 'GET', path: '/here', query: '', headers, body: new Uint8Array() };
    await service.call(request, undefined, new AbortController().signal);
  } finally {
    vi.unstubAllGlobals();
  }
  expect(sent).toEqual([
    ['api.example', ['authorization', 'cookie', 'x-api-key', 'x-trace']],
    ['files.example', ['x-trace']],
  ]);
});
