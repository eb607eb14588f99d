import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import {
  chunksOf,
  startScriptedProvider,
  type Misbehaviour,
  type ProviderScript,
  type ScriptedProvider,
} from '../fixtures/models/scripted-provider.ts';
import { verifies } from '../verifies.ts';

let provider: ScriptedProvider;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let client: OpenAI;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const scripted = { baseUrl: provider.url, model: 'scripted-1', retries: 0 };
  place = makeHome({
    providers: {
      scripted,
      // For answers that never come: no good answer is asked of it.
      hasty: { ...scripted, firstTokenTimeoutMs: 300, idleTimeoutMs: 300 },
    },
    mcpServers: { tools: fixtureServer('effects') },
  });
  hub = await startHub(place.home);
  client = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: hub.token, maxRetries: 0 });
});
beforeEach(() => provider.say('Well.'));
afterAll(async () => {
  await hub.stop();
  place.remove();
  await provider.close();
});

const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${hub.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json', ...headers },
    body: body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: Answer.parse(await response.json()) };
};
const Problem = z.looseObject({ code: z.string() });
const Answer = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.string(), param: z.string().nullable() }).optional(),
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string().nullable() }) })).optional(),
  counterpart: z.looseObject({ problem: Problem.optional() }).optional(),
});

let asked = 0;
/** Asks within a conversation; its text, or the code of the error. */
async function ask(model: string, conversation: string) {
  asked += 1;
  const { status, body } = await post('chat/completions', {
    model,
    messages: [{ role: 'user', content: `Question ${asked}` }],
    metadata: { conversation },
  });
  const text = body.choices?.[0]?.message.content ?? '';
  return { status, text, code: body.error?.code ?? body.counterpart?.problem?.code };
}

const eventOf = (chunk: object): string => `data: ${JSON.stringify(chunk)}\n\n`;
/** Takes the answer over and ends it after these bytes. */
const ending =
  (...pieces: (string | Uint8Array)[]): ProviderScript =>
  (_, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
    response.end();
  };
const words = chunksOf({ text: 'Some words that' }, 'm').slice(0, -2).map(eventOf).join('');
const cutCall = chunksOf({ calls: [{ name: 'tools__get_item', arguments: '{"id":"fi' }] }, 'm').slice(0, -2);
const misbehaves = (misbehave: Misbehaviour): ProviderScript => ({ misbehave });

/** Without a word of the answer an error is all there is; after one the answer says why it ends. */
const BROKEN: readonly (readonly [what: string, script: ProviderScript, model: string, answer: unknown])[] = [
  ['is silent', misbehaves('silent'), 'hasty', [504, '', 'MODEL_SLOW']],
  ['is a page', misbehaves('html'), 'scripted', [502, '', 'MODEL_BROKEN']],
  ['is half a document', misbehaves('half-json'), 'scripted', [502, '', 'MODEL_BROKEN']],
  ['is empty', misbehaves('empty'), 'scripted', [502, '', 'MODEL_BROKEN']],
  ['refuses the key', { status: 401 }, 'scripted', [502, '', 'MODEL_KEY_REFUSED']],
  [
    'ends within the arguments of a call',
    ending(...cutCall.map(eventOf)),
    'scripted',
    [502, '', 'MODEL_BROKEN'],
  ],
  ['stalls after some words', misbehaves('stall'), 'hasty', [200, 'Some words that', 'MODEL_SLOW']],
  ['breaks after some words', misbehaves('break'), 'scripted', [200, 'Some words that', 'MODEL_BROKEN']],
  ['ends without an end', misbehaves('cut-short'), 'scripted', [200, 'Some words that', 'MODEL_BROKEN']],
  [
    'holds an event that is no JSON',
    misbehaves('broken-sse'),
    'scripted',
    [200, 'Some words that', 'MODEL_BROKEN'],
  ],
  [
    'holds an error',
    misbehaves('error-in-stream'),
    'scripted',
    [200, 'Some words that', expect.stringMatching(/^MODEL_/)],
  ],
  [
    'ends within a letter',
    ending(words, Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"caf\u00e9').subarray(0, -1)),
    'scripted',
    [200, 'Some words that', 'MODEL_BROKEN'],
  ],
];

describe('an answer of a provider that', () => {
  test.each(BROKEN)(
    '%s ends with what happened, and the conversation goes on',
    async (what, script, model, answer) => {
      provider.say(script);
      const { status, text, code } = await ask(`${model}/scripted-1`, what.replaceAll(' ', '-'));
      expect([status, text.split('\n\nI have to stop here: ')[0], code]).toEqual(answer);
      provider.say('Well.');
      const next = await ask('scripted/scripted-1', what.replaceAll(' ', '-'));
      expect([next.status, next.text, next.code]).toEqual([200, 'Well.', undefined]);
      const told = provider.asked.at(-1)?.body.messages.filter(({ role }) => role === 'user');
      expect(told?.map(({ content }) => content)).toEqual([`Question ${asked - 1}`, `Question ${asked}`]);
    },
  );
});

test.each([false, true])(
  'a question that no model may answer does not stay in its conversation (stream: %s)',
  async (stream) => {
    const conversation = `too-long-${stream}`;
    const response = await fetch(`${hub.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'scripted/scripted-1',
        stream,
        messages: [{ role: 'user', content: 'word '.repeat(400_000) }],
        metadata: { conversation },
      }),
    });
    expect(await response.text()).toContain('context_length_exceeded');
    provider.say('Well.');
    expect(await ask('scripted/scripted-1', conversation)).toMatchObject({ status: 200, text: 'Well.' });
    const told = provider.asked.at(-1)?.body.messages.filter(({ role }) => role === 'user');
    expect(told?.map(({ content }) => content)).toEqual([`Question ${asked}`]);
    expect(JSON.stringify(await hub.get('/api/conversations'))).not.toContain('before it was edited');
  },
);

test('neither does one that was put to a conversation by /v1/responses', async () => {
  const conversation = 'too-long-response';
  await ask('scripted/scripted-1', conversation);
  const input = 'word '.repeat(400_000);
  const { body } = await post('responses', { model: 'scripted/scripted-1', conversation, input });
  expect(body.error?.code).toBe('context_length_exceeded');
  provider.say('Well.');
  expect(await ask('scripted/scripted-1', conversation)).toMatchObject({ status: 200, text: 'Well.' });
  const { items } = Conversation.parse(await hub.get(`/api/conversations/${conversation}`));
  expect(JSON.stringify(items)).not.toContain('word word');
});
const Conversation = z.looseObject({ items: z.array(z.unknown()) });

describe('a model that', () => {
  const call = (name: string, given: string | object, id?: string) => ({
    name: `tools__${name}`,
    arguments: given,
    id,
  });
  const toolMessages = () => provider.asked.at(-1)?.body.messages.filter(({ role }) => role === 'tool') ?? [];
  const outputs = () => toolMessages().map(({ content }) => content);

  test('writes broken arguments is told, and can mend them', async () => {
    verifies('P34');
    provider.say({ calls: [call('get_item', '{"id":"fi')] }, 'Mended.');
    expect((await ask('scripted/scripted-1', 'broken')).text).toBe('Mended.');
    expect(outputs()).toEqual([expect.stringMatching(/arguments are not JSON/)]);
  });

  test('calls a tool that is not there is told which there are', async () => {
    provider.say({ calls: [call('get_itm', {})] }, 'Ah.');
    expect((await ask('scripted/scripted-1', 'unknown')).text).toBe('Ah.');
    expect(outputs()).toEqual([expect.stringMatching(/no tool tools__get_itm.*get_item/)]);
  });

  test('gives all calls the same id, also round after round, gets each output to its call', async () => {
    const both = { calls: [call('get_item', { id: 'a' }, 'x'), call('create_item', { id: 'b' }, 'x')] };
    provider.say(both, { calls: [call('get_item', { id: 'c' }, 'x')] }, 'Done.');
    expect((await ask('scripted/scripted-1', 'same-ids')).text).toBe('Done.');
    const ids = toolMessages().map((message) => message['tool_call_id']);
    expect(new Set(ids).size).toBe(3);
    expect(outputs().map((output) => String(output).split(' ')[0])).toEqual([
      'get_item',
      'create_item',
      'get_item',
    ]);
  });

  test('makes the same call for ever is told so, and then ended', async () => {
    provider.say({ calls: [call('get_item', { id: 'same' })] });
    const { status, text, code } = await ask('scripted/scripted-1', 'for-ever');
    expect([status, code]).toEqual([200, 'CHAT_REPEATED']);
    expect(text).toMatch(/I have to stop here/);
  });

  test('waits for a tool that hangs ends with its time', async () => {
    provider.say({ calls: [call('count', {})] });
    const { status, body } = await post('chat/completions', {
      model: 'scripted/scripted-1',
      messages: [{ role: 'user', content: 'Count.' }],
      counterpart: { limits: { timeMs: 1_000 } },
    });
    expect([status, body.counterpart?.problem?.code]).toEqual([200, 'CHAT_LIMIT']);
  });
});

test('a client that leaves in the middle of a stream takes the question to the provider with it', async () => {
  for (const api of ['completions', 'responses'] as const) {
    provider.say({ misbehave: 'stall' });
    const model = 'scripted/scripted-1';
    const stream =
      api === 'completions'
        ? await client.chat.completions.create({
            model,
            messages: [{ role: 'user', content: 'Hi' }],
            stream: true,
          })
        : await client.responses.create({ model, input: 'Hi', stream: true, store: false });
    for await (const event of stream) if (JSON.stringify(event).includes('that')) break;
    expect(await provider.left()).toBeUndefined();
  }
});

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const TOOLS = [{ type: 'function', function: { name: 'look' } }];
/** A member with a value that does not fit, and the place that the error names where it is another. */
const WRONG: readonly (readonly [endpoint: string, body: object, param: string])[] = [
  ...(
    [
      ['model', 5],
      ['stream', 'yes'],
      ['stream_options', []],
      ['temperature', 3],
      ['top_p', '1'],
      ['presence_penalty', 3],
      ['frequency_penalty', {}],
      ['top_logprobs', 2],
      ['logprobs', true],
      ['logit_bias', { '50256': -100 }],
      ['max_tokens', 0],
      ['max_completion_tokens', 1.5],
      ['stop', 7],
      ['seed', 'x'],
      ['n', 2],
      ['audio', { voice: 'alloy', format: 'wav' }],
      ['web_search_options', {}],
      ['verbosity', 'loud'],
      ['functions', 'look'],
      ['function_call', 'auto'],
      ['parallel_tool_calls', 1],
      ['response_format', 'json'],
      ['metadata', Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, 'v']))],
      ['tool_choice', 'any'],
    ] as const
  ).map(([name, value]) => ['chat/completions', { messages: MESSAGES, [name]: value }, name] as const),
  ['chat/completions', { messages: MESSAGES, modalities: ['text', 'audio'] }, 'modalities[1]'],
  ['chat/completions', { messages: MESSAGES, metadata: { a: 5 } }, 'metadata.a'],
  ['chat/completions', { messages: MESSAGES, tools: [{ type: 'custom' }] }, 'tools[0].type'],
  ['chat/completions', { messages: MESSAGES, tools: [...TOOLS, ...TOOLS] }, 'tools[1].function.name'],
  ...['file:///etc/hostname', '/etc/hostname', 'picture.png', 'javascript:1'].flatMap(
    (url): (typeof WRONG)[number][] => [
      [
        'chat/completions',
        { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] },
        'messages[0].content[0].image_url.url',
      ],
      [
        'responses',
        { input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }] },
        'input[0].content[0].image_url',
      ],
    ],
  ),
  [
    'responses',
    { input: 'Hi', tools: ['a', 'a'].map((name) => ({ type: 'function', name })) },
    'tools[1].name',
  ],
  ['embeddings', { input: [5] }, 'input[0]'],
  ['embeddings', { input: [[1, 2]] }, 'input[0]'],
  ['chat/completions', { messages: [{ role: 'function', name: 'f', content: 'x' }] }, 'messages[0].name'],
  [
    'chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] },
    'messages[0].content[0].type',
  ],
  [
    'chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
    'messages[0].content[0].file.file_data',
  ],
  [
    'chat/completions',
    {
      messages: MESSAGES,
      tools: TOOLS,
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'fly' } }] },
      },
    },
    'tool_choice.allowed_tools.tools[0].function.name',
  ],
  ...(
    [
      ['prompt', { id: 'pmpt_1' }],
      ['include', 'x'],
      ['max_tool_calls', 0],
      ['top_logprobs', 1],
      ['truncation', 'some'],
      ['tool_choice', { type: 'web_search' }],
      ['store', 'no'],
      ['previous_response_id', 7],
      ['text', { verbosity: 'loud' }],
    ] as const
  ).map(([name, value]) => {
    const param = name === 'text' ? 'text.verbosity' : name === 'tool_choice' ? 'tool_choice.type' : name;
    return ['responses', { input: 'Hi', [name]: value }, param] as const;
  }),
  ['responses', { input: 'Hi', include: ['message.output_text.logprobs'] }, 'include[0]'],
  ['responses', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id'],
  ['responses', { input: [{ type: 'web_search_call', id: 'ws_1' }] }, 'input[0].type'],
  [
    'responses',
    { input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://a.test/b.pdf' }] }] },
    'input[0].content[0].file_data',
  ],
  ['responses', { input: 'Hi', tool_choice: { type: 'function', name: 'look' } }, 'tool_choice.name'],
];

describe('a request', () => {
  test('that has a member which does not fit is refused with its place', async () => {
    const before = provider.asked.length;
    const refused = await Promise.all(
      WRONG.map(async ([endpoint, body]) => {
        const answer = await post(endpoint, { model: 'scripted/scripted-1', ...body });
        return [answer.status, answer.body.error?.param];
      }),
    );
    expect(refused).toEqual(WRONG.map(([, , param]) => [400, param]));
    expect(provider.asked.length).toBe(before);
  });

  test('that is packed is refused as such, and one behind a byte order mark is answered', async () => {
    const body = JSON.stringify({ model: 'scripted/scripted-1', messages: MESSAGES });
    const packed = await post('chat/completions', gzipSync(body), { 'content-encoding': 'gzip' });
    expect([packed.status, packed.body.error?.message]).toEqual([400, expect.stringContaining('gzip')]);
    const marked = await post('chat/completions', `\uFEFF${body}`);
    expect([marked.status, marked.body.choices?.[0]?.message.content]).toEqual([200, 'Well.']);
  });

  test('for vectors of a model that is not there says so, and nothing of builds', async () => {
    const { status, body } = await post('embeddings', { model: 'text-embedding-3-small', input: 'Hi' });
    expect([status, body.error?.code, body.error?.param]).toEqual([404, 'MODEL_UNKNOWN', 'model']);
  });

  test('of garbage, or nested without an end, is refused', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const garbage = Uint8Array.from({ length: 4096 }, (_, n) => (n * 31) % 256);
    for (const body of [
      garbage,
      deep(100_000),
      `{"model":"scripted/scripted-1","messages":[{"role":"user","content":"Hi"}],"tools":${deep(5_000)}}`,
    ])
      for (const endpoint of ['chat/completions', 'responses', 'embeddings', 'conversations']) {
        const { status, body: told } = await post(endpoint, body);
        expect([endpoint, status, told.error?.code]).toEqual([endpoint, 400, 'FIELD_INVALID']);
      }
  });
});
