import { CounterpartError, HubConfig, type ProviderKind } from '@counterpart/schemas';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../hub/src/kernel/clock.ts';
import type { GenerationEvent, GenerationRequest } from '../../hub/src/kernel/ports.ts';
import { createGenerations } from '../../hub/src/orchestrator/providers/generations.ts';
import {
  type ProviderScript,
  type ScriptedProvider,
  startScriptedProvider,
} from '../fixtures/models/scripted-provider.ts';
import { verifies } from '../verifies.ts';

const opened: ScriptedProvider[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((provider) => provider.close()));
});

const QUESTION: GenerationRequest = {
  items: [{ type: 'message', role: 'user', content: [{ type: 'text', text: 'What is it?' }] }],
};
const never = () => new AbortController().signal;

/** A provider `main` that says this, and the room that asks it. */
async function room(config: object, ...script: readonly ProviderScript[]) {
  const provider = await startScriptedProvider(...script);
  opened.push(provider);
  const configured = (more: object) =>
    HubConfig.parse({
      providers: { main: { baseUrl: provider.url, model: 'scripted-1', retries: 0, ...more } },
    });
  const state = { config: configured(config) };
  const secrets: Record<string, string> = { MAIN_KEY: 'sk-very-secret-1' };
  const generations = createGenerations({
    config: () => state.config,
    clock: systemClock,
    resolve: async (text) => text.replace(/\$\{secret:(\w+)\}/g, (_, name: string) => secrets[name] ?? ''),
    redact: (text) => text,
  });
  return {
    provider,
    generations,
    secrets,
    configure: (more: object) => void (state.config = configured(more)),
    ask: (request: Partial<GenerationRequest> = {}, signal = never()) =>
      collect(generations.generate({ ...QUESTION, ...request }, { model: 'main/scripted-1', signal })),
  };
}

async function collect(events: AsyncIterable<GenerationEvent>): Promise<GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const textOf = (events: readonly GenerationEvent[], type = 'text') =>
  events.map((event) => (event.type === type && 'delta' in event ? event.delta : '')).join('');

/** How a question failed, with what had come by then. */
async function failure(asking: Promise<unknown>): Promise<CounterpartError> {
  const thrown = await asking.then(
    () => new Error('it was answered'),
    (cause: unknown) => cause,
  );
  if (thrown instanceof CounterpartError) return thrown;
  throw thrown;
}

test('an answer comes in pieces, thoughts apart from words, with its usage and name', async () => {
  const { ask } = await room({}, { reasoning: 'Let me see.', text: 'It is a hub that makes tools.' });
  const events = await ask();
  expect(textOf(events)).toBe('It is a hub that makes tools.');
  expect(textOf(events, 'reasoning')).toBe('Let me see.');
  expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(2);
  expect(events.at(-1)).toEqual({
    type: 'end',
    finish: 'stop',
    usage: { input: 100, output: 50 },
    model: 'scripted-1',
  });
});

test('parallel tool calls keep their order and arguments, and have ids of their own', async () => {
  const { ask, provider } = await room(
    {},
    {
      calls: [
        { name: 'get_weather', arguments: { city: 'Oslo' }, id: 'call_1' },
        { name: 'get_weather', arguments: { city: 'Bergen' }, id: 'call_2' },
      ],
    },
  );
  const tools = [{ name: 'get_weather', parameters: { type: 'object' }, strict: true }];
  const events = await ask({ tools, toolChoice: 'required', parallelToolCalls: true });
  const calls = [0, 1].map((index) => {
    const own = events.flatMap((event) => (event.type === 'call' && event.index === index ? [event] : []));
    return { id: own[0]?.callId, name: own[0]?.name, arguments: own.map(({ delta }) => delta).join('') };
  });
  expect(calls).toMatchObject([
    { name: 'get_weather', arguments: '{"city":"Oslo"}' },
    { name: 'get_weather', arguments: '{"city":"Bergen"}' },
  ]);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  expect(events.at(-1)).toMatchObject({ finish: 'tool_calls' });
  expect(provider.asked[0]?.body).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
    tool_choice: 'required',
    parallel_tool_calls: true,
    tools: [{ type: 'function', function: { name: 'get_weather', strict: true } }],
  });
});

const BROKEN = [
  ['html', /page of HTML, “Sign in to the network”/],
  ['half-json', /JSON that breaks off/],
  ['broken-sse', /not JSON/],
  ['break', /connection broke/],
  ['cut-short', /broke off/],
  ['empty', /empty/],
] as const;

test.each(BROKEN)('an answer that is broken is told as such: %s', async (misbehave, words) => {
  const { ask } = await room({}, { misbehave });
  const problem = await failure(ask());
  expect(problem.code).toBe('MODEL_BROKEN');
  expect(problem.message).toMatch(words);
});

test.each(['silent', 'stall'] as const)(
  'a provider that says nothing more is given up: %s',
  async (misbehave) => {
    const { ask, provider } = await room({ firstTokenTimeoutMs: 1_500, idleTimeoutMs: 1_500 }, { misbehave });
    const problem = await failure(ask());
    expect(problem.code).toBe('MODEL_SLOW');
    await provider.left();
  },
);

test('an asker who goes away is the end of it, with the reason and without a failure of the provider', async () => {
  const { ask, provider, generations } = await room({}, { misbehave: 'stall' });
  const asker = new AbortController();
  const asking = ask({}, asker.signal);
  while (provider.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  asker.abort(new Error('no longer wanted'));
  await expect(asking).rejects.toThrow('no longer wanted');
  await provider.left();
  expect(generations.health()).toMatchObject([{ failed: 0, active: 0 }]);
});

test('a question that is refused is classed by what can be done about it', async () => {
  const { ask, provider } = await room({ apiKey: '${secret:MAIN_KEY}' });
  const code = async (status: number, body: unknown, headers = {}) => {
    provider.say({ status, body, headers });
    return await failure(ask());
  };
  const wrongKey = await code(401, { error: { message: 'Incorrect API key sk-very-secret-1' } });
  expect([wrongKey.code, wrongKey.message]).toEqual([
    'MODEL_KEY_REFUSED',
    'Model main/scripted-1 wants another key: HTTP 401, Incorrect API key [redacted].',
  ]);
  expect((await code(400, { error: { code: 'context_length_exceeded', message: 'too long' } })).code).toBe(
    'MODEL_OVER_CONTEXT',
  );
  expect((await code(400, { error: { code: 'content_filter', message: 'no' } })).code).toBe('MODEL_FILTERED');
  expect((await code(404, '<html><title>Not here</title>')).code).toBe('MODEL_BROKEN');
  expect((await code(429, {}, { 'retry-after': '3600' })).params).toMatchObject({ retryAfterMs: 3_600_000 });
  expect(provider.asked[0]?.headers.authorization).toBe('Bearer sk-very-secret-1');
});

test('overload is asked again after as long as the provider says, and not at all when that is too long', async () => {
  verifies('I08');
  const { ask, provider, generations } = await room({ retries: 2, waitMs: 5_000 });
  provider.say({ status: 429, headers: { 'retry-after-ms': '300' } }, 'There.');
  const startedAt = Date.now();
  expect(textOf(await ask())).toBe('There.');
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(290);
  expect(provider.asked).toHaveLength(2);
  provider.say({ status: 429, headers: { 'retry-after': '60' } });
  expect((await failure(ask())).code).toBe('MODEL_OVER_QUOTA');
  expect((await failure(ask())).message).toMatch(/the provider asks to wait; it may be asked in \d+ s/);
  // The second was not asked of it at all.
  expect(provider.asked).toHaveLength(3);
  expect(generations.health()).toMatchObject([{ state: 'open' }]);
});

test('questions beyond the rate or the number at a time wait their turn, or are told that it is too long', async () => {
  verifies('I08');
  const limited = await room({ requestsPerMinute: 1, waitMs: 0 }, 'Yes.');
  await limited.ask();
  expect((await failure(limited.ask())).message).toMatch(
    /1 questions a minute are allowed; it may be asked in/,
  );
  const narrow = await room({ maxConcurrent: 1, waitMs: 60_000 }, { text: 'a b c d e f', pauseMs: 2 });
  let most = 0;
  narrow.provider.say(() => {
    most = Math.max(most, narrow.generations.health()[0]?.active ?? 0);
    return 'One at a time.';
  });
  const answers = await Promise.all([narrow.ask(), narrow.ask(), narrow.ask()]);
  expect([answers.map((events) => textOf(events)), most]).toEqual([Array(3).fill('One at a time.'), 1]);
});

test('a provider that is down is tried, left alone after five failures, and its health says so', async () => {
  verifies('I01');
  const { ask, provider, generations } = await room({}, { status: 503 });
  expect(generations.health()).toMatchObject([{ state: 'unknown' }]);
  for (let index = 0; index < 5; index++) expect((await failure(ask())).code).toBe('MODEL_UNREACHABLE');
  expect((await failure(ask())).message).toMatch(/failed again and again .*status 503.* asked again in/);
  expect(provider.asked).toHaveLength(5);
  expect(generations.health()).toMatchObject([{ provider: 'main', state: 'open', failed: 5 }]);
  expect(generations.models()).toMatchObject([{ id: 'main/scripted-1', provider: 'main', isLocal: true }]);
});

test('a broken connection is tried again as long as nothing of the answer came, and never after', async () => {
  const { ask, provider } = await room(
    { retries: 1 },
    { status: 500 },
    'Here.',
    { misbehave: 'break' },
    'Not this.',
  );
  expect(textOf(await ask())).toBe('Here.');
  expect((await failure(ask())).code).toBe('MODEL_BROKEN');
  expect(provider.asked).toHaveLength(3);
});

test('a parameter that a model refuses by name is left out at once, and from then on', async () => {
  const { ask, provider } = await room({});
  provider.say(({ body }) =>
    'temperature' in body
      ? {
          status: 400,
          body: { error: { code: 'unsupported_value', param: 'temperature', message: 'Unsupported value' } },
        }
      : 'Fine.',
  );
  expect(textOf(await ask({ temperature: 0.1 }))).toBe('Fine.');
  expect(textOf(await ask({ temperature: 0.1 }))).toBe('Fine.');
  expect(provider.asked.map(({ body }) => 'temperature' in body)).toEqual([true, false, false]);
});

test('an answer that is not streamed, and one of two megabytes in one piece, come whole', async () => {
  const { ask, provider } = await room({});
  provider.say((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ choices: [{ message: { content: 'Whole.' }, finish_reason: 'stop' }] }));
  });
  expect(textOf(await ask())).toBe('Whole.');
  provider.say({ text: 'x'.repeat(2 * 1024 * 1024), pieceLength: 60_000 });
  expect(textOf(await ask())).toHaveLength(2 * 1024 * 1024);
  provider.say((_, response) => {
    const chunk = { choices: [{ delta: { content: 'y'.repeat(2 * 1024 * 1024) }, finish_reason: 'stop' }] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify(chunk)}\n\n`);
  });
  expect(textOf(await ask())).toHaveLength(2 * 1024 * 1024);
});

test('a changed configuration counts for the next question, and the one under way ends as it began', async () => {
  const { ask, provider, configure, generations, secrets } = await room({ apiKey: '${secret:MAIN_KEY}' });
  const held: { release?: () => void } = {};
  provider.say(async () => {
    await new Promise<void>((resolve) => (held.release = resolve));
    return 'The old one.';
  }, 'The new one.');
  const first = ask();
  while (held.release === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  configure({ model: 'scripted-2', apiKey: '${secret:MAIN_KEY}' });
  secrets['MAIN_KEY'] = 'sk-another';
  expect((await failure(ask())).message).toContain('there is no main/scripted-1');
  const second = await collect(generations.generate(QUESTION, { model: 'main/scripted-2', signal: never() }));
  held.release();
  expect([textOf(await first), textOf(second)]).toEqual(['The old one.', 'The new one.']);
  expect(provider.asked.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer sk-very-secret-1',
    'Bearer sk-another',
  ]);
});

const KINDS: readonly (readonly [kind: ProviderKind, sent: object])[] = [
  ['openai', { max_completion_tokens: 32_000, stream_options: { include_usage: true } }],
  ['anthropic', { max_completion_tokens: 32_000 }],
  ['perplexity', { max_tokens: 32_000 }],
  ['gemini', { max_tokens: 32_000 }],
  ['mistral', { max_tokens: 32_000 }],
  ['openrouter', { max_tokens: 32_000 }],
  ['ollama', { max_tokens: 32_000 }],
  ['llama.cpp', { max_tokens: 32_000 }],
  ['vllm', { max_tokens: 32_000 }],
  ['lmstudio', { max_tokens: 32_000 }],
  ['other', { max_tokens: 32_000 }],
];

test('one configuration holds providers of every kind, and one conversation goes through all of them', async () => {
  verifies('I03', 'I04', 'I05', 'I17');
  const { provider } = await room({});
  provider.say(({ body }) => ({
    text: `I am ${body.model}`,
    ...(body.model === 'perplexity-1' ? { members: { citations: ['https://source.test/'] } } : {}),
  }));
  const providers = Object.fromEntries(
    KINDS.map(([kind]) => [kind, { kind, baseUrl: provider.url, model: `${kind}-1` }]),
  );
  const config = HubConfig.parse({ providers });
  const generations = createGenerations({
    config: () => config,
    clock: systemClock,
    resolve: (text) => Promise.resolve(text),
    redact: (text) => text,
  });
  expect(generations.models().map(({ id }) => id)).toEqual(KINDS.map(([kind]) => `${kind}/${kind}-1`));
  const items: GenerationRequest['items'][number][] = [
    ...QUESTION.items,
    { type: 'function_call', callId: 'call_1', name: 'find', arguments: '{}' },
    { type: 'function_call_output', callId: 'call_1', output: 'found' },
  ];
  const tools = [{ name: 'find', parameters: { type: 'object' } }];
  for (const [kind, sent] of KINDS) {
    const events = await collect(
      generations.generate({ items, tools }, { model: `${kind}/${kind}-1`, signal: never() }),
    );
    expect(textOf(events)).toBe(`I am ${kind}-1`);
    const citations = kind === 'perplexity' ? { citations: ['https://source.test/'] } : {};
    expect(events.at(-1)).toMatchObject({ type: 'end', ...citations });
    expect(provider.asked.at(-1)?.body).toMatchObject({ model: `${kind}-1`, ...sent });
    items.push({ type: 'message', role: 'assistant', content: [{ type: 'text', text: textOf(events) }] });
    items.push(...QUESTION.items);
  }
  expect(generations.health().map(({ state }) => state)).toEqual(KINDS.map(() => 'ok'));
});

test('local programs say themselves which models they have, what these can do and what memory they take', async () => {
  verifies('I02', 'F12', 'N04');
  const { provider } = await room({});
  const set = (pages: Readonly<Record<string, object>>) => {
    for (const [path, body] of Object.entries(pages)) provider.pages.set(path, body);
  };
  const models = async (kind: ProviderKind) => {
    const config = HubConfig.parse({ providers: { own: { kind, baseUrl: provider.url } } });
    const generations = createGenerations({
      config: () => config,
      clock: systemClock,
      resolve: (text) => Promise.resolve(text),
      redact: (text) => text,
    });
    const checked = await generations.check('own', never());
    expect(checked).toMatchObject({ ok: true, missing: [] });
    expect(generations.models()).toHaveLength(checked.models.length);
    provider.say('I run here.');
    const asked = { model: checked.models[0]?.id ?? '', signal: never() };
    expect(textOf(await collect(generations.generate(QUESTION, asked)))).toBe('I run here.');
    return generations.models();
  };
  set({
    '/v1/models': { data: [{ id: 'llama3.2:latest' }, { id: 'nomic-embed-text:latest' }] },
    '/api/tags': {
      models: [
        { name: 'llama3.2:latest', size: 2_147_483_648 },
        { name: 'nomic-embed-text:latest', size: 1_048_576 },
      ],
    },
    '/api/ps': { models: [{ name: 'llama3.2:latest', size: 3_221_225_472, context_length: 8_192 }] },
    '/api/show': { capabilities: ['completion', 'tools', 'vision'] },
  });
  expect(await models('ollama')).toMatchObject([
    { id: 'own/llama3.2:latest', memoryMb: 3_072, contextTokens: 8_192, takesTools: true, takesImages: true },
    { id: 'own/nomic-embed-text:latest', memoryMb: 1, use: 'embedding' },
  ]);
  set({
    '/v1/models': { data: [{ id: 'qwen.gguf', meta: { size: 1_073_741_824, n_ctx_train: 131_072 } }] },
    '/props': { default_generation_settings: { n_ctx: 4_096 }, modalities: { vision: true } },
  });
  expect(await models('llama.cpp')).toMatchObject([
    {
      id: 'own/qwen.gguf',
      memoryMb: 1_024,
      contextTokens: 4_096,
      takesImages: true,
      price: { input: 0, output: 0 },
    },
  ]);
  provider.pages.delete('/props');
  set({ '/slots': [{ id: 0, n_ctx: 2_048 }] });
  expect(await models('llama.cpp')).toMatchObject([{ contextTokens: 2_048 }]);
  set({ '/v1/models': { data: [{ id: 'Qwen/Qwen3-8B', max_model_len: 40_960 }] } });
  expect(await models('vllm')).toMatchObject([{ id: 'own/Qwen/Qwen3-8B', contextTokens: 40_960 }]);
});

const LONE = 'Is it 5?\n</think>\n\nIt is 5.';
const told = (events: readonly GenerationEvent[]) => [textOf(events, 'reasoning'), textOf(events)];

test('thoughts that no mark opens are thoughts in the first answer where the program says what its template begins', async () => {
  const llama = { '/apply-template': { prompt: '<|user|>Hi<|assistant|><think>\n' } };
  const vllm = { '/tokenize': { tokens: [1, 2], token_strs: ['<|user|>', 'Hi', '<think>', 'Ċ'] } };
  const first = async (kind: ProviderKind, pages: Readonly<Record<string, object>>) => {
    const { generations, provider, ask } = await room({ kind, model: undefined }, LONE);
    for (const [path, body] of Object.entries(pages)) provider.pages.set(path, body);
    await generations.check('main', never());
    return told(await ask());
  };
  const apart = ['Is it 5?\n', 'It is 5.'];
  expect(await first('llama.cpp', llama)).toEqual(apart);
  expect(await first('vllm', vllm)).toEqual(apart);
  const isTextThere = [['', 'Is it 5?\n\nIt is 5.']];
  const elsewhere = { '/props': { default_generation_settings: { params: { reasoning_format: 'auto' } } } };
  expect([await first('llama.cpp', { ...llama, ...elsewhere })]).toEqual(isTextThere);
  expect([await first('vllm', { '/tokenize': { token_strs: ['<think>', '</think>'] } })]).toEqual(
    isTextThere,
  );
});

test('an answer that is told at its end is slow only when its model says nothing', async () => {
  const more = { kind: 'ollama', firstTokenTimeoutMs: 200, idleTimeoutMs: 150 };
  const [thought, text] = ['It may be 5, or 6.\n'.repeat(3), 'It is 5.'];
  const slow = { text: `${thought}</think>\n\n${text}`, pieceLength: 1, pauseMs: 10 };
  const { generations, ask } = await room(more, slow);
  expect(told(await ask({ isWhole: true }))).toEqual([thought, text]);
  expect(generations.health()[0]?.firstTokenMs).toBeLessThan(200);
});

test('texts become vectors in their order', async () => {
  const { generations, provider } = await room({ models: { 'embed-1': {} } });
  const options = { model: 'main/embed-1', dimensions: 2, signal: never() };
  expect(await generations.embed(['ab', 'b'], options)).toEqual({
    vectors: [
      [97 / 128, 98 / 128],
      [98 / 128, 0],
    ],
    tokens: 2,
    model: 'embed-1',
  });
  provider.say({ status: 404, body: { error: { message: 'no such model' } } });
  await expect(generations.embed(['a'], options)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
});
