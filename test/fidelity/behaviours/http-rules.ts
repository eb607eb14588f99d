import { type Behaviour, only, type Place } from '../behaviour.ts';
import { LEGACY, META, type Members, MODERN, modernMeta } from '../client/message.ts';
import { type RawRequest, RawSession, send } from '../../fixtures/gateway/raw-client.ts';

const group = 'HTTP';

type Rule = (
  id: string,
  title: string,
  request: (place: Place) => RawRequest | Promise<RawRequest>,
  /** The status, or the status and the code of the error. */
  expected: unknown,
) => Behaviour;

/** One request at the endpoint, by a client of an era, and what HTTP and JSON-RPC say to it. */
const ruleOf =
  (era: 'modern' | 'legacy'): Rule =>
  (id, title, request, expected) => ({
    id: `http-${id}`,
    group,
    title,
    absent: (cell) =>
      cell.transport === 'http' ? only('client', era, 'a rule of the other era')(cell) : 'a rule of HTTP',
    expected,
    run: async (place) => {
      // The server itself is reached over stdio here: what is wanted stands in the specification.
      if (place.url === undefined) return expected;
      const { status, messages } = await send(place.url, await request(place));
      const code = messages[0]?.error?.code;
      return code === undefined ? status : [status, code];
    },
  });
const modernRule = ruleOf('modern');
const legacyRule = ruleOf('legacy');

const frame = (method: string, params: Members = {}, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
const meta = { _meta: modernMeta({}) };
const headers = (method: string, more: Members = {}): Record<string, string> => ({
  'mcp-protocol-version': MODERN,
  'mcp-method': method,
  ...(more as Record<string, string>), // written below
});
const session = async ({ url = '' }: Place): Promise<Record<string, string>> => ({
  'mcp-session-id': (await RawSession.open(url)).id,
  'mcp-protocol-version': LEGACY,
});

/** Rules of HTTP for clients of 2026-07-28. */
export const MODERN_RULES: readonly Behaviour[] = [
  modernRule('get', 'GET: 405', () => ({ method: 'GET' }), 405),
  modernRule('put', 'PUT: 405', () => ({ method: 'PUT', body: '{}' }), 405),
  modernRule(
    'accept',
    'An Accept that takes no JSON: 406',
    () => ({
      body: frame('tools/list', meta),
      headers: { ...headers('tools/list'), accept: 'text/plain' },
    }),
    [406, -32600],
  ),
  modernRule(
    'content-type',
    'A body that is not called JSON: 415',
    () => ({
      body: frame('tools/list', meta),
      headers: { ...headers('tools/list'), 'content-type': 'text/plain' },
    }),
    [415, -32600],
  ),
  modernRule(
    'not-json',
    'A body that is not JSON: 400 and -32700',
    () => ({ body: '{"jsonrpc":', headers: headers('tools/list') }),
    [400, -32700],
  ),
  modernRule(
    'unknown-method',
    'An unknown method: 404 and -32601',
    () => ({
      body: frame('no/such', meta),
      headers: headers('no/such'),
    }),
    [404, -32601],
  ),
  modernRule(
    'no-meta',
    'No protocolVersion in _meta: 400 and -32602',
    () => ({
      body: frame('tools/list'),
      headers: headers('tools/list'),
    }),
    [400, -32602],
  ),
  modernRule(
    'method-header',
    'Mcp-Method that says something else: 400 and -32020',
    () => ({
      body: frame('tools/list', meta),
      headers: headers('tools/call'),
    }),
    [400, -32020],
  ),
  modernRule(
    'no-method-header',
    'No Mcp-Method: 400 and -32020',
    () => ({
      body: frame('tools/list', meta),
      headers: { 'mcp-protocol-version': MODERN },
    }),
    [400, -32020],
  ),
  modernRule(
    'name-header',
    'Mcp-Name that says something else: 400 and -32020',
    ({ name }) => ({
      body: frame('tools/call', { name: name('say'), arguments: { what: 'text' }, ...meta }),
      headers: headers('tools/call', { 'mcp-name': 'other' }),
    }),
    [400, -32020],
  ),
  modernRule(
    'name-base64',
    'Mcp-Name in base64',
    ({ name }) => ({
      body: frame('tools/call', { name: name('say'), arguments: { what: 'text' }, ...meta }),
      headers: headers('tools/call', {
        'mcp-name': `=?base64?${Buffer.from(name('say')).toString('base64')}?=`,
      }),
    }),
    200,
  ),
  modernRule(
    'param-header',
    'Mcp-Param-* that says something else: 400 and -32020',
    ({ name }) => ({
      body: frame('tools/call', { name: name('region'), arguments: { region: 'eu' }, ...meta }),
      headers: headers('tools/call', { 'mcp-name': name('region'), 'mcp-param-region': 'us' }),
    }),
    [400, -32020],
  ),
  modernRule(
    'version',
    'A version that does not exist: 400 and -32022',
    () => ({
      body: frame('tools/list', { _meta: { ...modernMeta({}), [`${META}protocolVersion`]: '2099-01-01' } }),
      headers: { ...headers('tools/list'), 'mcp-protocol-version': '2099-01-01' },
    }),
    [400, -32022],
  ),
  modernRule(
    'notification',
    'A notification: 202',
    () => ({
      body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/none', params: meta }),
      headers: headers('notifications/none'),
    }),
    202,
  ),
  modernRule(
    'origin',
    'A foreign Origin: 403',
    () => ({
      body: frame('tools/list', meta),
      headers: { ...headers('tools/list'), origin: 'https://evil.example' },
    }),
    403,
  ),
];

/** Rules of HTTP for clients of 2025-11-25 and before. */
export const LEGACY_RULES: readonly Behaviour[] = [
  legacyRule('no-session', 'No Mcp-Session-Id: 400', () => ({ body: frame('tools/list') }), [400, -32600]),
  legacyRule(
    'lost-session',
    'A session that does not exist: 404',
    () => ({
      body: frame('tools/list'),
      headers: { 'mcp-session-id': 'lost', 'mcp-protocol-version': LEGACY },
    }),
    [404, -32600],
  ),
  legacyRule(
    'session-end',
    'DELETE ends a session: 200',
    async (place) => ({
      method: 'DELETE',
      headers: await session(place),
    }),
    200,
  ),
  legacyRule('session-get', 'GET without a session: 405', () => ({ method: 'GET' }), 405),
  legacyRule(
    'session-notification',
    'A notification in a session: 202',
    async (place) => ({
      body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/none' }),
      headers: await session(place),
    }),
    202,
  ),
  legacyRule(
    'session-version',
    'A version header that does not exist: 400',
    async (place) => ({
      body: frame('tools/list'),
      headers: { ...(await session(place)), 'mcp-protocol-version': '1999-01-01' },
    }),
    [400, -32022],
  ),
  legacyRule(
    'session-method',
    'An unknown method in a session: 200 and -32601',
    async (place) => ({
      body: frame('no/such'),
      headers: await session(place),
    }),
    [200, -32601],
  ),
];
