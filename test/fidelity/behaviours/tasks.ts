import type { Behaviour, Place } from '../behaviour.ts';
import type { Members, Message, Reply } from '../client/message.ts';
import { callTool, errorOf, isMembers, membersOf, plain, resultOf, textOf } from '../seen.ts';

const group = 'Tasks';
const modernOnly: Behaviour['absent'] = ({ client, server }) =>
  client === 'modern' && server === 'modern' ? undefined : 'the tasks extension belongs to 2026-07-28';
const legacyOnly: Behaviour['absent'] = ({ client, server }) =>
  client === 'legacy' && server === 'legacy' ? undefined : 'these tasks belong to 2025-11-25';

/** Starts a task; the answer's members, its id apart. */
async function start(
  { client, key, name }: Place,
  args: Members = {},
): Promise<{ id: string; task: Members }> {
  const task = client.era === 'legacy' ? { task: { ttl: 60_000 } } : {};
  const params = { name: name('work'), arguments: { key, ...args }, ...task };
  const result = resultOf(await client.request('tools/call', params));
  const made = isMembers(result['task']) ? result['task'] : result;
  if (typeof made['taskId'] !== 'string')
    throw new Error(`no task was made: ${JSON.stringify(result).slice(0, 200)}`);
  return { id: made['taskId'], task: { ...plain(made), taskId: 'its id' } };
}

const withoutId = (reply: Reply): Members => {
  const result = plain(resultOf(reply));
  return 'taskId' in result ? { ...result, taskId: 'its id' } : result;
};
const get = async ({ client }: Place, taskId: string): Promise<Members> =>
  withoutId(await client.request('tasks/get', { taskId }));

const ERAS = [
  { era: 'modern', absent: modernOnly },
  { era: 'legacy', absent: legacyOnly },
] as const;

const BOTH = ERAS.flatMap(({ era, absent }): Behaviour[] => [
  {
    id: `task-start-${era}`,
    group,
    title:
      era === 'modern' ? 'A call that answers with resultType task' : 'A call that is a task, with task.ttl',
    absent,
    run: async (place) => (await start(place)).task,
  },
  {
    id: `task-get-${era}`,
    group,
    title: `tasks/get until the task is done (${era === 'modern' ? 'extension' : '2025-11-25'})`,
    absent,
    run: async (place) => {
      const { id } = await start(place);
      return [await get(place, id), await get(place, id)];
    },
  },
  {
    id: `task-cancel-${era}`,
    group,
    title: `tasks/cancel reaches the server (${era === 'modern' ? 'extension' : '2025-11-25'})`,
    absent,
    run: async (place) => {
      const { id } = await start(place);
      const answer = withoutId(await place.client.request('tasks/cancel', { taskId: id }));
      return [answer, (await get(place, id))['status']];
    },
  },
  {
    id: `task-unknown-${era}`,
    group: 'Errors',
    title: `A task that does not exist: -32602 (${era === 'modern' ? 'extension' : '2025-11-25'})`,
    absent,
    expected: -32602,
    run: async ({ client }) => (await client.request('tasks/get', { taskId: 'no-such-task' })).error?.code,
  },
  {
    id: `task-plain-${era}`,
    group,
    title: `A client without tasks gets the result itself (${era === 'modern' ? 'extension' : '2025-11-25'})`,
    absent,
    run: async (place) => {
      const params = { name: place.name('work'), arguments: { key: place.key } };
      return plain(resultOf(await place.client.request('tools/call', params, { capabilities: {} })));
    },
  },
]);

export const TASKS: readonly Behaviour[] = [
  ...BOTH,
  {
    id: 'task-input',
    group,
    title: 'A task that needs input: inputRequests, tasks/update, and on',
    absent: modernOnly,
    run: async (place) => {
      const { id } = await start(place, { input: true });
      const waiting = await get(place, id);
      const inputResponses = { how: { action: 'accept', content: { way: 'ü' } } };
      const updated = withoutId(await place.client.request('tasks/update', { taskId: id, inputResponses }));
      const event = `updated:task-${place.key}`;
      return [waiting, updated, textOf(await callTool(place, 'await', { event })), await get(place, id)];
    },
  },
  {
    id: 'task-told',
    group,
    title: 'notifications/tasks on a listen for the task',
    absent: modernOnly,
    run: async (place) => {
      const { client } = place;
      const { id } = await start(place);
      const listen = client.call(
        'subscriptions/listen',
        { notifications: { taskIds: [id] } },
        { limitMs: 60_000 },
      );
      const acknowledged = await client.hearing.take(
        'the acknowledgement',
        isFor('notifications/subscriptions/acknowledged', listen.idText),
      );
      await client.request('tasks/cancel', { taskId: id });
      const { params = {} } = await client.hearing.take(
        'notifications/tasks',
        isFor('notifications/tasks', listen.idText),
      );
      listen.cancel();
      const granted = membersOf(acknowledged.params?.['notifications'])['taskIds'];
      return [Array.isArray(granted) && granted.includes(id), params['status'], params['taskId'] === id];
    },
  },
  {
    id: 'task-told-legacy',
    group,
    title: 'notifications/tasks/status in a session',
    absent: legacyOnly,
    run: async (place) => {
      const { id } = await start(place);
      await place.client.request('tasks/cancel', { taskId: id });
      const { params = {} } = await place.client.hearing.take(
        'notifications/tasks/status',
        ({ method, params }) => method === 'notifications/tasks/status' && params?.['taskId'] === id,
      );
      return params['status'];
    },
  },
  {
    id: 'task-result',
    group,
    title: 'tasks/result of 2025-11-25',
    absent: legacyOnly,
    run: async (place) => {
      const { id } = await start(place);
      const { content, structuredContent } = resultOf(
        await place.client.request('tasks/result', { taskId: id }),
      );
      return { content, structuredContent };
    },
  },
  {
    id: 'task-list',
    group,
    title: 'tasks/list of 2025-11-25',
    absent: legacyOnly,
    expected: true,
    run: async (place) => {
      const { id } = await start(place);
      const reply = await place.client.request('tasks/list');
      return JSON.stringify(reply.result ?? errorOf(reply)).includes(`"${id}"`) || errorOf(reply);
    },
  },
];

const isFor =
  (method: string, idText: string) =>
  (message: Message): boolean =>
    message.method === method &&
    String(membersOf(message.params?.['_meta'])['io.modelcontextprotocol/subscriptionId']) === idText;
