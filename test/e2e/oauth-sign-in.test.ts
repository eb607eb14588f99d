import { globSync, readFileSync, statSync } from 'node:fs';
import { SignInList } from '@counterpart/schemas';
import { ServerDetail } from '@counterpart/schemas/hub/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type AuthorizationServer,
  CLIENT,
  startAuthorizationServer,
} from '../fixtures/oauth/authorization-server.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type Ran, type TestHome } from './cli-runner.ts';

/** From a description with OAuth 2 to answered calls: commands, hub, built server and a real authorization server. */

const MARK = 'cAnArY7f3';
let home: TestHome;
let server: AuthorizationServer;
const printed: string[] = [];

const description = (url: string): string =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Calendar', version: '1' },
    servers: [{ url }],
    security: [{ oauth: ['read'] }],
    paths: {
      '/events': {
        get: {
          operationId: 'listEvents',
          responses: {
            200: { description: 'All.', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
    components: {
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            authorizationCode: {
              authorizationUrl: `${url}/authorize`,
              tokenUrl: `${url}/token`,
              scopes: { read: 'Reads.', write: 'Writes.' },
            },
            deviceAuthorization: {
              deviceAuthorizationUrl: `${url}/device`,
              tokenUrl: `${url}/token`,
              scopes: { read: 'Reads.' },
            },
          },
        },
      },
    },
  });

async function hub(args: readonly string[], options: Parameters<TestHome['run']>[1] = {}): Promise<Ran> {
  const ran = await home.run(args, options);
  printed.push(ran.stdout, ran.stderr);
  return ran;
}

/** Runs a sign-in and does what its words ask a person to do. */
async function logIn(
  args: readonly string[],
  act: (shown: string) => Promise<unknown> | undefined,
): Promise<number | null> {
  const child = home.spawn(['auth', 'login', 'calendar', ...args]);
  child.stdin?.end();
  let shown = '';
  let acted = false;
  const look = (chunk: Buffer): void => {
    shown += chunk.toString();
    const acting = acted ? undefined : act(shown);
    acted ||= acting !== undefined;
    void acting;
  };
  child.stderr?.on('data', look);
  child.stdout?.on('data', look);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  printed.push(shown);
  return code;
}
const browse = (shown: string) => {
  const url = /http\S+\/authorize\S+/.exec(shown)?.[0];
  return url === undefined ? undefined : fetch(url);
};
const type = (shown: string) => {
  const code = /ABCD-\d+/.exec(shown)?.[0];
  return code === undefined ? undefined : Promise.resolve(server.approveDevice(code));
};
/** As commands ask the hub that runs; each of them would cost a process. */
async function ask(path: string, body?: object): Promise<string> {
  const { url, token } = running();
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  printed.push(answer);
  return answer;
}
function running(): { url: string; token: string } {
  const record = readFileSync(home.path('home', '.hub', 'hub.json'), 'utf8');
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(record));
  return { url, token: readFileSync(home.path('home', '.hub', 'token'), 'utf8').trim() };
}
const Called = z.object({
  isError: z.boolean().default(false),
  content: z.array(z.looseObject({ text: z.string() })),
});
async function call(): Promise<string> {
  const answer = await ask('/api/call', { tool: 'calendar__list_events', arguments: {} });
  const { isError, content } = Called.parse(JSON.parse(answer));
  return isError ? content.map(({ text }) => text).join(' ') : 'answered';
}
const calendar = async () => ServerDetail.parse(JSON.parse(await ask('/api/servers/calendar')));
const signIns = async () => SignInList.parse(JSON.parse(await ask('/api/auth'))).signIns;

beforeAll(async () => {
  server = await startAuthorizationServer(MARK);
  home = createTestHome({ log: { level: 'debug' } });
  await hub(['build', '--from', home.write('calendar.json', description(server.url))]);
});
afterAll(async () => {
  await home.dispose();
  await server.close();
});

test('a person signs in once in a browser, and calls are made with tokens that the hub renews', async () => {
  verifies('M40');
  const before = (await hub(['auth', 'status', '--json'])).json(SignInList);
  expect(before.signIns).toMatchObject([{ server: 'calendar', scheme: 'oauth', state: 'signed-out' }]);
  const unknown = await hub(['auth', 'login', 'calendar']);
  expect(unknown.code).toBe(4);
  expect(unknown.stderr).toContain('--client-id');
  await hub(['secret', 'set', 'CALENDAR_CLIENT_SECRET', '--stdin', '--server', 'calendar'], {
    input: CLIENT.secret,
  });
  await hub(['start', '--detach']);
  expect(await logIn(['--client-id', CLIENT.id], browse)).toBe(0);
  expect(await call()).toBe('answered');
  const { pid, missingSecrets } = await calendar();
  expect(missingSecrets).toEqual([]);

  server.expire();
  expect(await call()).toBe('answered');
  expect((await calendar()).pid).toBe(pid);
  expect(server.asked).toEqual(['authorization_code', 'refresh_token']);
  expect((await signIns())[0]).toMatchObject({ state: 'signed-in', scopes: ['read'], renewable: true });
});

test('a grant that its service ended is told with the next step, and a device signs in again', async () => {
  verifies('M40');
  server.endGrants();
  expect(await call()).toMatch(/has ended.*hub auth login calendar/s);
  expect((await signIns())[0]).toMatchObject({ state: 'ended' });
  expect(await logIn(['--device', '--client-id', CLIENT.id], type)).toBe(0);
  expect(await call()).toBe('answered');
});

test('a server is lent tokens with its own key only', async () => {
  const { url, token } = running();
  const lend = (authorization: string) =>
    fetch(`${url}/grants/calendar`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ scheme: 'oauth' }),
    });
  const answers = await Promise.all([lend('Bearer guess'), lend(''), lend(`Bearer ${token}`)]);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
});

test('signing out revokes the grant at its service, and the next call asks for it again', async () => {
  const out = await hub(['auth', 'logout', 'calendar', '--json']);
  expect(JSON.parse(out.stdout)).toEqual({ server: 'calendar', schemes: ['oauth'], revoked: true });
  expect(server.revoked.length).toBe(1);
  expect(await call()).toMatch(/needs credentials/);
  expect((await hub(['auth', 'logout', 'calendar'])).code).toBe(3);
});

test('no token, refresh token or client secret is in anything that was printed, logged or stored', () => {
  verifies('C05');
  expect(server.used.some((token) => token.includes(MARK))).toBe(true);
  const forms = [
    MARK,
    ...[0, 1, 2].map((shift) =>
      Buffer.from(`${'x'.repeat(shift)}${MARK}`)
        .toString('base64')
        .slice(4, -4),
    ),
  ];
  const holds = (text: string | Buffer): boolean => forms.some((form) => text.includes(form));
  const files = ['home/servers/**/*', 'home/.hub/**/*']
    .flatMap((pattern) => globSync(pattern, { cwd: home.path() }))
    .map((file) => home.path(file))
    .filter((file) => statSync(file).isFile());
  expect(files.length).toBeGreaterThan(5);
  expect({
    printed: printed.filter(holds),
    files: files.filter((file) => holds(readFileSync(file))),
  }).toEqual({
    printed: [],
    files: [],
  });
});
