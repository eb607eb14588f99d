import { Readable } from 'node:stream';
import { CounterpartError } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import type { GenerationEvent } from '../../../kernel/ports.ts';
import { StreamBody } from '../exchange/body.ts';
import { AnswerParts } from './answer-parts.ts';
import { readAnswer } from './read-answer.ts';

interface Read {
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly (readonly [name: string, given: string])[];
  readonly finish?: string | undefined;
  /** Of what went wrong, with its words. */
  readonly problem?: string | undefined;
}

/** What a body comes to, in pieces as a socket gives them. */
async function read(body: string | Buffer, pieceLength = 7, mayBeEmpty = false): Promise<Read> {
  const bytes = Buffer.from(body);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceLength) }, (_, n) =>
    bytes.subarray(n * pieceLength, (n + 1) * pieceLength),
  );
  const events: GenerationEvent[] = [];
  const parts = new AnswerParts({
    model: 'm',
    thinking: { startsThinking: false, learn: () => undefined },
    mayBeEmpty,
    estimatedInput: () => 1,
  });
  const source = {
    model: 's/m',
    parts,
    redact: (text: string) => text,
    signal: new AbortController().signal,
    waiting: () => undefined,
    take: (event: GenerationEvent) => void events.push(event),
  };
  const problem = await readAnswer(new StreamBody(Readable.from(pieces)), source).then(
    () => undefined,
    (cause: unknown) =>
      cause instanceof CounterpartError ? `${cause.code}: ${cause.message}` : String(cause),
  );
  return { ...said(events), problem };
}

function said(events: readonly GenerationEvent[]): Read {
  const words = (type: string) =>
    events.map((event) => (event.type === type && 'delta' in event ? event.delta : '')).join('');
  const calls: [string, string][] = [];
  for (const event of events) {
    if (event.type !== 'call') continue;
    const [name, given] = calls[event.index] ?? ['', ''];
    calls[event.index] = [event.name ?? name, given + event.delta];
  }
  const end = events.find((event) => event.type === 'end');
  return { text: words('text'), thoughts: words('reasoning'), calls, finish: end?.finish };
}

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
const chunk = (delta: object, finish: string | null = null): string =>
  event({ model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] });
const document = (message: object, choice: object = { finish_reason: 'stop' }): string =>
  JSON.stringify({ model: 'm', choices: [{ index: 0, message, ...choice }] });
const call = (of: object): string => chunk({ tool_calls: [of] });
const hello = chunk({ content: 'hello' });
const stop = chunk({}, 'stop');
const done = 'data: [DONE]\n\n';

describe('a body is read whole', () => {
  test.each<[what: string, body: string, pieceLength?: number]>([
    ['a stream behind a byte order mark', `\uFEFF${hello}${stop}${done}`],
    ['the same in one piece', `\uFEFF${hello}${stop}${done}`, 10_000],
    ['a document behind a byte order mark', `\uFEFF${document({ content: 'hello' })}`],
    ['a document without a reason to end', document({ content: 'hello' }, {})],
    ['a document whose reason to end is null', document({ content: 'hello' }, { finish_reason: null })],
    ['events of nothing that keep it alive', `data: \n\n${hello}data:\n\n${stop}${done}`],
    ['error members that say nothing', event({ error: null, choices: [] }) + hello + stop + done],
  ])('%s', async (_, body, pieceLength) => {
    expect(await read(body, pieceLength)).toMatchObject({
      text: 'hello',
      finish: 'stop',
      problem: undefined,
    });
  });

  test.each([
    ['<thinking>hm</thinking>hello'],
    ['<thought>\nhm</thought>\n\nhello'],
    ['[THINK]hm[/THINK]hello'],
    ['<think>hm</think>hello'],
  ])('with thoughts in it: %s', async (text) => {
    expect(await read(chunk({ content: text }) + stop)).toMatchObject({ text: 'hello', thoughts: 'hm' });
  });

  test('with thoughts under either name, also where one is empty', async () => {
    const thoughts = chunk({ reasoning_content: '', reasoning: 'hm' });
    expect(await read(thoughts + hello + stop)).toMatchObject({ text: 'hello', thoughts: 'hm' });
  });
});

describe('an error in an answer that had begun is told with its words', () => {
  test.each([
    ['an event as of vLLM', event({ object: 'error', message: 'out of memory', code: 500 }) + done],
    ['a field of its own as of llama.cpp', 'error: {"code":500,"message":"out of memory"}\n\n'],
    ['a field that is no JSON', 'error: out of memory\n\n'],
    ['a line of JSON alone as of Ollama', '{"error":"out of memory"}\n'],
    ['within a choice', event({ choices: [{ delta: {}, error: { message: 'out of memory' } }] }) + done],
  ])('%s', async (_, error) => {
    const { text, problem } = await read(hello + error);
    expect([text, problem]).toEqual(['hello', expect.stringMatching(/^MODEL_UNREACHABLE: .*out of memory/)]);
  });

  test('where only the reason to end is an error', async () => {
    const { problem } = await read(hello + chunk({}, 'error') + done);
    expect(problem).toMatch(/^MODEL_UNREACHABLE: .*ended its answer with an error/);
  });
});

describe('a document with status 200 that is no answer is told with its words', () => {
  test.each([
    ['{"object":"error","message":"out of memory"}'],
    ['{"detail":"out of memory"}'],
    ['{"code":12,"msg":"out of memory"}'],
    [document({ content: '' }, { finish_reason: 'error', error: { message: 'out of memory' } })],
  ])('%s', async (body) => {
    expect((await read(body)).problem).toMatch(/^MODEL_(?:UNREACHABLE|BROKEN): .*out of memory/);
  });
});

describe('an answer without a word', () => {
  const role = chunk({ role: 'assistant', content: '' });

  test.each([
    ['stop', /it has not a word in it\.$/],
    ['tool_calls', /it has not a word in it\.$/],
    ['function_call_filter: MALFORMED_FUNCTION_CALL', /ended with function_call_filter: MALFORMED/],
  ])('is a failure that another model may mend: %s', async (finish, words) => {
    const { problem } = await read(role + chunk({}, finish) + done);
    expect(problem).toMatch(/^MODEL_BROKEN/);
    expect(problem).toMatch(words);
  });

  test.each([
    ['length', 'length'],
    ['content_filter: SAFETY', 'content_filter'],
  ])('is one where its end says why: %s', async (reason, finish) => {
    expect(await read(role + chunk({}, reason) + done)).toMatchObject({
      text: '',
      finish,
      problem: undefined,
    });
  });

  test('is one where words may end it before it begins', async () => {
    expect(await read(role + stop + done, 7, true)).toMatchObject({ finish: 'stop', problem: undefined });
  });
});

describe('a call is read', () => {
  const pick = { name: 'pick', arguments: '{"a":1}' };
  const once = [['pick', '{"a":1}']];

  test.each([
    ['in the form before tools, as a document', document({ content: null, function_call: pick })],
    [
      'in the form before tools, in pieces',
      chunk({ function_call: { name: 'pick', arguments: '' } }) +
        chunk({ function_call: { arguments: '{"a":1}' } }) +
        chunk({ content: '', function_call: { name: '', arguments: '' } }) +
        chunk({}, 'function_call'),
    ],
    ['alone in the place of a list', chunk({ tool_calls: { index: 0, id: 'q', function: pick } }) + stop],
    ['without the object around its name', call({ index: 0, id: 'q', ...pick }) + stop],
    [
      'with its name in every piece and no id',
      call({ index: 0, function: { name: 'pick', arguments: '{"a"' } }) +
        call({ index: 0, function: { name: 'pick', arguments: ':1}' } }) +
        call({ index: 0, function: { name: 'pick', arguments: '' } }) +
        stop,
    ],
  ])('%s', async (_, body) => {
    expect(await read(body + (body.startsWith('{') ? '' : done))).toMatchObject({
      calls: once,
      finish: 'tool_calls',
      problem: undefined,
    });
  });

  test('apart from the next of the same tool, where neither has a number or an id', async () => {
    const start = call({ function: { name: 'pick', arguments: '' } });
    const rest = call({ function: { arguments: '{"a":1}' } });
    expect((await read(start + rest + start + rest + stop)).calls).toEqual([...once, ...once]);
  });
});
