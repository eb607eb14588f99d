import { afterEach, expect, test } from 'vitest';
import {
  answerOf,
  scriptedOrchestrator,
  type ScriptedRoom,
} from '../../../../test/fixtures/chat/scripted-room.ts';
import { verifies } from '../../../../test/verifies.ts';
import { said } from '../loop/prompt.ts';

const rooms: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close();
});

const cache = { enabled: true };
const counting = { 'a/one': (_: unknown, number: number) => `answer ${number}` };

async function room(script: Partial<ScriptedRoom> = {}) {
  const opened = await scriptedOrchestrator({ models: counting, config: { cache }, ...script });
  rooms.push(opened);
  const ask = async (text: string, more: object = {}) => {
    const before = (await opened.kept.list()).length;
    const { text: answer, end } = await answerOf(opened.orchestrator, {
      items: [said('user', text)],
      ...more,
    });
    // It is kept in the background, in the turns after the end.
    for (let turn = 0; turn < 20 && (await opened.kept.list()).length === before; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    return [answer, end.cached] as const;
  };
  return { ...opened, ask };
}

test('without being switched on nothing is kept', async () => {
  const { ask, kept } = await room({ config: {} });
  expect([await ask('Hi there'), await ask('Hi there'), await kept.list()]).toEqual([
    ['answer 0', undefined],
    ['answer 1', undefined],
    [],
  ]);
});

test('the same question is answered again without a model, free and however it is written, until its time is over', async () => {
  verifies('P22');
  const { ask, asked, orchestrator, lookups, wait } = await room({
    config: { cache: { enabled: true, ttlSeconds: 60 } },
  });
  expect(await ask('What is a hub?')).toEqual(['answer 0', undefined]);
  expect(await ask('  what is  a hub ?')).toEqual(['answer 0', 'exact']);
  const { end } = await answerOf(orchestrator, { items: [said('user', 'What is a hub?')] });
  expect(end).toMatchObject({
    usage: { input: 0, output: 0 },
    costUsd: 0,
    rounds: 0,
    cached: 'exact',
    finish: 'stop',
  });
  expect(end.items).toEqual([said('assistant', 'answer 0')]);
  expect(asked).toHaveLength(1);
  wait(61_000);
  expect(await ask('What is a hub?')).toEqual(['answer 1', undefined]);
  expect(lookups).toEqual(['miss', 'exact', 'exact', 'miss']);
});

test('an answer never crosses organisations, principals, settings, tools, conversations or what was asked not to be cached', async () => {
  verifies('P22');
  const { ask } = await room();
  await ask('What is mine?');
  const others = [
    { principal: 'somebody else' },
    { settings: { temperature: 1 } },
    { tools: [{ name: 'paint', parameters: { type: 'object' } }] },
    { items: [said('user', 'A'), said('assistant', 'B'), said('user', 'What is mine?')] },
    { cache: false },
  ];
  for (const [index, more] of others.entries())
    expect(await ask('What is mine?', more)).toEqual([`answer ${index + 1}`, undefined]);
  expect(await ask('What is mine?')).toEqual(['answer 0', 'exact']);
  expect(await ask('What is mine?', { principal: 'somebody else' })).toEqual(['answer 1', 'exact']);
});

test('places of two organisations are two, and all that is kept of one principal is dropped alone', async () => {
  verifies('P22');
  const { digestOf } = await import('./question.ts');
  const place = {
    principal: 'p',
    model: 'm',
    system: said('developer', ''),
    tools: [],
    settings: {},
    before: [],
  };
  expect(digestOf({ ...place, organisation: 'a' })).not.toBe(digestOf({ ...place, organisation: 'b' }));
  const { ask, kept } = await room();
  await ask('What is mine?');
  await ask('What is mine?', { principal: 'second' });
  expect(await kept.clear('second')).toBe(1);
  expect((await kept.list()).map(({ principal, question }) => [principal, question])).toEqual([
    ['owner', 'what is mine'],
  ]);
  expect(await kept.clear()).toBe(1);
});

test('what means the same counts where an embedding model is, unless a number, a name or a negation differs', async () => {
  verifies('P22');
  const embedded: string[] = [];
  const embed = (text: string) => {
    embedded.push(text);
    return text.includes('capital') || text.includes('main city') ? [1, 0.05] : [0, 1];
  };
  const { ask } = await room({ embed, config: { cache: { enabled: true, similarity: 0.95 } } });
  expect(await ask('the capital of Peru')).toEqual(['answer 0', undefined]);
  expect(await ask('the main city of Peru')).toEqual(['answer 0', 'similar']);
  expect(await ask('the main city of Chile')).toEqual(['answer 1', undefined]);
  expect(await ask('the main city not of Peru')).toEqual(['answer 2', undefined]);
  expect(await ask('some weather of Peru')).toEqual(['answer 3', undefined]);
  expect(embedded).toContain('the main city of peru');
});

test('what a model of this machine is asked is told to no other machine for its vector, and what is sensitive is not kept', async () => {
  const embedded: string[] = [];
  const embed = (text: string) => {
    embedded.push(text);
    return [1, 0];
  };
  const config = { cache: { enabled: true, similarity: 0.95 } };
  const here = await room({ embed, config, remote: ['embedder'] });
  await here.ask('one question');
  expect(await here.ask('another question')).toEqual(['answer 1', undefined]);
  expect(embedded).toEqual([]);
  const there = await room({ embed, config, remote: ['a/one', 'embedder'] });
  await there.ask('one question');
  expect(await there.ask('another question')).toEqual(['answer 0', 'similar']);
  const sensitive = await room({ isSensitive: true });
  await sensitive.ask('Hi there');
  expect([await sensitive.ask('Hi there'), await sensitive.kept.list()]).toEqual([
    ['answer 1', undefined],
    [],
  ]);
});

test('answers that called tools are not kept; where reads are allowed, those that only read are', async () => {
  verifies('P22');
  const tool = (effect: 'read' | 'write') => ({ description: 'A tool.', effect, run: () => 'done' });
  const tools = { shop__look: tool('read'), shop__buy: tool('write') };
  const calling = (name: string): ScriptedRoom['models'] => ({
    'a/one': (_, number) => (number % 2 === 0 ? { calls: [[name, {}]] } : `answer ${number}`),
  });
  const twice = async (name: string, reads: 'none' | 'read') => {
    const config = { approve: 'never' as const, cache: { enabled: true, tools: reads } };
    const { ask } = await room({ tools, models: calling(name), config });
    return [await ask('Please shop'), await ask('Please shop')].map(([, cached]) => cached);
  };
  expect(await twice('shop__look', 'none')).toEqual([undefined, undefined]);
  expect(await twice('shop__look', 'read')).toEqual([undefined, 'exact']);
  expect(await twice('shop__buy', 'read')).toEqual([undefined, undefined]);
});

test('what holds a secret, broke off or failed is not kept, and the oldest make room', async () => {
  const { ask, kept, wait } = await room({
    models: {
      'a/one': ({ items }) => (JSON.stringify(items).includes('tell') ? 'it is marked-secret' : 'fine'),
    },
    config: { cache: { enabled: true, entries: 2 } },
  });
  await ask('tell me');
  await ask('what is marked-secret?');
  expect(await kept.list()).toEqual([]);
  for (const question of ['one', 'two', 'three']) {
    wait(1);
    await ask(question);
  }
  await expect
    .poll(async () => (await kept.list()).map(({ question }) => question))
    .toEqual(['three', 'two']);
});
