import { CounterpartError, HubConfig } from '@counterpart/schemas';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../hub/src/kernel/clock.ts';
import type { GenerationEvent, GenerationRequest } from '../../hub/src/kernel/ports.ts';
import { createGenerations } from '../../hub/src/orchestrator/providers/generations.ts';
import {
  type ProviderScript,
  type ScriptedProvider,
  startScriptedProvider,
} from '../fixtures/models/scripted-provider.ts';

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

test('parallel tool calls keep their order, ids and arguments', async () => {
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
  expect(calls).toEqual([
    { id: 'call_1', name: 'get_weather', arguments: '{"city":"Oslo"}' },
    { id: 'call_2', name: 'get_weather', arguments: '{"city":"Bergen"}' },
  ]);
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
    const { ask, provider } = await room({ firstTokenTimeoutMs: 200, idleTimeoutMs: 200 }, { misbehave });
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
