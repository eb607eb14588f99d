import { type Behaviour, type Place } from '../behaviour.ts';
import { LEGACY, META, type Members, MODERN } from '../client/message.ts';
import { callTool, isMembers, membersOf, must, resultOf, textOf } from '../seen.ts';
import { LEGACY_RULES, MODERN_RULES } from './http-rules.ts';

const group = 'HTTP';

/** Headers as the server behind got them with a call. */
async function serverHeaders(place: Place, tool = 'received'): Promise<Members> {
  const result = resultOf(await callTool(place, tool));
  return membersOf(membersOf(result['structuredContent'])['headers']);
}

const toHttp =
  (era: 'modern' | 'legacy'): NonNullable<Behaviour['absent']> =>
  ({ upstream, server }) =>
    upstream === 'stdio'
      ? 'there are no headers over stdio'
      : server === era
        ? undefined
        : 'a rule of the other era';

const UPSTREAM: readonly Behaviour[] = [
  {
    id: 'upstream-headers',
    group,
    title: 'The server gets Mcp-Method, its own name in Mcp-Name, and the version',
    absent: toHttp('modern'),
    expected: ['tools/call', 'received', MODERN],
    run: async (place) => {
      const got = await serverHeaders(place);
      return [got['mcp-method'], got['mcp-name'], got['mcp-protocol-version']];
    },
  },
  {
    id: 'upstream-session',
    group,
    title: 'The server gets its session and the version',
    absent: toHttp('legacy'),
    expected: ['string', LEGACY],
    run: async (place) => {
      const got = await serverHeaders(place);
      return [typeof got['mcp-session-id'], got['mcp-protocol-version']];
    },
  },
  {
    id: 'upstream-params',
    group,
    title: 'The server gets Mcp-Param-* for the arguments its tool marks, encoded where need be',
    absent: toHttp('modern'),
    expected: { region: '=?base64?w7xiZXI=?=', limit: '7' },
    run: async (place) => {
      const { client, name } = place;
      const params = { name: name('region'), arguments: { region: 'über', limit: 7 } };
      const given = { 'mcp-param-region': '=?base64?w7xiZXI=?=', 'mcp-param-limit': '7' };
      const options = client.transport === 'http' && client.era === 'modern' ? { headers: given } : {};
      return JSON.parse(textOf(await client.request('tools/call', params, options))) as unknown;
    },
  },
];

/** Methods that a capability promises. */
const PROMISED: Readonly<Record<string, readonly [method: string, params: Members]>> = {
  tools: ['tools/list', {}],
  prompts: ['prompts/list', {}],
  resources: ['resources/list', {}],
  completions: [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'a', value: '' } },
  ],
  logging: ['logging/setLevel', { level: 'debug' }],
  tasks: ['tasks/get', { taskId: 'x' }],
};

const truthful = (kind: 'full' | 'bare', title: string): Behaviour => ({
  id: `capabilities-true-${kind}`,
  group: 'Greeting',
  title,
  kind,
  expected: [],
  run: async ({ client, hub }) => {
    if (!hub) return [];
    const offered = Object.keys(membersOf(resultOf(client.hello)['capabilities']));
    const broken: string[] = [];
    for (const capability of offered) {
      const [method, params] = PROMISED[capability] ?? [];
      if (method === undefined || (capability === 'logging' && client.era === 'modern')) continue;
      if ((await client.request(method, params)).error?.code === -32601) broken.push(capability);
    }
    return broken;
  },
});

const has = (id: string, title: string, path: readonly string[]): Behaviour => ({
  id: `capability-${id}`,
  group: 'Greeting',
  title,
  run: async ({ client }) => {
    let at: unknown = resultOf(client.hello)['capabilities'];
    for (const member of path) at = isMembers(at) ? at[member] : undefined;
    return await Promise.resolve(at);
  },
});

const EXTENSION: Behaviour['absent'] = ({ client, server }) =>
  client === 'modern' && server === 'modern' ? undefined : 'extensions belong to 2026-07-28';

const GREETING: readonly Behaviour[] = [
  truthful('full', 'Every capability that is offered can be used'),
  truthful('bare', 'The same in front of a server with tools only'),
  has('tools', 'tools.listChanged', ['tools', 'listChanged']),
  has('prompts', 'prompts.listChanged', ['prompts', 'listChanged']),
  has('resources', 'resources.listChanged', ['resources', 'listChanged']),
  has('subscribe', 'resources.subscribe', ['resources', 'subscribe']),
  has('completions', 'completions', ['completions']),
  has('logging', 'logging', ['logging']),
  {
    ...has('tasks', 'The tasks extension', ['extensions', `${META}tasks`]),
    absent: EXTENSION,
  },
  {
    ...has('apps', 'The apps extension', ['extensions', `${META}ui`]),
    absent: EXTENSION,
  },
  {
    id: 'instructions',
    group: 'Greeting',
    title: "The server's instructions",
    run: async ({ client }) => Promise.resolve(resultOf(client.hello)['instructions']),
  },
  {
    id: 'server-info',
    group: 'Greeting',
    title: 'serverInfo with name and version, in the place of the era',
    expected: ['string', 'string'],
    run: async ({ client }) => {
      const result = resultOf(client.hello);
      const info = membersOf(
        client.era === 'modern' ? membersOf(result['_meta'])[`${META}serverInfo`] : result['serverInfo'],
      );
      return Promise.resolve([typeof info['name'], typeof info['version']]);
    },
  },
  {
    id: 'versions',
    group: 'Greeting',
    title: 'The protocol version of the client, or all that are supported',
    expected: true,
    run: async ({ client }) => {
      const result = resultOf(client.hello);
      const versions = result['supportedVersions'];
      return Promise.resolve(
        client.era === 'legacy'
          ? result['protocolVersion'] === LEGACY
          : Array.isArray(versions) && versions.includes(MODERN),
      );
    },
  },
];

const LIFE: readonly Behaviour[] = [
  {
    id: 'crash',
    group: 'Life',
    title: 'A server that crashes during a call: an error at once that names it, and the next call works',
    kind: 'fragile',
    expected: ['an error', 'plain words'],
    run: async (place) => {
      if (!place.hub) return ['an error', 'plain words'];
      const crashed = await callTool(place, 'crash', { key: place.key });
      const next = { name: place.name('say'), arguments: { what: 'text' } };
      const after = textOf(await place.client.request('tools/call', next, { limitMs: 10_000 }));
      const told = crashed.error !== undefined || crashed.result?.['isError'] === true;
      return [told ? 'an error' : crashed.result, after];
    },
  },
  {
    id: 'idle',
    group: 'Life',
    title: 'A server that was stopped because nobody called answers the next call',
    kind: 'fragile',
    expected: 'another process',
    run: async (place) => {
      if (!place.hub) return 'another process';
      const first = Number(textOf(await callTool(place, 'pid')));
      await ended(first);
      const next = { name: place.name('pid'), arguments: {} };
      const second = Number(textOf(await place.client.request('tools/call', next, { limitMs: 10_000 })));
      return second !== first ? 'another process' : 'the same process';
    },
  },
];

/** Resolves when a process is gone; nobody tells us when another program ends one. */
async function ended(pid: number): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    must(Date.now() < end, 'the process was not stopped');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const SURFACE: readonly Behaviour[] = [
  ...MODERN_RULES,
  ...LEGACY_RULES,
  ...UPSTREAM,
  ...GREETING,
  ...LIFE,
];
