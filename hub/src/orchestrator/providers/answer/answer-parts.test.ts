import { expect, test } from 'vitest';
import type { GenerationEvent, JsonMembers } from '../../../kernel/ports.ts';
import { AnswerParts } from './answer-parts.ts';
import { EventReader, EventTooLong } from './event-reader.ts';
import { type ThinkingHabits, ThinkingSplitter } from './thinking.ts';

const UNKNOWN: ThinkingHabits = { beginning: 'never', learn: () => undefined };
const eventsOf = (chunks: readonly JsonMembers[], thinking?: ThinkingHabits): GenerationEvent[] => {
  const parts = new AnswerParts({ model: 'asked-1', thinking, estimatedInput: () => 7 });
  return [...chunks.flatMap((chunk) => parts.push(chunk)), ...parts.end()];
};
const delta = (members: JsonMembers, finish: string | null = null): JsonMembers => ({
  choices: [{ index: 0, delta: members, finish_reason: finish }],
});
const callsOf = (events: readonly GenerationEvent[]) => {
  const calls: Record<number, { id: string; name: string; text: string }> = {};
  for (const event of events) {
    if (event.type !== 'call') continue;
    const call = (calls[event.index] ??= { id: event.callId ?? '', name: event.name ?? '', text: '' });
    call.text += event.delta;
  }
  return Object.values(calls);
};

test('calls that all have index 0 and come whole are told apart by their ids, as old Ollama sends them', () => {
  const call = (id: string, city: string) =>
    delta({ tool_calls: [{ index: 0, id, function: { name: 'weather', arguments: `{"city":"${city}"}` } }] });
  const events = eventsOf([call('a', 'Oslo'), call('b', 'Rome'), delta({}, 'stop')]);
  expect(callsOf(events).map(({ name, text }) => [name, text])).toEqual([
    ['weather', '{"city":"Oslo"}'],
    ['weather', '{"city":"Rome"}'],
  ]);
  expect(events.at(-1)).toMatchObject({ finish: 'tool_calls' });
});

test('calls without ids and index, with arguments as objects, get one id each and JSON text', () => {
  const call = (city: string) =>
    delta({ tool_calls: [{ function: { name: 'weather', arguments: { city } } }] });
  const calls = callsOf(eventsOf([call('Oslo'), call('Rome'), delta({}, 'tool_calls')]));
  expect(calls.map(({ name, text }) => [name, text])).toEqual([
    ['weather', '{"city":"Oslo"}'],
    ['weather', '{"city":"Rome"}'],
  ]);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  expect(calls.every(({ id }) => /^call_[0-9a-f]{24}$/.test(id))).toBe(true);
});

test('arguments that come before the name are held until it is known', () => {
  const events = eventsOf([
    delta({ tool_calls: [{ index: 0, id: 'a', function: { arguments: '{"x"' } }] }),
    delta({ tool_calls: [{ index: 0, function: { name: 'find', arguments: ':1}' } }] }),
  ]);
  expect(events[0]).toMatchObject({ type: 'call', index: 0, name: 'find', delta: '{"x":1}' });
});

test('an id that a model gives to the first call of every answer never names two calls', () => {
  const chunk = delta({
    tool_calls: [{ index: 0, id: 'call_0', function: { name: 'find', arguments: '{}' } }],
  });
  const [one, other] = [callsOf(eventsOf([chunk])), callsOf(eventsOf([chunk]))].map(([call]) => call?.id);
  expect(one).toMatch(/^call_[0-9a-f]{24}$/);
  expect(other).toMatch(/^call_[0-9a-f]{24}$/);
  expect(one).not.toBe(other);
});

test.each([
  ['nobody counted', {}, { input: 7, output: 2 }],
  [
    'usage is told',
    { usage: { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } } },
    { input: 3, output: 4, cached: 2 },
  ],
  [
    'llama.cpp tells timings',
    { timings: { prompt_n: 3, cache_n: 10, predicted_n: 5 } },
    { input: 13, output: 5, cached: 10 },
  ],
  [
    'Groq tells it elsewhere',
    { x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } },
    { input: 1, output: 2 },
  ],
])('tokens when %s', (_, members, usage) => {
  const events = eventsOf([delta({ content: 'Hello it' }), { ...delta({}, 'stop'), ...members }]);
  expect(events.at(-1)).toMatchObject({ type: 'end', usage, model: 'asked-1' });
});

test('sources come once each, whatever names a provider has for them', () => {
  const events = eventsOf([
    {
      ...delta({ content: 'x' }),
      citations: ['https://a.test', 'https://b.test'],
      search_results: [{ url: 'https://c.test' }],
    },
    {
      ...delta({ annotations: [{ url_citation: { url: 'https://d.test' } }] }, 'stop'),
      citations: ['https://a.test'],
    },
  ]);
  expect(events.at(-1)).toMatchObject({
    citations: ['https://a.test', 'https://b.test', 'https://c.test', 'https://d.test'],
  });
});

test('thoughts are told from words: by their own member, as parts of content, and in <think> however it is cut', () => {
  const thoughts = (events: readonly GenerationEvent[]) =>
    ['reasoning', 'text'].map((type) =>
      events.map((event) => (event.type === type && 'delta' in event ? event.delta : '')).join(''),
    );
  expect(thoughts(eventsOf([delta({ reasoning: 'hm' }), delta({ content: 'yes' })]))).toEqual(['hm', 'yes']);
  const parts = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
    { type: 'text', text: 'yes' },
  ];
  expect(thoughts(eventsOf([delta({ content: parts })]))).toEqual(['hm', 'yes']);
  const text = '<think>\nhm < a </thin b</think>\n\nyes, <think> is a tag';
  for (const size of [1, 2, 3, 5, 100]) {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    const said = thoughts(
      eventsOf(
        pieces.map((content) => delta({ content })),
        UNKNOWN,
      ),
    );
    expect(said).toEqual(['hm < a </thin b', 'yes, <think> is a tag']);
  }
});

test('text that only begins like a thought is kept whole', () => {
  const splitter = new ThinkingSplitter(UNKNOWN);
  expect([...splitter.push('<thi'), ...splitter.push('rd>'), ...splitter.end(false)]).toEqual([
    { type: 'text', delta: '<third>' },
  ]);
  expect([...new ThinkingSplitter(UNKNOWN).push('<th'), ...new ThinkingSplitter(UNKNOWN).end(false)]).toEqual(
    [],
  );
});

test('events are read however the stream is cut, with comments, CRLF, CR alone, and without empty lines', () => {
  const stream =
    ': hello\r\ndata: {"a":1}\r\n\r\nevent: x\ndata: {"b":\r\ndata: 2}\n\ndata:{"c":3}\ndata: [DONE]\n';
  for (const size of [1, 2, 7, 1000])
    for (const text of [stream, stream.replace(/\r?\n/g, '\r')]) {
      const reader = new EventReader();
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect([...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]).toEqual([
        '{"a":1}',
        '{"b":\n2}',
        '{"c":3}',
        '[DONE]',
      ]);
    }
});

test('two megabytes in one event are read in pieces, and one without end is refused', () => {
  const reader = new EventReader();
  const piece = 'x'.repeat(64 * 1024);
  reader.push('data: ');
  for (let index = 0; index < 32; index++) reader.push(piece);
  expect(reader.push('\n\n')[0]).toHaveLength(2 * 1024 * 1024);
  expect(() => {
    for (let index = 0; index < 300; index++) reader.push(piece);
  }).toThrow(EventTooLong);
});
