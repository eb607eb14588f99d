import { type Behaviour, only, type Place } from '../behaviour.ts';
import type { Members, Message } from '../client/message.ts';
import { type Call, type ProbeClient, SUBSCRIPTION_ID } from '../client/probe-client.ts';
import { callTool, listAll, membersOf, must, plain, resultOf, textOf } from '../seen.ts';

const group = 'Notifications';

const STEPS = [
  { progress: 0.5, total: 3, message: 'first' },
  { progress: 1 },
  { progress: 3, total: 3, message: 'letzter Schritt ü', 'x-step': 'kept' },
];

/** What a call with a progress token brings before its answer. */
const progress = (
  id: string,
  title: string,
  token: string | number,
  steps: readonly Members[] = STEPS,
): Behaviour => ({
  id: `progress-${id}`,
  group,
  title,
  run: async ({ client, name }) => {
    const params = { name: name('progress'), arguments: { steps } };
    const ofThis = ({ method, params: said }: Message): boolean =>
      method === 'notifications/progress' && said?.['progressToken'] === token;
    await client.request('tools/call', params, { meta: { progressToken: token } });
    const heard = client.hearing.drain(ofThis);
    // Over stdio what precedes the answer has come before it; over HTTP too, on one stream.
    return heard.map(({ params: said }) => said);
  },
});

const CANCELLED: Behaviour = {
  id: 'cancel',
  group,
  title: 'A call that is given up is cancelled in the server',
  expected: 'true',
  run: async (place) => {
    const { client, key, name } = place;
    const call = client.call('tools/call', { name: name('hold'), arguments: { key } });
    await callTool(place, 'await', { event: `began:${key}` });
    call.cancel();
    return textOf(await callTool(place, 'await', { event: `cancelled:${key}` }));
  },
};

/** Log messages of a call, by their levels. */
async function logged({ client, key, name }: Place, meta: Members = {}): Promise<unknown> {
  await client.request('tools/call', { name: name('log'), arguments: { key } }, { meta });
  const heard = client.hearing.drain(
    ({ method, params }) => method === 'notifications/message' && params?.['logger'] === key,
  );
  return heard.map(({ params }) => [params?.['level'], params?.['data']]);
}

const says = (levels: string): unknown => levels.split(' ').map((says) => [says, { says, deep: [1] }]);

interface Listening {
  readonly call: Call | undefined;
  readonly acknowledged: Members;
}

/** Follows what changes, in the way of the client's era. */
async function listen(client: ProbeClient, wanted: Members): Promise<Listening> {
  if (client.era === 'legacy') {
    for (const uri of (wanted['resourceSubscriptions'] ?? []) as string[])
      // written by the probes below
      resultOf(await client.request('resources/subscribe', { uri }));
    return { call: undefined, acknowledged: {} };
  }
  const call = client.call('subscriptions/listen', { notifications: wanted }, { limitMs: 60_000 });
  const { params = {} } = await client.hearing.take(
    'the acknowledgement',
    (message) =>
      message.method === 'notifications/subscriptions/acknowledged' && String(idOf(message)) === call.idText,
  );
  return { call, acknowledged: membersOf(params['notifications']) };
}

const idOf = ({ params }: Message): unknown => membersOf(params?.['_meta'])[SUBSCRIPTION_ID];

const LISTS = {
  tools: { method: 'tools/list', filter: 'toolsListChanged' },
  prompts: { method: 'prompts/list', filter: 'promptsListChanged' },
  resources: { method: 'resources/list', filter: 'resourcesListChanged' },
} as const;

/** The one item of a list whose description counts its changes. */
async function versionOf({ client, own }: Place, list: keyof typeof LISTS): Promise<unknown> {
  const items = await listAll(client, LISTS[list].method, list);
  return items.find(({ name }) => own(String(name)) === 'changing')?.['description'];
}

const listChanged = (list: keyof typeof LISTS): Behaviour => ({
  id: `changed-${list}`,
  group,
  title: `A change of ${list} is told, and then seen`,
  expected: 'seen',
  run: async (place) => {
    const { client } = place;
    const told = ({ method }: Message): boolean => method === `notifications/${list}/list_changed`;
    const { call } = await listen(client, { [LISTS[list].filter]: true });
    const before = await versionOf(place, list);
    client.hearing.drain(told);
    const now = textOf(await callTool(place, 'change', { list }));
    for (let heard = 0; heard < 3; heard++) {
      const message = await client.hearing.take(`${list}/list_changed`, told);
      if (call) must(String(idOf(message)) === call.idText, 'it does not carry the id of its listen');
      if ((await versionOf(place, list)) === `version ${now}`) break;
    }
    call?.cancel();
    const after = await versionOf(place, list);
    return after === `version ${now}` && after !== before ? 'seen' : { before, after, now };
  },
});

const NOTE = 'fidelity://note';
const updatesOf =
  (uri: string) =>
  ({ method, params }: Message): boolean =>
    method === 'notifications/resources/updated' && params?.['uri'] === uri;

/** A change of a resource, told to who follows it. */
const updated = (id: string, title: string, uriOf: (place: Place) => string): Behaviour => ({
  id,
  group,
  title,
  expected: 'told',
  run: async (place) => {
    const { client } = place;
    const uri = uriOf(place);
    const { call } = await listen(client, { resourceSubscriptions: [uri] });
    try {
      // The server waits for the subscription: a listen is acknowledged before the server behind the hub knows of it.
      await callTool(place, 'touch', { uri });
      await client.hearing.take('resources/updated', updatesOf(uri));
      return 'told';
    } finally {
      if (call) call.cancel();
      else await client.request('resources/unsubscribe', { uri });
    }
  },
});

const SUBSCRIPTIONS: readonly Behaviour[] = [
  updated(
    'resource-updated',
    'A subscribed resource that changes is told',
    ({ key }) => `fidelity://items/${key}`,
  ),
  updated('resource-updated-shared', 'The same for a URI that other servers of the hub have too', () => NOTE),
  {
    id: 'resource-unsubscribed',
    group,
    title: 'The end of a subscription reaches the server',
    expected: 'true',
    run: async (place) => {
      const uri = `fidelity://items/${place.key}`;
      const { call } = await listen(place.client, { resourceSubscriptions: [uri] });
      await callTool(place, 'touch', { uri });
      if (call) call.cancel();
      else await place.client.request('resources/unsubscribe', { uri });
      return textOf(await callTool(place, 'await', { event: `unsubscribed:${uri}` }));
    },
  },
  {
    id: 'subscribe-refused',
    group: 'Errors',
    title: "A server's refusal of a subscription reaches the client",
    absent: ({ client, server }) =>
      client === 'legacy' && server === 'legacy' ? undefined : 'a listen is acknowledged, not refused',
    run: async ({ client }) => {
      const { error } = await client.request('resources/subscribe', { uri: 'fidelity://picture' });
      return { code: error?.code, data: error?.data };
    },
  },
  {
    id: 'listen-acknowledged',
    group,
    title: 'subscriptions/listen: acknowledged with what will be delivered, first and with its id',
    absent: only('client', 'modern', 'only 2026-07-28 has it'),
    expected: {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: [NOTE],
    },
    run: async ({ client }) => {
      const wanted = {
        toolsListChanged: true,
        promptsListChanged: true,
        resourcesListChanged: true,
        resourceSubscriptions: [NOTE],
      };
      const { call, acknowledged } = await listen(client, wanted);
      call?.cancel();
      return acknowledged;
    },
  },
];

export const LISTENING: readonly Behaviour[] = [
  progress('number', 'Progress with a number for a token: amounts, totals, messages, unknown members', 4711),
  progress('string', 'Progress with a string for a token', 'token "ü"'),
  progress('zero', 'Progress with the token 0', 0),
  {
    id: 'progress-none',
    group,
    title: 'Without a token the server sees none, and no progress comes',
    expected: ['no token', 0],
    run: async (place) => {
      const reply = await callTool(place, 'progress', { steps: STEPS });
      return [
        textOf(reply),
        place.client.hearing.drain(({ method }) => method === 'notifications/progress').length,
      ];
    },
  },
  CANCELLED,
  {
    id: 'cancel-others',
    group,
    title: 'Giving one call up leaves another alone',
    expected: 'there',
    run: async (place) => {
      const { client, key, name } = place;
      const one = client.call('tools/call', { name: name('hold'), arguments: { key } });
      const gather = { group: key, count: 2, word: 'there' };
      const other = callTool(place, 'gather', gather);
      await callTool(place, 'await', { event: `began:${key}` });
      one.cancel();
      await callTool(place, 'await', { event: `cancelled:${key}` });
      await callTool(place, 'gather', gather);
      return textOf(await other);
    },
  },
  {
    id: 'cancel-unknown',
    group,
    title: 'A cancellation of nothing is passed over',
    expected: { content: [] },
    run: async (place) => {
      place.client.notify('notifications/cancelled', { requestId: 'no-such-id' });
      return plain(resultOf(await callTool(place, 'say', { what: 'nothing' })));
    },
  },
  {
    id: 'log-level-request',
    group,
    title: 'Log messages from the level that a request names',
    absent: only('client', 'modern', 'a session sets its level once'),
    expected: says('error critical alert emergency'),
    run: (place) => logged(place, { 'io.modelcontextprotocol/logLevel': 'error' }),
  },
  {
    id: 'log-level-none',
    group,
    title: 'No log messages for a request that names no level',
    absent: only('client', 'modern', 'a session without a level gets what the server likes'),
    expected: [],
    run: (place) => logged(place),
  },
  {
    id: 'log-level-session',
    group,
    title: 'logging/setLevel decides what a session hears',
    absent: only('client', 'legacy', '2026-07-28 has no logging/setLevel'),
    expected: [says('warning error critical alert emergency'), says('emergency')],
    run: async (place) => {
      const seen: unknown[] = [];
      for (const level of ['warning', 'emergency']) {
        resultOf(await place.client.request('logging/setLevel', { level }));
        seen.push(await logged(place));
      }
      resultOf(await place.client.request('logging/setLevel', { level: 'debug' }));
      return seen;
    },
  },
  {
    id: 'log-level-wrong',
    group: 'Errors',
    title: 'logging/setLevel with a level that does not exist: -32602',
    absent: only('client', 'legacy', '2026-07-28 has no logging/setLevel'),
    expected: -32602,
    run: async ({ client, hub }) =>
      hub ? (await client.request('logging/setLevel', { level: 'loud' })).error?.code : -32602,
  },
  listChanged('tools'),
  listChanged('prompts'),
  listChanged('resources'),
  ...SUBSCRIPTIONS,
];
