import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../kernel/ports.ts';
import { StreamBody } from '../exchange/body.ts';
import { AnswerParts } from './answer-parts.ts';
import { readAnswer } from './read-answer.ts';
import { SameEvent } from './same-event.ts';

const event = (content: string, more = '"finish_reason":null') =>
  `data: {"id":"a","choices":[{"delta":{"content":${JSON.stringify(content)}},${more}}]}\n\n`;

/** What is found in a second event after a first one was read. */
function after(first: string, text: string, second: string): string | undefined {
  const same = new SameEvent();
  same.learn(first, text);
  return same.textIn(second);
}

test('the text of an event that is like the last one is found without reading it', () => {
  expect(after(event('one'), 'one', event('and another'))).toBe('and another');
  expect(after(event('Grüße'), 'Grüße', event('世界 🌍'))).toBe('世界 🌍');
  const spaced = event('one').replace('"content":', '"content": ');
  expect(after(spaced, 'one', spaced.replace('one', 'two'))).toBe('two');
});

test.each([
  ['another member', event('b', '"finish_reason":"stop"')],
  ['another id', event('b').replace('"a"', '"b"')],
  ['an escape', event('b\n')],
  ['a quote', event('b"')],
  ['no text', event('')],
  ['two events', event('b') + event('c')],
  ['half of one', event('b').slice(0, -1)],
  ['less', 'data: {}\n\n'],
  ['a line break that is no JSON', event('b').replace('"b"', '"b\n"')],
])('an event with %s is read', (_, second) => {
  expect(after(event('x'), 'x', second)).toBeUndefined();
});

test.each([
  ['says something else than was told', event('xy'), 'x'],
  ['has two members of that name', event('x', '"message":{"content":"x"}'), 'x'],
  ['has escapes', event('x', '"\\u0063ontent":"x"'), 'x'],
  ['says nothing', event(''), ''],
  ['has no such text', 'data: {"choices":[{"text":"x"}]}\n\n', 'x'],
])('nothing is learnt from an event that %s', (_, first, text) => {
  expect(after(first, text, first.replace('x', 'y'))).toBeUndefined();
});

test('from an answer whose events all differ nothing is learnt any more, until then from each', () => {
  const same = new SameEvent();
  for (let n = 0; n < 8; n += 1) same.learn(event('x', `"n":${n}`), 'x');
  expect(same.textIn(event('y', '"n":7'))).toBe('y');
  for (let n = 0; n < 9; n += 1) same.learn(event('x', `"n":${n}`), 'x');
  expect(same.textIn(event('y', '"n":8'))).toBeUndefined();
});

test('one event that was like the last one is reason to learn on', () => {
  const same = new SameEvent();
  for (let n = 0; n < 8; n += 1) same.learn(event('x', `"n":${n}`), 'x');
  expect(same.textIn(event('y', '"n":7'))).toBe('y');
  same.learn(event('x', '"n":8'), 'x');
  expect(same.textIn(event('y', '"n":8'))).toBe('y');
});

/** What an answer says that comes in these pieces. */
async function said(pieces: readonly string[], stop?: readonly string[]): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  const body = new PassThrough();
  const reading = readAnswer(new StreamBody(body), {
    model: 'one/two',
    parts: new AnswerParts({
      model: 'two',
      thinking: { beginning: 'never', learn: () => undefined },
      stop,
      estimatedInput: () => 7,
    }),
    redact: (text) => text,
    signal: new AbortController().signal,
    waiting: () => undefined,
    take: (one) => void events.push(one),
  });
  for (const piece of pieces) {
    body.write(piece);
    await new Promise((next) => setImmediate(next));
  }
  await reading;
  return events;
}

const LAST = `${event('', '"finish_reason":"stop"')}data: [DONE]\n\n`;

test('an answer says the same in events that are alike as in one piece, whatever stands between them', async () => {
  const pieces = [
    event('<think>so'),
    event('…</think>A'),
    event(' b'),
    event(' c'),
    event(' "d"\n'),
    event(' e'),
    event(' f').slice(0, 20),
    event(' f').slice(20),
    event(' g'),
    `data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"n","arguments":"{}"}}]}}]}\n\n`,
    event(' h'),
    event(' i'),
    LAST,
  ];
  const texts = (events: readonly GenerationEvent[], type: string) =>
    events.map((one) => (one.type === type && 'delta' in one ? one.delta : '')).join('');
  const [cut, whole] = [await said(pieces), await said([pieces.join('')])];
  expect(texts(cut, 'text')).toBe('A b c "d"\n e f g h i');
  expect(texts(cut, 'reasoning')).toBe('so…');
  expect(texts(whole, 'text')).toBe(texts(cut, 'text'));
  expect(cut.at(-1)).toEqual(whole.at(-1));
});

test('an event that stands behind half a line is none, and two in one piece are both read', async () => {
  const texts = async (...pieces: readonly string[]) =>
    (await said([...pieces, LAST])).map((one) => ('delta' in one ? one.delta : one.type));
  expect(await texts(event('a'), event('b'), 'x', event('c'), event('d'))).toEqual(['a', 'b', 'd', 'end']);
  const thought = 'data: {"choices":[{"delta":{"reasoning_content":"r"}}]}\n\n';
  expect(await texts(thought + event('a'), thought + event('b'))).toEqual(['r', 'a', 'r', 'b', 'end']);
  const rest = (content: string) => event(content).slice(20);
  expect(await texts(event('a').slice(0, 20), rest('a'), rest('b'))).toEqual(['a', 'end']);
});

test('an event with the beginning of the next is no pattern, nor is one that is not at its end', async () => {
  const texts = async (...pieces: readonly string[]) =>
    (await said([...pieces, LAST])).flatMap((one) => ('delta' in one ? [one.delta] : []));
  const pair = (first: string, second: string) => [
    event(first) + event(second).slice(0, 30),
    event(second).slice(30),
  ];
  expect(await texts(...pair('a', 'b'), ...pair('c', 'd'))).toEqual(['a', 'b', 'c', 'd']);
  expect(await texts(event('a'), event('b').slice(0, -1), event('c'))).toEqual(['a', 'b', 'c']);
});

test('what says more than a text, or no answer at all, is no pattern', async () => {
  const called = (content: string, more: string) =>
    `data: {"choices":[{"delta":{"content":"${content}","tool_calls":[{"index":0,"function":{"name":"n","arguments":"${more}"}}]}}]}\n\n`;
  const given = (await said([called('a', '1'), called('b', '1'), LAST])).flatMap((one) =>
    one.type === 'call' ? [one.delta] : [],
  );
  expect(given.join('')).toBe('11');
  const listed = (content: string) => `data: [{"content":"${content}"}]\n\n`;
  const events = await said([event('x'), listed('x'), listed('y'), LAST]);
  expect(events.flatMap((one) => ('delta' in one ? [one.delta] : []))).toEqual(['x']);
});

test('a word at which the text ends is found there as well', async () => {
  const events = await said([event('a'), event(' b'), event(' c'), event(' END d'), event(' e')], ['END']);
  expect(events.map((one) => ('delta' in one ? one.delta : one.type))).toEqual(['a', ' b', ' c', ' ', 'end']);
});
