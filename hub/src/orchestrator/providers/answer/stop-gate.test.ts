import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../kernel/ports.ts';
import { AnswerParts } from './answer-parts.ts';
import { StreamBody } from '../exchange/body.ts';
import { readAnswer } from './read-answer.ts';
import { StopGate } from './stop-gate.ts';

const through = (words: readonly string[], pieces: readonly string[]): string => {
  const gate = new StopGate(words);
  return pieces.map((piece) => gate.push(piece)).join('') + gate.end();
};

test('a text ends before the first of the words, however it is cut into pieces', () => {
  const text = 'One END two STOP three';
  for (let size = 1; size <= text.length; size += 1) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
      text.slice(n * size, (n + 1) * size),
    );
    expect(through(['STOP', 'END'], pieces)).toBe('One ');
    expect(through(['ENDE', '', 'twos'], pieces)).toBe(text);
  }
  expect(through(['aab'], ['aa', 'aab', 'c'])).toBe('aa');
  expect(through(['END'], ['One E', 'N'])).toBe('One EN');
});

test('only what may become one of the words is held', () => {
  const gate = new StopGate(['\n\nUser:']);
  expect([gate.push('Hello\n'), gate.push('\nUs'), gate.push('ed'), gate.isShut]).toEqual([
    'Hello',
    '',
    '\n\nUsed',
    false,
  ]);
});

test('an answer is over at the word, and nobody waits for a provider that goes on', async () => {
  const events: GenerationEvent[] = [];
  const body = new PassThrough();
  const reading = readAnswer(new StreamBody(body), {
    model: 'one/two',
    parts: new AnswerParts({
      model: 'two',
      thinking: { beginning: 'never', learn: () => undefined },
      stop: ['END'],
      estimatedInput: () => 7,
    }),
    redact: (text) => text,
    signal: new AbortController().signal,
    waiting: () => undefined,
    take: (event) => void events.push(event),
  });
  for (const content of ['<think>not the END</think>', 'Here. E', 'ND and more'])
    body.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
  await reading;
  const said = (type: string) =>
    events.map((event) => (event.type === type && 'delta' in event ? event.delta : '')).join('');
  expect([said('reasoning'), said('text')]).toEqual(['not the END', 'Here. ']);
  expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'stop' });
  body.destroy();
});
