import { ProviderKind } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import type { ChatItem, GenerationRequest } from '../../../kernel/ports.ts';
import { dialectOf } from './dialects.ts';
import { type Addressee, assertSeed, toBody } from './request-body.ts';
import { createSignatures } from './signatures.ts';

const to = (kind: ProviderKind, more: Partial<Addressee> = {}): Addressee => ({
  dialect: dialectOf(kind),
  model: 'm-1',
  takesTools: true,
  structured: dialectOf(kind).structured,
  maxOutputTokens: 1_000,
  refused: new Set(),
  ...more,
});
const says = (role: 'system' | 'developer' | 'user' | 'assistant', text: string): ChatItem => ({
  type: 'message',
  role,
  content: [{ type: 'text', text }],
});
const call = (callId: string, given = '{}'): ChatItem => ({
  type: 'function_call',
  callId,
  name: 'find',
  arguments: given,
});
const output = (callId: string, text: string): ChatItem => ({
  type: 'function_call_output',
  callId,
  output: text,
});
const messagesOf = (items: readonly ChatItem[], addressee: Addressee) =>
  toBody({ items }, addressee)['messages'];

test('calls follow what was said, outputs follow their calls, and what lacks an output gets one', () => {
  const items = [
    says('user', 'Find two things'),
    { type: 'reasoning', text: 'secret thoughts' } as const,
    says('assistant', 'I look.'),
    call('a', '{"q":1}'),
    call('b', 'broken {'),
    says('user', 'Hurry up'),
    output('a', 'found'),
  ];
  expect(messagesOf(items, to('openai'))).toEqual([
    { role: 'user', content: 'Find two things' },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'find', arguments: '{"q":1}' } },
        { id: 'b', type: 'function', function: { name: 'find', arguments: '{"unreadable":"broken {"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'found' },
    { role: 'tool', tool_call_id: 'b', content: '{"error":"This call was not carried out."}' },
    { role: 'user', content: 'Hurry up' },
  ]);
});

test.each(ProviderKind.options)('a provider may change between a call and its output: %s', (kind) => {
  const items = [
    says('user', 'Find'),
    call('call_of-another/provider:1', '{"q":1}'),
    output('call_of-another/provider:1', 'found'),
  ];
  const text = JSON.stringify(messagesOf(items, to(kind)));
  expect(text).toContain('found');
  const { tools, shortCallIds } = dialectOf(kind);
  expect(text.includes('tool_call')).toBe(tools);
  const ids = [...text.matchAll(/"(?:id|tool_call_id)":"([^"]*)"/g)].map(([, id]) => id);
  const isShort = (id: string | undefined) => /^[a-zA-Z0-9]{9}$/.test(id ?? '');
  expect(ids.length > 0 && ids.every(isShort)).toBe(shortCallIds);
  expect(new Set(ids).size).toBe(tools ? 1 : 0);
});

test('where templates insist on turns, system messages stand together first and nobody speaks twice in a row', () => {
  const items = [
    says('system', 'One'),
    says('user', 'Hello'),
    says('developer', 'Two'),
    says('user', 'again'),
  ];
  expect(messagesOf(items, to('vllm'))).toEqual([
    { role: 'system', content: 'One\n\nTwo' },
    { role: 'user', content: 'Hello\n\nagain' },
  ]);
  expect(messagesOf(items, to('openai'))).toHaveLength(4);
});

const FULL: GenerationRequest = {
  items: [says('user', 'x')],
  tools: [
    {
      name: 'find',
      parameters: { $schema: 's', type: 'object', properties: { $id: { type: 'string', $comment: 'c' } } },
      strict: true,
    },
  ],
  toolChoice: 'required',
  parallelToolCalls: false,
  temperature: 1.8,
  seed: 3,
  stop: ['END'],
  reasoningEffort: 'low',
  maxTokens: 5_000,
  format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
};

test('OpenAI is sent all that was asked for', () => {
  expect(toBody(FULL, to('openai'))).toMatchObject({
    stream_options: { include_usage: true },
    max_completion_tokens: 1_000,
    temperature: 1.8,
    seed: 3,
    stop: ['END'],
    reasoning_effort: 'low',
    parallel_tool_calls: false,
    tool_choice: 'required',
    tools: [{ function: { strict: true, parameters: { $schema: 's' } } }],
    response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true } },
  });
});

test('Anthropic is sent what its compatible endpoint takes, and told of the form in words', () => {
  const body = toBody(FULL, to('anthropic'));
  expect(body).toMatchObject({ temperature: 1, parallel_tool_calls: false });
  for (const name of ['seed', 'reasoning_effort', 'response_format']) expect(body).not.toHaveProperty(name);
  expect(JSON.stringify(body['tools'])).not.toContain('strict');
  expect(JSON.stringify(body['messages'])).toContain('satisfies this JSON Schema');
});

test('a seed that a provider would pass over is refused, with the model and what to do', () => {
  const asked = (kind: ProviderKind) => () =>
    assertSeed(FULL, { dialect: dialectOf(kind), model: `${kind}/one` });
  for (const kind of ['openai', 'mistral', 'other'] as const) expect(asked(kind)).not.toThrow();
  for (const kind of ['anthropic', 'perplexity'] as const)
    expect(asked(kind)).toThrow(`Model ${kind}/one refused: it takes no \`seed\``);
  expect(() => assertSeed({}, { dialect: dialectOf('anthropic'), model: 'a/b' })).not.toThrow();
});

test('Mistral has its own words for a seed and for "some tool"', () => {
  expect(toBody(FULL, to('mistral'))).toMatchObject({
    random_seed: 3,
    tool_choice: 'any',
    temperature: 1.5,
    max_tokens: 1_000,
  });
});

test('schemas lose what names them, and never a property of that name', () => {
  const [tool] = toBody(FULL, to('gemini'))['tools'] as [{ function: { parameters: unknown } }]; // As written above.
  expect(tool.function.parameters).toEqual({ type: 'object', properties: { $id: { type: 'string' } } });
});

test('Perplexity is sent no tools, and what tools did is told in words', () => {
  const body = toBody(
    { ...FULL, items: [says('user', 'x'), call('a'), output('a', 'found')] },
    to('perplexity'),
  );
  expect(body).not.toHaveProperty('tools');
  expect(body).not.toHaveProperty('tool_choice');
  expect(body['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: '[Called find with {}]' },
    { role: 'user', content: '[It gave: found]' },
  ]);
});

test('what a model was seen to refuse is left out, and the limit finds its other name', () => {
  const body = toBody(FULL, to('openai', { refused: new Set(['temperature', 'max_completion_tokens']) }));
  expect(body).not.toHaveProperty('temperature');
  expect(body).toMatchObject({ max_tokens: 1_000 });
});

test('Gemini sees the signatures of its calls again, and calls of others as such', () => {
  const signatures = createSignatures();
  signatures.keep('own', { extra_content: { google: { thought_signature: 'sig' } } });
  expect(signatures.of('own', 'gemini-3-pro')).toEqual({
    extra_content: { google: { thought_signature: 'sig' } },
  });
  expect(signatures.of('other', 'gemini-3-pro')).toEqual({
    extra_content: { google: { thought_signature: 'skip_thought_signature_validator' } },
  });
  expect(signatures.of('other', 'gemini-2.5-pro')).toBeUndefined();
});

test('instructions of a developer are those of the system for everybody but OpenAI', () => {
  const items = [says('developer', 'Be brief'), says('user', 'Hi')];
  const text = (value: unknown): string => JSON.stringify(value);
  const knowing = ProviderKind.options.filter((kind) =>
    text(messagesOf(items, to(kind))).includes('"role":"developer"'),
  );
  expect(knowing).toEqual(['openai']);
  expect(
    ProviderKind.options.filter((kind) => !text(messagesOf(items, to(kind))).includes('Be brief')),
  ).toEqual([]);
});

test('signatures of calls are kept for the latest 4,096 calls, and made up for none but Gemini 3', () => {
  const signatures = createSignatures();
  for (let call = 0; call <= 4_096; call += 1)
    signatures.keep(`c${call}`, { extra_content: { google: { thought_signature: `s${call}` } } });
  expect(signatures.of('c0', 'gemini-2.5-flash')).toBeUndefined();
  expect(signatures.of('c4096', 'gemini-2.5-flash')).toEqual({
    extra_content: { google: { thought_signature: 's4096' } },
  });
  expect(signatures.of('c0', 'gemini-3-pro')).toHaveProperty('extra_content.google.thought_signature');
});
