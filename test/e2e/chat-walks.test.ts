import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { plan, VOWEL_PLAN, vowelServer } from '../fixtures/models/answers.ts';
import {
  startScriptedProvider,
  type AskedProvider,
  type ScriptedProvider,
} from '../fixtures/models/scripted-provider.ts';
import { verifies } from '../verifies.ts';

let provider: ScriptedProvider;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;

/** One model for everything, as small installations have it: it plans, writes and chats. */
function answer(asked: AskedProvider) {
  const system = asked.lastText('system');
  if (system.startsWith('You plan')) return plan(VOWEL_PLAN);
  if (system.startsWith('You put conversations in short')) return 'They said hi ten times.';
  if (!JSON.stringify(asked.body.messages).includes('assistant of a hub')) return vowelServer();
  const question = asked.lastText('user');
  const result = asked.lastText('tool');
  if (result !== '') return `The tool says: ${result}`;
  if (/vowels/i.test(question))
    return { calls: [{ name: 'vowels__count_vowels', arguments: { text: 'Otto' } }] };
  if (/delete/i.test(question)) return { calls: [{ name: 'effects__delete_item', arguments: {} }] };
  return 'Hello.';
}

beforeAll(async () => {
  provider = await startScriptedProvider((asked) => answer(asked));
  place = makeHome({
    providers: { scripted: { baseUrl: provider.url, model: 'scripted-1', retries: 0 } },
    mcpServers: { effects: fixtureServer('effects') },
  });
  hub = await startHub(place.home);
});

afterAll(async () => {
  await hub.stop();
  place.remove();
  await provider.close();
});

const client = (): OpenAI => new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: hub.token, maxRetries: 0 });
type Message = OpenAI.ChatCompletionMessageParam;

/** A conversation as a client without state holds it. */
function conversation() {
  const messages: Message[] = [];
  return async (text: string): Promise<string> => {
    messages.push({ role: 'user', content: text });
    const answered = await client().chat.completions.create({ model: 'hub/auto', messages });
    const content = answered.choices[0]?.message.content ?? '';
    messages.push({ role: 'assistant', content });
    return content;
  };
}

describe('a chat through the client of the openai package', () => {
  test('builds a server from a sentence, asks, installs it, and uses it in the same conversation', async () => {
    verifies('B15');
    verifies('D03');
    verifies('D04');
    const say = conversation();
    const built = await say('Build me a tool that counts the vowels of a text');
    expect(built).toMatch(/- write[^]*- test[^]*vowels[^]*Shall I install it/);
    expect(await say('what a nice day')).toBe('Hello.');
    expect(await say('yes')).toBe('Hello.');
    const [id] = /b-[0-9a-z]{10}/.exec(built) ?? [];
    expect(await say(`approve ${id}`)).toMatch(/vowels is installed: count_vowels/);
    expect(await say('How many vowels has Otto?')).toMatch(/The tool says: .*2/);
  }, 240_000);

  test('asks before it changes things, and does it after a yes, also after kill -9', async () => {
    const say = conversation();
    const asked = await say('delete it all');
    expect(asked).toMatch(/effects__delete_item[^]*yes or no/);
    await hub.kill();
    hub = await startHub(place.home);
    expect(await say('yes')).toMatch(/^The tool says/);
  }, 120_000);

  test('streams the same answer in chunks, with the usage at the end', async () => {
    verifies('I09');
    const stream = await client().chat.completions.create({
      model: 'hub/auto',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello.');
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
  });

  test('puts a long conversation in short, and tells models the summary in the place of what was said', async () => {
    verifies('P08');
    const ask = (content: string) =>
      client().chat.completions.create({
        model: 'hub/auto',
        messages: [{ role: 'user', content }],
        metadata: { conversation: 'long' },
      });
    for (let turn = 0; turn < 10; turn += 1) await ask(`hi ${turn}`);
    await eventually(async () => {
      await ask('and now?');
      return JSON.stringify(provider.asked.at(-1)?.body.messages).includes('They said hi ten times.');
    });
    expect(JSON.stringify(provider.asked.at(-1)?.body.messages)).not.toContain('hi 0');
    const kept = (await client().conversations.items.list('long', { order: 'asc' })).data;
    expect(JSON.stringify(kept)).toContain('hi 0');
  });
});
