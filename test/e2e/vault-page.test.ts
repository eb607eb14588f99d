import { afterAll, beforeAll, expect, test } from 'vitest';
import { SecretList, SecretPage, SecretPageState } from '@counterpart/schemas';
import { fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

/** The page on which a secret is typed: what a browser of this machine may do there, and what nobody else may. */

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  place = makeHome({ mcpServers: { alpha: { ...fixtureServer('ok'), enabled: false } } });
  hub = await startHub(place.home);
});
afterAll(async () => {
  await hub.stop();
  place.remove();
});

const openPage = async (name: string) =>
  SecretPage.parse((await hub.send('POST', `/api/secrets/${name}/page`, { server: 'alpha' })).body);
const stateOf = async (id: string) => SecretPageState.parse(await hub.get(`/api/secrets/pages/${id}`)).state;
const stored = async () => SecretList.parse(await hub.get('/api/secrets')).secrets.map(({ name }) => name);

interface Sent {
  readonly form: string;
  readonly value?: string;
  readonly headers?: Record<string, string>;
}
const submit = (url: string, { form, value = 'typed', headers = {} }: Sent): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ form, value }),
    headers: { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', ...headers },
  });
const formKeyOf = async (url: string): Promise<string> =>
  /name="form" value="([\w-]+)"/.exec(await (await fetch(url)).text())?.[1] ?? '';

test('a value that is typed on the page is stored once, and the page is dead afterwards', async () => {
  verifies('C06');
  const { id, url } = await openPage('ALPHA_KEY');
  const page = await fetch(url);
  const html = await page.text();
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(html).toMatch(
    /<label for="value">Value of ALPHA_KEY<\/label>\s*<input id="value"[^>]*type="password"/,
  );
  const form = await formKeyOf(url);
  expect(await stateOf(id)).toBe('waiting');
  const answers = await Promise.all([submit(url, { form }), submit(url, { form })]);
  expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
  expect([await stateOf(id), await stored()]).toEqual(['used', ['ALPHA_KEY']]);
  expect([(await fetch(url)).status, (await submit(url, { form })).status]).toEqual([404, 404]);
});

test('what another page, a guess, or a form of elsewhere sends is refused and uses nothing up', async () => {
  const { id, url } = await openPage('OTHER_KEY');
  const form = await formKeyOf(url);
  const refused = await Promise.all([
    submit(url, { form: 'guess' }),
    submit(url, { form, headers: { origin: 'http://localhost:1' } }),
    submit(url, { form, headers: { origin: 'null' } }),
    submit(url, { form, headers: { 'sec-fetch-site': 'cross-site' } }),
    submit(url, { form, headers: { origin: 'https://evil.test' } }),
    submit(`${url}x`, { form }),
    submit(url, { form, value: '' }),
    submit(url, { form, value: '-----BEGIN PRIVATE KEY-----MIIE' }),
    submit(url, { form, headers: { 'x-forwarded-for': '10.0.0.7' } }),
    fetch(url, { headers: { forwarded: 'for=10.0.0.7' } }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 404, 400, 400, 403, 404]);
  expect([await stateOf(id), await stored()]).toEqual(['waiting', ['ALPHA_KEY']]);
  expect((await submit(url, { form })).status).toBe(200);
});

test('without the hub’s token nobody begins a page, or learns of one', async () => {
  const answers = await Promise.all([
    fetch(`${hub.url}/api/secrets/ALPHA_KEY/page`, { method: 'POST', body: '{}' }),
    fetch(`${hub.url}/api/secrets/pages/x`),
    fetch(`${hub.url}/api/secrets`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
});

test('a browser at the hub’s address is told what is where, and a program as before that nothing is there', async () => {
  const page = await fetch(hub.url, { headers: { accept: 'text/html,*/*' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/html'),
  ]);
  expect(await page.text()).toMatch(/Counterpart runs here[^]*\/mcp[^]*\/v1[^]*hub review/);
  expect((await fetch(hub.url)).status).toBe(404);
});
