import { type Behaviour, only, type Place } from '../behaviour.ts';
import { META, type Members } from '../client/message.ts';
import { type Answers, callTool, converse, errorOf, plain, resultOf, textOf } from '../seen.ts';

const group = 'Questions';

const FORM = {
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message: 'In whose name?',
    requestedSchema: {
      type: 'object',
      properties: {
        name: { type: 'string', title: 'Name', minLength: 1, default: 'Ada' },
        size: { type: 'string', enum: ['s', 'm'], enumNames: ['Small', 'Medium'] },
        many: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
      },
      required: ['name'],
    },
    'x-question': { kept: [1] },
    _meta: { 'vendor.example/kept': 7 },
  },
};
const URL_MODE = {
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Sign in', url: 'https://a.example/x?y=1', elicitationId: 'e-1' },
};
const SAMPLE = {
  method: 'sampling/createMessage',
  params: {
    messages: [{ role: 'user', content: { type: 'text', text: 'Say hi' } }],
    systemPrompt: 'Be short.',
    maxTokens: 10,
    temperature: 0.5,
    stopSequences: ['.'],
    modelPreferences: { hints: [{ name: 'any' }], costPriority: 0.1 },
    metadata: { deep: [1] },
    'x-sampling': true,
  },
};
const SAMPLE_TOOLS = {
  method: 'sampling/createMessage',
  params: {
    ...SAMPLE.params,
    tools: [{ name: 'weather', inputSchema: { type: 'object' }, 'x-tool': 1 }],
    toolChoice: { mode: 'required' },
  },
};
const ROOTS = { method: 'roots/list', params: {} };

const SAMPLED = {
  role: 'assistant',
  model: 'm-1',
  stopReason: 'endTurn',
  content: { type: 'text', text: 'hi' },
  'x-sample': 1,
};
const TOOL_USED = {
  role: 'assistant',
  model: 'm-1',
  stopReason: 'toolUse',
  content: [{ type: 'tool_use', id: 'u1', name: 'weather', input: { city: 'Ulm' } }],
};
const LISTED = { roots: [{ uri: 'file:///projects/ü', name: 'Work', 'x-root': 1 }] };

interface Question {
  readonly method: string;
  readonly params: Members;
}

/** A tool asks; what the client was asked and what the server heard back. */
async function ask(
  place: Place,
  questions: readonly Question[],
  answers: Answers,
  together = false,
): Promise<unknown> {
  const params = { name: place.name('ask'), arguments: { questions, ...(together ? { together } : {}) } };
  const { reply, asked } = await converse(place.client, 'tools/call', params, answers);
  const seen = together ? asked.toSorted((a, b) => a.method.localeCompare(b.method)) : asked;
  return { asked: seen, heard: textOf(reply) };
}

const asks = (id: string, title: string, question: Question, answer: Members): Behaviour => ({
  id: `ask-${id}`,
  group,
  title,
  kind: 'asking',
  run: (place) => ask(place, [question], () => answer),
});

const answerAll: Answers = (method) =>
  method === 'elicitation/create'
    ? { action: 'accept', content: { name: 'Ada' } }
    : method === 'roots/list'
      ? LISTED
      : SAMPLED;

const refusedWithout = (id: string, title: string, question: Question, capabilities: Members): Behaviour => ({
  id: `unasked-${id}`,
  group,
  title,
  kind: 'asking',
  expected: 0,
  run: async (place) => {
    const client = await place.open({ capabilities });
    const params = { name: place.name('ask'), arguments: { questions: [question] } };
    const { asked } = await converse(client, 'tools/call', params, answerAll);
    return asked.length;
  },
});

export const ASKING: readonly Behaviour[] = [
  asks('form-accept', 'A form, filled in: schema, unknown members and _meta both ways', FORM, {
    action: 'accept',
    content: { name: 'Ada ü', size: 'm', many: ['a'] },
    'x-answer': 1,
  }),
  asks('form-decline', 'A form, declined', FORM, { action: 'decline' }),
  asks('form-cancel', 'A form, cancelled', FORM, { action: 'cancel' }),
  asks('url', 'A URL to be visited', URL_MODE, { action: 'accept' }),
  asks('sampling', 'A sample of a model, every member both ways', SAMPLE, SAMPLED),
  asks('sampling-tools', 'A sample with tools', SAMPLE_TOOLS, TOOL_USED),
  asks('roots', 'The roots', ROOTS, LISTED),
  {
    id: 'ask-in-order',
    group,
    title: 'Three questions in one call, one after the other',
    kind: 'asking',
    run: (place) => ask(place, [FORM, SAMPLE, ROOTS], answerAll),
  },
  {
    id: 'ask-together',
    group,
    title: 'Three questions in one call, at once',
    kind: 'asking',
    run: (place) => ask(place, [FORM, SAMPLE, ROOTS], answerAll, true),
  },
  {
    id: 'ask-two-calls',
    group,
    title: 'Two calls that ask at once do not mix',
    kind: 'asking',
    expected: ['first', 'second'],
    run: async (place) => {
      const clients = [await place.open(), await place.open()];
      const heard = clients.map(async (client, at) => {
        const word = ['first', 'second'][at];
        const params = { name: place.name('ask'), arguments: { questions: [FORM] } };
        const { reply } = await converse(client, 'tools/call', params, () => ({
          action: 'accept',
          content: { name: word },
        }));
        return (JSON.parse(textOf(reply)) as { content: { name: string } }[])[0]?.content.name; // the answer above
      });
      return Promise.all(heard);
    },
  },
  {
    id: 'ask-prompt',
    group,
    title: 'A question during prompts/get',
    kind: 'asking',
    run: async ({ client, name }) => {
      const { reply, asked } = await converse(client, 'prompts/get', { name: name('asking') }, answerAll);
      return { asked, result: plain(resultOf(reply)) };
    },
  },
  {
    id: 'ask-resource',
    group,
    title: 'A question during resources/read',
    kind: 'asking',
    run: async ({ client }) => {
      const { reply, asked } = await converse(
        client,
        'resources/read',
        { uri: 'fidelity://asking' },
        answerAll,
      );
      return { asked, result: plain(resultOf(reply)) };
    },
  },
  {
    id: 'request-state',
    group,
    title: "A modern server's requestState comes back to it, byte for byte",
    kind: 'asking',
    absent: only('server', 'modern', 'a server of 2025-11-25 has no requestState'),
    expected: 'true',
    run: async ({ client, name }) => {
      const params = { name: name('state'), arguments: {} };
      return textOf(
        (await converse(client, 'tools/call', params, () => ({ action: 'accept', content: {} }))).reply,
      );
    },
  },
  refusedWithout('elicitation', 'A client that did not declare elicitation is not asked', FORM, {}),
  refusedWithout('sampling', 'A client that did not declare sampling is not asked for a sample', SAMPLE, {
    elicitation: {},
  }),
  {
    id: 'capability-missing',
    group: 'Errors',
    title: '-32021 with requiredCapabilities, when a client lacks what a call needs',
    kind: 'asking',
    absent: ({ client, server }) =>
      client === 'modern' && server === 'modern'
        ? undefined
        : 'a server of 2025-11-25 asks all the same, and its clients do not know the code',
    run: async ({ client, name }) => {
      const params = { name: name('ask'), arguments: { questions: [FORM] } };
      return errorOf(await client.request('tools/call', params, { capabilities: {} }));
    },
  },
  {
    id: 'capabilities-told',
    group,
    title: 'The server is told what this client can be asked, and no more',
    kind: 'asking',
    expected: ['elicitation'],
    run: async (place) => {
      const client = await place.open({ capabilities: { elicitation: { form: {} } } });
      const told = JSON.parse(
        textOf(await client.request('tools/call', { name: place.name('capabilities'), arguments: {} })),
      ) as Members; // written by the fixture
      return Object.keys(told).filter((key) => ['elicitation', 'sampling', 'roots'].includes(key));
    },
  },
  {
    id: 'roots-changed',
    group,
    title: 'notifications/roots/list_changed reaches the server',
    absent: ({ client, server }) =>
      client === 'legacy' && server === 'legacy' ? undefined : '2026-07-28 withdrew the notification',
    expected: 'heard',
    kind: 'session',
    run: async (place) => {
      const { client } = place;
      // A server that is run for each session runs from the first call on.
      await callTool(place, 'pid');
      client.notify('notifications/roots/list_changed');
      await client.request('tools/call', {
        name: place.name('await'),
        arguments: { event: 'heard:notifications/roots/list_changed' },
      });
      return 'heard';
    },
  },
  {
    id: 'extensions-told',
    group: 'Eras',
    title: "The client's extensions reach a server of its era",
    absent: ({ client, server }) => (client === server ? undefined : 'extensions belong to one era'),
    kind: 'asking',
    expected: true,
    run: async ({ client, name }) => {
      const told = textOf(await client.request('tools/call', { name: name('capabilities'), arguments: {} }));
      return told.includes(`"${META}ui"`) || told;
    },
  },
];
