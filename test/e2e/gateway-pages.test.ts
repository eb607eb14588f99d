import { afterAll, beforeAll, expect, test } from 'vitest';
import { send, type RawAnswer } from '../fixtures/gateway/raw-client.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';

/** Where MCP Inspector's page is. */
const LISTED = 'http://localhost:6274';
const UNLISTED = 'http://localhost:3000';

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  place = makeHome({ listen: { allowedOrigins: [LISTED] }, auth: { mcp: 'token' } });
  hub = await startHub(place.home);
});
afterAll(async () => {
  await hub.stop();
  place.remove();
});

const preflight = (origin: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  send(`${hub.url}/mcp`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,mcp-method,mcp-protocol-version',
      ...headers,
    },
  });

const initialize = (origin: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  send(`${hub.url}/mcp`, {
    headers: { origin, ...headers },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '1' } },
    }),
  });

const readable = ({ status, headers }: RawAnswer): unknown => [
  status,
  headers['access-control-allow-origin'],
];

test('a page of a listed origin may ask an MCP endpoint, and read the answer and its session', async () => {
  const asked = await preflight(LISTED);
  expect(readable(asked)).toEqual([204, LISTED]);
  expect(asked.headers['access-control-allow-headers']).toContain('mcp-protocol-version');
  const answer = await initialize(LISTED, { authorization: `Bearer ${hub.token}` });
  expect(readable(answer)).toEqual([200, LISTED]);
  expect(answer.headers['mcp-session-id']).toBeDefined();
  expect(String(answer.headers['access-control-expose-headers'])).toContain('mcp-session-id');
});

test('it may read that it needs a token', async () => {
  expect(readable(await initialize(LISTED))).toEqual([401, LISTED]);
});

test('no other page may, of this machine neither, nor any by another name of the hub', async () => {
  expect(readable(await preflight(UNLISTED))).not.toEqual([204, UNLISTED]);
  expect(readable(await initialize(UNLISTED, { authorization: `Bearer ${hub.token}` }))).toEqual([
    200,
    undefined,
  ]);
  expect(readable(await preflight(LISTED, { host: 'rebound.example' }))).toEqual([403, undefined]);
});
