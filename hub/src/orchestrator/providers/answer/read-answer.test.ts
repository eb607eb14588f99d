import { Readable } from 'node:stream';
import { CounterpartError } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { soon } from '../../../kernel/async/turn.ts';
import type { GenerationEvent } from '../../../kernel/ports.ts';
import { type Body, type BodyReader, StreamBody } from '../exchange/body.ts';
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
    thinking: { beginning: 'never', learn: () => undefined },
    mayBeEmpty,
    estimatedInput: () => 1,
  });
  const source = {
    model: 's/m',
    parts,
    redact: (text: string) => text.replaceAll('hidden-key', '[redacted]'),
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
    ...[null, false, ''].map((error): [string, string] => [
      `an error member that says nothing: ${JSON.stringify(error)}`,
      event({ error, choices: [] }) + hello + stop + done,
    ]),
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
    ['behind a line that is none of JSON', '{out of\nerror: out of memory\n\n'],
    ['a line of JSON alone as of Ollama', '{"error":"out of memory"}\n'],
    ['within a choice', event({ choices: [{ delta: {}, error: { message: 'out of memory' } }] }) + done],
  ])('%s', async (_, error) => {
    const { text, problem } = await read(hello + error);
    expect([text, problem]).toEqual(['hello', expect.stringMatching(/^MODEL_UNREACHABLE: .*out of memory/)]);
  });

  test('and only with its words', async () => {
    const { problem } = await read(`${hello}error: {"code":500,"message":"out of memory"}\n\n`);
    expect(problem).not.toContain('500');
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

test('what is no answer is told without secrets', async () => {
  const { problem } = await read('{"seen":"hidden-key"}');
  expect(problem).toMatch(/^MODEL_BROKEN: .*\{"seen":"\[redacted\]"\}/);
});

test('an answer without an end is cut', async () => {
  const line = Buffer.from(`:${'x'.repeat(2 ** 20)}\n`);
  const { problem } = await read(Buffer.concat(Array.from({ length: 65 }, () => line)), 2 ** 20);
  expect(problem).toMatch(/^MODEL_BROKEN: .*its answer has no end/);
});

test('a mark that stands elsewhere is a character', async () => {
  const text = Buffer.from(chunk({ content: 'a\uFEFFb' }));
  expect((await read(text + stop + done, text.indexOf('\uFEFF'))).text).toBe('a\uFEFFb');
});

describe('an answer without a word', () => {
  const role = chunk({ role: 'assistant', content: '' });

  test.each([
    ['stop', /it has not a word in it\.$/],
    ['tool_calls', /it has not a word in it\.$/],
    ['function_call_filter: MALFORMED_FUNCTION_CALL', /ended with function_call_filter: MALFORMED/],
    [`other: ${'x'.repeat(1_000)}`, /ended with other: x{93}\.$/],
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

  test('where one member of the form before tools is empty there is none', async () => {
    const nothing = chunk({ content: 'hello', function_call: { name: '', arguments: '' } });
    expect(await read(nothing + stop + done)).toMatchObject({ text: 'hello', calls: [] });
  });

  test('apart from the next one, which begins without an id where the last one ended', async () => {
    const first = call({ index: 0, function: pick });
    expect((await read(first + first + stop + done)).calls).toEqual([...once, ...once]);
    const other = call({ index: 0, function: { name: 'other', arguments: '' } });
    const given = call({ index: 0, function: { arguments: '{}' } });
    expect((await read(first + other + given + stop + done)).calls).toEqual([...once, ['other', '{}']]);
  });

  test('apart from the next of the same tool, where neither has a number or an id', async () => {
    const start = call({ function: { name: 'pick', arguments: '' } });
    const rest = call({ function: { arguments: '{"a":1}' } });
    expect((await read(start + rest + start + rest + stop)).calls).toEqual([...once, ...once]);
  });
});

/** A body that a test tells, and what became of it. */
class ToldBody implements Body {
  reader: BodyReader | undefined;
  readonly fate: string[] = [];

  read(reader: BodyReader): void {
    this.reader = reader;
  }

  leave(): void {
    this.fate.push('left');
  }

  destroy(): void {
    this.fate.push('destroyed');
  }
}

describe('a reader', () => {
  /** Reads what is told; whoever takes may give up. */
  function reading(take: (event: GenerationEvent, giveUp: () => void) => void) {
    const body = new ToldBody();
    const given = new AbortController();
    const read = readAnswer(body, {
      model: 's/m',
      parts: new AnswerParts({
        model: 'm',
        thinking: { beginning: 'never', learn: () => undefined },
        estimatedInput: () => 1,
      }),
      redact: (text) => text,
      signal: given.signal,
      waiting: () => undefined,
      take: (one) => take(one, () => given.abort(new Error('enough'))),
    });
    return { body, read };
  }

  test('leaves a body that was read, and closes one that was not', async () => {
    const whole = reading(() => undefined);
    whole.body.reader?.text(hello + stop + done);
    await whole.read;
    const broken = reading(() => undefined);
    broken.body.reader?.text(hello);
    broken.body.reader?.end();
    await expect(broken.read).rejects.toThrow(/ended|broke|cut/);
    expect([whole.body.fate, broken.body.fate]).toEqual([['left'], ['destroyed']]);
  });

  test('that gives up at a word is told no end, and nothing that comes behind', async () => {
    const events: GenerationEvent[] = [];
    const { body, read } = reading((one, giveUp) => {
      events.push(one);
      giveUp();
    });
    body.reader?.text(hello + stop + done);
    body.reader?.text(hello);
    body.reader?.end();
    await expect(read).rejects.toThrow('enough');
    expect([events.map(({ type }) => type), body.fate]).toEqual([['text'], ['destroyed']]);
  });

  test('tells each piece within the turn in which it came', () => {
    const order: string[] = [];
    const { body, read } = reading(() => {
      soon(() => order.push('soon'));
      order.push('told');
    });
    body.reader?.text(hello);
    expect(order).toEqual(['told', 'soon']);
    body.reader?.text(stop + done);
    return read;
  });
});
