import type { Behaviour } from '../behaviour.ts';
import { errorOf, itemsOf, listAll, plain, resultOf } from '../seen.ts';

const reads = (id: string, title: string, uri: string): Behaviour => ({
  id: `read-${id}`,
  group: 'Resources',
  title,
  run: async ({ client }) => plain(resultOf(await client.request('resources/read', { uri }))),
});

const gets = (id: string, title: string, prompt: string, args?: object): Behaviour => ({
  id: `prompt-${id}`,
  group: 'Prompts',
  title,
  run: async ({ client, name }) => {
    const params = { name: name(prompt), ...(args ? { arguments: args } : {}) };
    return plain(resultOf(await client.request('prompts/get', params)));
  },
});

const badCursor = (method: string): Behaviour => ({
  id: `cursor-${method.replaceAll('/', '-')}`,
  group: 'Errors',
  title: `${method} with a cursor nobody gave out: -32602`,
  expected: -32602,
  run: async ({ client }) => (await client.request(method, { cursor: 'made up' })).error?.code,
});

const URIS = ['fidelity://note', 'fidelity://picture'];

const COLLISIONS: readonly Behaviour[] = [
  {
    id: 'uris-collide',
    group: 'Resources',
    title: 'Several servers with one URI: each can be read, under the URI that is listed',
    kind: 'all',
    expected: true,
    run: async ({ client, hub }) => {
      if (!hub) return true;
      const notes = (await listAll(client, 'resources/list', 'resources')).filter(
        ({ name }) => name === 'note',
      );
      const texts = new Set<string>();
      for (const { uri } of notes) {
        const [content] = itemsOf(resultOf(await client.request('resources/read', { uri }))['contents']);
        texts.add(String(content?.['text']));
      }
      const uris = new Set(notes.map(({ uri }) => uri));
      const both = texts.has('words of modern') && texts.has('words of legacy');
      return (
        (both && uris.size === notes.length && notes.length > 1) || { uris: [...uris], texts: [...texts] }
      );
    },
  },
  {
    id: 'uris-in-contents',
    group: 'Resources',
    title: 'A URI that is rewritten for a collision is the same in what is read',
    kind: 'all',
    expected: [],
    run: async ({ client, hub }) => {
      if (!hub) return [];
      const notes = (await listAll(client, 'resources/list', 'resources')).filter(
        ({ name }) => name === 'note',
      );
      const replies = await Promise.all(notes.map(({ uri }) => client.request('resources/read', { uri })));
      return replies.flatMap((reply, at) =>
        itemsOf(resultOf(reply)['contents']).flatMap(({ uri }) =>
          uri === notes[at]?.['uri'] ? [] : [`${String(notes[at]?.['uri'])} is read as ${String(uri)}`],
        ),
      );
    },
  },
];

export const READING: readonly Behaviour[] = [
  {
    id: 'resources-list',
    group: 'Resources',
    title: 'resources/list: every member, unknown ones too',
    run: async ({ client }) =>
      (await listAll(client, 'resources/list', 'resources')).filter(({ name }) => name !== 'changing'),
  },
  {
    id: 'templates-list',
    group: 'Resources',
    title: 'resources/templates/list: every member, unknown ones too',
    run: ({ client }) => listAll(client, 'resources/templates/list', 'resourceTemplates'),
  },
  reads('text', 'Text, with _meta and unknown members', 'fidelity://note'),
  reads('blob', 'A blob', 'fidelity://picture'),
  reads('several', 'Several contents in one answer', 'fidelity://folder'),
  reads('template', 'A URI made by a template', 'fidelity://items/7%20%C3%BC'),
  reads('query', 'A URI made by a template with a query', 'fidelity://search?q=a&limit=2'),
  {
    id: 'read-unknown',
    group: 'Errors',
    title: "A resource that does not exist: the era's code, and the URI in data",
    expected: { code: true, uri: 'fidelity://items/none' },
    run: async ({ client }) => {
      const { error } = await client.request('resources/read', { uri: 'fidelity://items/none' });
      const code = client.era === 'modern' ? -32602 : -32002;
      const allowed = error?.code === code || (client.era === 'legacy' && error?.code === -32602);
      return { code: allowed || error?.code, ...(error?.data as object) }; // the fixture's own data
    },
  },
  ...URIS.slice(0, 1).map((uri): Behaviour => ({
    id: 'read-params',
    group: 'Resources',
    title: 'Unknown members and vendor _meta of resources/read reach the server',
    expected: [true, true],
    run: async ({ client }) => {
      const params = { uri: 'fidelity://received', 'x-param': uri };
      const reply = await client.request('resources/read', params, { meta: { 'vendor.example/key': 1 } });
      const [content] = itemsOf(resultOf(reply)['contents']);
      const frame = String(content?.['text']);
      return [frame.includes(`"x-param":"${uri}"`), frame.includes('"vendor.example/key":1')];
    },
  })),
  ...COLLISIONS,
  {
    id: 'prompts-list',
    group: 'Prompts',
    title: 'prompts/list: every member, unknown ones too',
    run: async ({ client, own }) => {
      const prompts = await listAll(client, 'prompts/list', 'prompts');
      const named = prompts.map((prompt) => ({ ...prompt, name: own(String(prompt['name'])) }));
      return named.filter(({ name }) => name !== 'changing');
    },
  },
  gets('arguments', 'A prompt with arguments', 'greet', { who: 'Ada ü', how: 'warmly' }),
  gets('pictures', 'A prompt with an image, an embedded resource and a link', 'pictures'),
  {
    id: 'prompt-refused',
    group: 'Errors',
    title: "A server's own error for a prompt, with data",
    run: async ({ client, name }) => errorOf(await client.request('prompts/get', { name: name('greet') })),
  },
  {
    id: 'prompt-unknown',
    group: 'Errors',
    title: 'A prompt that does not exist: -32602',
    expected: -32602,
    run: async ({ client }) => (await client.request('prompts/get', { name: 'no-such-prompt' })).error?.code,
  },
  {
    id: 'complete-prompt',
    group: 'Prompts',
    title: "Completion of a prompt's argument, with context",
    run: async ({ client, name }) => {
      const ref = { type: 'ref/prompt', name: name('greet'), 'x-ref': 1 };
      const context = { arguments: { how: 'warmly' } };
      const params = { ref, argument: { name: 'who', value: 'A' }, context };
      return plain(resultOf(await client.request('completion/complete', params)));
    },
  },
  {
    id: 'complete-resource',
    group: 'Resources',
    title: "Completion of a template's argument",
    run: async ({ client }) => {
      const ref = { type: 'ref/resource', uri: 'fidelity://items/{id}' };
      const params = { ref, argument: { name: 'id', value: '7' } };
      return plain(resultOf(await client.request('completion/complete', params)));
    },
  },
  badCursor('tools/list'),
  badCursor('prompts/list'),
  badCursor('resources/list'),
  badCursor('resources/templates/list'),
];
