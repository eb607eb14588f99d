import { type Behaviour, only } from '../behaviour.ts';
import { callTool, itemsOf, listAll, membersOf, plain, resultOf, textOf } from '../seen.ts';
import type { Place } from '../behaviour.ts';
import type { Members } from '../client/message.ts';

const group = 'Tools';

/** A result that the server gives as fixed text. */
const says = (what: string, title: string, more: Partial<Behaviour> = {}): Behaviour => ({
  id: `result-${what}`,
  group,
  title,
  run: async (place) => plain(resultOf(await callTool(place, 'say', { what }))),
  ...more,
});

/**
 * The same with structured content that is no object: clients of before take objects only, so that what comes from a modern server is
 * under `result` for them, as the SDKs have it.
 */
const saysValue = (what: string, title: string): Behaviour =>
  says(what, title, {
    run: async (place) => {
      const seen = plain(resultOf(await callTool(place, 'say', { what })));
      if (place.cell.client !== 'legacy' || place.cell.server !== 'modern') return seen;
      const { structuredContent } = seen;
      return { ...seen, structuredContent: membersOf(structuredContent)['result'] };
    },
  });

/** A result whose exact bytes must arrive. */
const exactly = (what: string, title: string, bytes: string): Behaviour => ({
  id: `exact-${what}`,
  group: 'Bytes',
  title,
  expected: true,
  run: async (place) => {
    const { text } = await callTool(place, 'say', { what });
    return text.includes(bytes) || text.slice(0, 400);
  },
});

async function listed(place: Place, name: string): Promise<Members | undefined> {
  const tools = await listAll(place.client, 'tools/list', 'tools');
  const found = tools.find((tool) => place.own(String(tool['name'])) === name);
  return found && { ...found, name };
}

const parts = (id: string, title: string, name: string, members: readonly string[]): Behaviour => ({
  id,
  group,
  title,
  run: async (place) => {
    const tool = await listed(place, name);
    return Object.fromEntries(members.map((member) => [member, tool?.[member]]));
  },
});

const NAMES: Behaviour = {
  id: 'tools-order',
  group,
  title: 'tools/list: the same tools in the same order, over all pages',
  run: async ({ client, own }) =>
    (await listAll(client, 'tools/list', 'tools')).map(({ name }) => own(String(name))),
};

export const TOOLS: readonly Behaviour[] = [
  NAMES,
  parts('tool-schema', 'inputSchema: keywords of every kind, unknown ones too', 'rich', ['inputSchema']),
  parts('tool-output-schema', 'outputSchema', 'rich', ['outputSchema']),
  parts('tool-titles', 'title, description and icons', 'rich', ['title', 'description', 'icons']),
  parts('tool-annotations', 'annotations, unknown hints too', 'rich', ['annotations']),
  parts('tool-execution', 'execution', 'rich', ['execution']),
  parts('tool-unknown', 'unknown members of a tool', 'rich', ['x-vendor']),
  parts('tool-meta', '_meta of a tool', 'rich', ['_meta']),
  says('text', 'Text'),
  says('several', 'Several parts, an empty one among them'),
  says('nothing', 'No content at all'),
  says('image', 'An image'),
  says('audio', 'Audio'),
  says('link', 'A resource link'),
  says('embedded', 'Embedded resources, text and blob'),
  says('annotated', 'Annotations and _meta of a part'),
  says('unknown', 'An unknown kind of part, unknown members of part and result'),
  says('meta', '_meta of a result'),
  says('failed', 'isError with structuredContent'),
  saysValue('list', 'structuredContent that is a list'),
  saysValue('scalar', 'structuredContent that is a number'),
  {
    id: 'result-structured',
    group,
    title: 'structuredContent under an outputSchema',
    run: async (place) => plain(resultOf(await callTool(place, 'structured'))),
  },
  {
    id: 'tool-unknown-name',
    group: 'Errors',
    title: 'A tool that does not exist: -32602',
    expected: -32602,
    run: async ({ client }) =>
      (await client.request('tools/call', { name: 'no-such-tool', arguments: {} })).error?.code,
  },
  exactly(
    'unicode',
    'Unicode of every plane, separators, combining marks',
    'größer 漢字 🦀 \u2028 \u00a0 e\u0301',
  ),
  exactly(
    'escapes',
    'Escapes as written, a lone surrogate among them',
    '\\ud800 \\u0041 \\/ \\u0000 \\uD83E\\uDD80',
  ),
  exactly(
    'numbers',
    'Numbers as written: 30 digits, -0, 1e400, 1.0',
    '{"big":123456789012345678901234567890,"minus":-0,"huge":1e400,"one":1.0,"exp":1E+2,"id":9007199254740993}',
  ),
  exactly('twice', 'A member that stands twice, and __proto__', '{"a":1,"a":2,"__proto__":{"x":1}}'),
  {
    id: 'concurrent',
    group: 'Load',
    title: '50 calls at once, answered in reverse order, do not mix',
    run: async (place) => {
      const words = Array.from({ length: 50 }, (_, at) => `word ${at}`);
      const calls = words.map((word) =>
        callTool(place, 'gather', { group: place.key, count: words.length, word }),
      );
      return (await Promise.all(calls)).map(textOf);
    },
  },
  ...[1, 10].map((megabytes): Behaviour => ({
    id: `big-${megabytes}`,
    group: 'Load',
    title: `A result of ${megabytes} MB`,
    expected: { length: megabytes * 500_000, same: true },
    run: async (place) => {
      const params = { name: place.name('big'), arguments: { bytes: megabytes * 1_000_000 } };
      const text = textOf(await place.client.request('tools/call', params, { limitMs: 20_000 }));
      return { length: text.length, same: /^é+$/.test(text) };
    },
  })),
  {
    id: 'big-arguments',
    group: 'Load',
    title: 'Arguments of 1 MB',
    expected: true,
    run: async (place) => {
      const word = 'ü'.repeat(500_000);
      const params = { name: place.name('received'), arguments: { word } };
      return textOf(await place.client.request('tools/call', params, { limitMs: 20_000 })).includes(word);
    },
  },
  {
    id: 'app-tool',
    group: 'Apps',
    title: '_meta.ui of a tool: resourceUri and visibility',
    run: async (place) => [
      (await listed(place, 'app'))?.['_meta'],
      (await listed(place, 'app_only'))?.['_meta'],
    ],
  },
  {
    id: 'app-panel',
    group: 'Apps',
    title: 'The ui:// resource a tool names can be read, its _meta.ui with it',
    run: async (place) => {
      const meta = (await listed(place, 'app'))?.['_meta'] as { ui?: { resourceUri?: string } } | undefined;
      const read = await place.client.request('resources/read', { uri: meta?.ui?.resourceUri });
      return itemsOf(resultOf(read)['contents']);
    },
  },
  {
    id: 'app-only-call',
    group: 'Apps',
    title: 'A tool that only the app sees can be called',
    run: async (place) => textOf(await callTool(place, 'app_only')),
  },
  {
    id: 'result-type',
    group: 'Eras',
    title: 'resultType, complete, in every result of 2026-07-28',
    absent: only('client', 'modern', 'only 2026-07-28 has it'),
    expected: ['complete', 'complete', 'complete', 'complete'],
    run: async (place) => {
      const { client } = place;
      const replies = [
        await callTool(place, 'say', { what: 'text' }),
        await client.request('tools/list'),
        await client.request('resources/read', { uri: 'fidelity://note' }),
        await client.request('prompts/get', { name: place.name('greet'), arguments: { who: 'Ada' } }),
      ];
      return replies.map((reply) => resultOf(reply)['resultType']);
    },
  },
  {
    id: 'no-result-type',
    group: 'Eras',
    title: 'No resultType, ttlMs or cacheScope toward a client of 2025-11-25',
    absent: only('client', 'legacy', 'a client of 2026-07-28 needs them'),
    expected: [],
    run: async (place) => {
      const { client } = place;
      const replies = [
        await callTool(place, 'say', { what: 'text' }),
        await client.request('tools/list'),
        await client.request('resources/read', { uri: 'fidelity://note' }),
      ];
      const found = replies.flatMap((reply) => Object.keys(resultOf(reply)));
      return found.filter((member) => ['resultType', 'ttlMs', 'cacheScope'].includes(member));
    },
  },
  {
    id: 'cache-hints',
    group: 'Eras',
    title: 'ttlMs and cacheScope where 2026-07-28 demands them',
    absent: only('client', 'modern', 'only 2026-07-28 has them'),
    expected: ['number string', 'number string', 'number string', 'number string', 'number string'],
    run: async ({ client }) => {
      const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
      const replies = await Promise.all(lists.map((method) => client.request(method)));
      replies.push(await client.request('resources/read', { uri: 'fidelity://note' }));
      return replies.map((reply) => {
        const { ttlMs, cacheScope } = resultOf(reply);
        return `${typeof ttlMs} ${typeof cacheScope}`;
      });
    },
  },
];
