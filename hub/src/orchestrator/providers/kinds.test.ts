import { ProviderConfig, ProviderName } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { dialectAt } from './asking/dialects.ts';
import { isLocalHost, placeOf } from './kinds.ts';
import { knownModel } from './known-models.ts';
import { modelsOf } from './models.ts';

const place = (config: object) => placeOf(ProviderConfig.parse(config));

test('a kind says where it is; an address says what it is; only at its own address is a usual key sent', () => {
  expect(place({ kind: 'anthropic' })).toEqual({
    kind: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariable: 'ANTHROPIC_API_KEY',
    isLocal: false,
    isOwn: true,
  });
  expect(place({ baseUrl: 'http://127.0.0.1:11434/v1/', model: 'm' })).toEqual({
    kind: 'ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    keyVariable: undefined,
    isLocal: true,
    isOwn: false,
  });
  expect(place({ baseUrl: 'https://api.perplexity.ai' }).kind).toBe('perplexity');
  expect(place({ kind: 'openai', baseUrl: 'https://evil.test/v1' }).keyVariable).toBeUndefined();
  expect(ProviderConfig.safeParse({ kind: 'other' }).success).toBe(false);
  expect(['hub', 'a/b', 'a b', ''].map((name) => ProviderName.safeParse(name).success)).not.toContain(true);
});

test('what only answers as OpenAI does may think in its text, OpenAI itself does not', () => {
  const thinks = (config: object) => dialectAt(place(config)).thinksInText;
  expect(thinks({ baseUrl: 'http://127.0.0.1:5001/v1', model: 'm' })).toBe(true);
  expect(thinks({ kind: 'openai', baseUrl: 'https://gateway.test/v1', model: 'm' })).toBe(true);
  expect(thinks({ kind: 'openai' })).toBe(false);
  expect(thinks({ baseUrl: 'https://eu.api.openai.com/v1', model: 'm' })).toBe(false);
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.32.0.1', false],
  ['192.168.0.5', true],
  ['[::1]', true],
  ['[fd00::1]', true],
  ['[::ffff:7f00:1]', true],
  ['[2001:db8::1]', false],
  ['gpu-box.local', true],
  ['ollama', true],
  ['api.openai.com', false],
  ['127.0.0.1.evil.test', false],
])('%s is local: %s', (host, expected) => {
  expect(isLocalHost(host)).toBe(expected);
});

test('what is configured is preferred to what a provider says, that to the table, and local models are free', () => {
  const config = ProviderConfig.parse({
    kind: 'openai',
    models: { 'gpt-5-mini': { price: { input: 9, output: 9 } }, 'gpt-5': {}, new: {} },
  });
  const found = new Map([['gpt-5', { contextTokens: 1_000 }]]);
  const models = modelsOf('o', { config, place: placeOf(config), found });
  expect(
    models.map(({ id, price, priceKnown, contextTokens }) => [id, price.input, priceKnown, contextTokens]),
  ).toEqual([
    ['o/gpt-5-mini', 9, true, 400_000],
    ['o/gpt-5', 1.25, true, 1_000],
    ['o/new', 0, false, 128_000],
  ]);
  const local = ProviderConfig.parse({ kind: 'ollama' });
  const listed = new Map([
    ['gpt-5', { memoryMb: 900 }],
    ['nomic-embed-text', {}],
  ]);
  expect(modelsOf('l', { config: local, place: placeOf(local), found: listed })).toMatchObject([
    {
      id: 'l/gpt-5',
      isLocal: true,
      price: { input: 0, output: 0 },
      priceKnown: true,
      memoryMb: 900,
      contextTokens: 16_384,
    },
    { id: 'l/nomic-embed-text', use: 'embedding' },
  ]);
});

test('a dated model is known by its family, and no other by its beginning', () => {
  expect(knownModel('openai/gpt-5-mini-2025-08-07')?.price).toEqual({ input: 0.25, output: 2 });
  expect(knownModel('gpt-5-ultra')).toBeUndefined();
});
