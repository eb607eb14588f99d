import { afterEach, beforeEach, expect, test } from 'vitest';
import { CounterpartError } from '@counterpart/schemas';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../hub/src/kernel/clock.ts';
import type { SecretPlace, Vault } from '../../hub/src/kernel/ports.ts';
import { createRedactor } from '../../hub/src/kernel/redact.ts';
import { createGrants, type Grants } from '../../hub/src/oauth/grants.ts';
import { createLogins, type Logins } from '../../hub/src/oauth/logins.ts';
import type { SignIn } from '../../hub/src/oauth/sign-in.ts';
import {
  type AuthorizationServer,
  CLIENT,
  startAuthorizationServer,
} from '../fixtures/oauth/authorization-server.ts';

/** The flows against a real authorization server, strict and misbehaving, without a hub around them. */

let server: AuthorizationServer;
let vault: Vault;
let grants: Grants;
let logins: Logins;
/** Seconds that were waited, when the clock is turned by hand. */
let waits: number[];

/** Long waits pass at once and are noted. */
const quick: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    if (delayMs >= 100_000) return systemClock.after(delayMs, task);
    waits.push(delayMs / 1_000);
    return systemClock.after(0, task);
  },
};

function memoryVault(): Vault {
  const kept = new Map<string, string>();
  const key = ({ server: owner, name }: SecretPlace): string => `${owner} ${name}`;
  return {
    store: async (place, value) => void kept.set(key(place), value),
    retrieve: async (place) => kept.get(key(place)),
    has: async (place) => kept.has(key(place)),
    delete: async (place) => kept.delete(key(place)),
    revoke: async (place) => kept.delete(key(place)),
    list: async () => [],
    rotate: async () => ({ keyId: '', records: 0 }),
  };
}

beforeEach(async () => {
  server = await startAuthorizationServer('token');
  vault = memoryVault();
  waits = [];
  openRoom(systemClock);
});
afterEach(async () => {
  logins.close();
  await server.close();
});

function openRoom(clock: Clock): void {
  grants = createGrants({ vault, clock, log: pino({ level: 'silent' }), redactor: createRedactor() });
  logins = createLogins({ grants, clock, signedIn: () => Promise.resolve() });
}

const signIn = (more: Partial<SignIn> = {}): SignIn => ({
  scheme: 'oauth',
  authorizationUrl: `${server.url}/authorize`,
  deviceUrl: `${server.url}/device`,
  tokenUrl: `${server.url}/token`,
  scopes: ['read'],
  clientIdName: 'X_CLIENT_ID',
  clientSecretName: 'X_CLIENT_SECRET',
  ...more,
});
const client = { clientId: CLIENT.id, clientSecret: CLIENT.secret };
const begin = (flow: 'code' | 'device', more: Partial<SignIn> = {}) =>
  logins.begin({ server: 'calendar', signIn: signIn(more), client, flow });

/** Signs in as a person with a browser does; the outcome, as text. */
async function browse(more: Partial<SignIn> = {}): Promise<string> {
  const { id, step } = await begin('code', more);
  if (step.kind !== 'code') throw new Error('no address');
  const page = await fetch(step.url);
  expect(await page.text()).toContain('Back to the hub');
  return outcome(id);
}
async function outcome(id: string): Promise<string> {
  for (;;) {
    const state = await logins.state(id, 5_000);
    if (state.kind === 'failed') return `${state.error.code}: ${state.error.message}`;
    if (state.kind === 'done') return `done: ${state.scopes.join(' ')}`;
  }
}
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) =>
      error instanceof CounterpartError ? `${error.code}: ${error.message}` : String(error),
  );

test('a browser’s sign-in leaves a grant whose token the service takes', async () => {
  expect(await browse()).toBe('done: read');
  const { token } = await grants.token('calendar', 'oauth');
  expect((await fetch(server.url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  expect(server.asked).toEqual(['authorization_code']);
});

test('an answer in the name of another issuer is refused before its code is used (RFC 9207)', async () => {
  server.rules.iss = 'https://attacker.test';
  expect(await browse()).toMatch(/^SIGN_IN_FAILED: .*"iss"/);
  expect(server.asked).toEqual([]);
});

test('a service without metadata can be signed in to all the same', async () => {
  server.rules.metadata = false;
  expect(await browse()).toBe('done: read');
});

test('a person who says no is told apart from a failure', async () => {
  server.rules.refuses = true;
  expect(await browse()).toMatch(/^SIGN_IN_FAILED: .*access_denied/);
});

test('what is not the awaited answer changes nothing: a guessed state, another path, a second parameter', async () => {
  const { id, step } = await begin('code');
  if (step.kind !== 'code') throw new Error('no address');
  const state = new URL(step.url).searchParams.get('state') ?? '';
  const tries = [
    `?state=guess&code=x`,
    `?code=x`,
    `/other?state=${state}&code=x`,
    `?state=${state}&state=x&code=x`,
  ];
  const answers = await Promise.all(tries.map((end) => fetch(`${step.redirectUri}${end}`)));
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect((await logins.state(id, 0)).kind).toBe('waiting');
});

test.each([
  ['not JSON', 'text/html', '<h1>Hello</h1>', /not usable/],
  ['no token', 'application/json', '{"token_type":"Bearer"}', /not usable/],
  ['another type of token', 'application/json', '{"access_token":"a","token_type":"mac"}', /not usable/],
  ['an endless answer', 'application/json', `"${'x'.repeat(300_000)}"`, /more than 262144 bytes/],
])('%s for a token is a precise failure', async (_, type, body, said) => {
  server.rules.answer = (response) => response.writeHead(200, { 'content-type': type }).end(body);
  expect(await browse()).toMatch(said);
  expect(await refusal(grants.token('calendar', 'oauth'))).toMatch(/^GRANT_MISSING/);
});

test('a device waits for the person, asks less often when told to, and gets its grant', async () => {
  openRoom(quick);
  server.rules.slowDowns = 2;
  const { id, step } = await begin('device');
  if (step.kind !== 'device') throw new Error('no code');
  expect(step.completeUrl).toContain(step.userCode);
  while (server.asked.length < 4) await new Promise((resolve) => setImmediate(resolve));
  server.approveDevice(step.userCode);
  const ended = await refusal(waitFor(id));
  expect(ended).toBe('accepted');
  expect(waits.slice(0, 4)).toEqual([0.05, 5.05, 10.05, 10.05]);
});

async function waitFor(id: string): Promise<void> {
  for (;;) {
    const state = await logins.state(id, 200_000);
    if (state.kind === 'failed') throw state.error;
    if (state.kind === 'done') return;
  }
}

test('a device that is refused, and a code nobody typed, end with the reason', async () => {
  server.rules.refuses = true;
  const { id } = await begin('device');
  expect(await outcome(id)).toMatch(/^SIGN_IN_FAILED: .*access_denied/);
});

test('callers at the same time share one renewal, and its refresh token is stored before anybody uses the result', async () => {
  await browse();
  const first = await grants.token('calendar', 'oauth');
  const all = await Promise.all(
    Array.from({ length: 5 }, () => grants.token('calendar', 'oauth', first.generation)),
  );
  expect(new Set(all.map(({ generation }) => generation))).toEqual(new Set([first.generation + 1]));
  expect(server.asked).toEqual(['authorization_code', 'refresh_token']);
  // Another process that begins where this one was killed.
  openRoom(systemClock);
  const next = await grants.token('calendar', 'oauth', first.generation + 1);
  expect(next.generation).toBe(first.generation + 2);
});

test('a token that is about to end is renewed before it is lent', async () => {
  server.rules.lifeSeconds = 1;
  await browse();
  const clock: Clock = { ...systemClock, now: () => Date.now() + 900 };
  openRoom(clock);
  await grants.token('calendar', 'oauth');
  expect(server.asked).toEqual(['authorization_code', 'refresh_token']);
});

test('a renewal that the disk did not take is kept, and stored before the next use', async () => {
  await browse();
  const { generation } = await grants.token('calendar', 'oauth');
  const whole = { ...vault };
  vault.store = () => Promise.reject(new Error('the disk is full'));
  expect(await refusal(grants.token('calendar', 'oauth', generation))).toContain('the disk is full');
  vault.store = whole.store.bind(vault);
  expect((await grants.token('calendar', 'oauth', generation)).generation).toBe(generation + 1);
  expect(server.asked).toEqual(['authorization_code', 'refresh_token']);
});

test('a service that is down costs nothing; one that ended the grant is believed, and says the next step', async () => {
  await browse();
  const { generation } = await grants.token('calendar', 'oauth');
  server.rules.answer = (response) => response.writeHead(503).end();
  expect(await refusal(grants.token('calendar', 'oauth', generation))).toMatch(/^GRANT_UNRENEWED/);
  delete server.rules.answer;
  server.endGrants();
  const ended = await grants.token('calendar', 'oauth', generation).catch((error: unknown) => error);
  expect(ended).toMatchObject({
    code: 'GRANT_ENDED',
    fix: 'Run `hub auth login calendar` to sign in again.',
  });
  const asked = server.asked.length;
  expect(await refusal(grants.token('calendar', 'oauth'))).toMatch(/^GRANT_ENDED/);
  expect(server.asked.length).toBe(asked);
});

test('a password in clear over the network is never sent: only this machine is spoken to without encryption', async () => {
  const there = 'http://auth.example.test/token';
  const begun = begin('device', { tokenUrl: there, deviceUrl: 'http://auth.example.test/device' });
  expect(await refusal(begun)).toMatch(/^SIGN_IN_FAILED: .*HTTPS/);
});

test('signing out tells the service, and forgets in any case', async () => {
  await browse();
  const { token } = await grants.token('calendar', 'oauth');
  expect(await grants.remove('calendar', 'oauth')).toEqual({ had: true, told: true });
  expect(server.revoked.join(' ')).toMatch(/^token-refresh-\S+$/);
  expect(token).toMatch(/^token-access-/);
  expect(await refusal(grants.token('calendar', 'oauth'))).toMatch(/^GRANT_MISSING/);
});
