import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newsIn, type ChatApi, type ChatAsk, type ChatNews } from '../../api/rooms/chat-api.ts';
import { EntryReader } from './entry-reader.ts';
import { ChatHistory } from './history.ts';
import { ChatSession } from './session.ts';
import { AnswerScreen } from './screen/answer-screen.ts';
import { CallLog } from './screen/call-log.ts';

/** A chat that plays one script for every question and keeps what it was asked. */
function scripted(script: readonly (ChatNews | Error)[]): { api: ChatApi; asked: ChatAsk[] } {
  const asked: ChatAsk[] = [];
  return {
    asked,
    api: {
      async *ask(question, signal) {
        asked.push(question);
        for (const news of script) {
          await Promise.resolve();
          signal.throwIfAborted();
          if (news instanceof Error) throw news;
          yield news;
        }
      },
      models: () => Promise.resolve([]),
      pending: () => Promise.resolve([]),
    },
  };
}

const nobody = () => undefined;
const forever = () => new AbortController().signal;

describe('a conversation', () => {
  test('sends all that was said, under one id', async () => {
    const { api, asked } = scripted([
      { type: 'text', text: 'Hello' },
      { type: 'text', text: '!' },
    ]);
    const session = new ChatSession(api, { model: 'hub/auto' });
    await session.say('Hi', nobody, forever());
    await session.say('Again', nobody, forever());
    expect(asked.map(({ messages }) => messages.map(({ content }) => content))).toEqual([
      ['Hi'],
      ['Hi', 'Hello!', 'Again'],
    ]);
    expect(new Set(asked.map(({ conversation }) => conversation)).size).toBe(1);
  });

  test('keeps what came before a stop, and nothing of a failure', async () => {
    const controller = new AbortController();
    const stopped = new ChatSession(
      scripted([
        { type: 'text', text: 'One, two' },
        { type: 'text', text: ', three' },
      ]).api,
      { model: 'm' },
    );
    const answer = await stopped.say('Count', () => controller.abort(), controller.signal);
    expect(answer).toMatchObject({ text: 'One, two', isStopped: true });
    const failed = new ChatSession(scripted([{ type: 'text', text: 'One' }, new Error('lost')]).api, {
      model: 'm',
    });
    await expect(failed.say('Count', nobody, forever())).rejects.toThrow('lost');
    expect([stopped.messages.length, failed.messages.length]).toEqual([2, 0]);
  });
});

describe('what the hub tells', () => {
  const chunk = (rest: object) => JSON.stringify({ choices: [{ delta: {} }], ...rest });

  test.each([
    [chunk({ choices: [{ delta: { content: 'Hi' } }] }), [{ type: 'text', text: 'Hi' }]],
    [
      chunk({ counterpart: { type: 'approval', id: 'p1', calls: [{ tool: 'drop' }] } }),
      [{ type: 'approval', id: 'p1', calls: [{ tool: 'drop', arguments: {} }] }],
    ],
    [chunk({ counterpart: { type: 'something-new' } }), []],
    [
      JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, cost: 0.1 } }),
      [{ type: 'usage', input: 3, output: 4, costUsd: 0.1 }],
    ],
  ])('%s', (data, news) => {
    expect([...newsIn(data)]).toEqual(news);
  });

  test.each(['{"error":{"message":"The model is away."}}', '<html>', '[]'])('%s is a failure', (data) => {
    expect(() => [...newsIn(data)]).toThrow(/gave no answer/);
  });

  test('calls are folded to one line beside the answer', () => {
    const said = { out: '', err: '' };
    const into = (name: 'out' | 'err') =>
      new Writable({ write: (chunk: Buffer, _encoding, done) => ((said[name] += chunk.toString()), done()) });
    const screen = new AnswerScreen(
      {
        stdout: into('out'),
        stderr: into('err'),
        colours: { stdout: false, stderr: false },
        liveStderr: false,
        width: 60,
      },
      new CallLog(),
      { isNumbered: true },
    );
    screen.show({ type: 'tool-started', callId: '1', name: 'list', arguments: '{"limit":\n 5}' });
    screen.show({
      type: 'tool-ended',
      callId: '1',
      name: 'list\u001b[2J',
      isError: false,
      text: 'many',
      durationMs: 12,
    });
    screen.show({ type: 'text', text: 'There are \u001b]0;owned\u0007five.' });
    screen.close();
    expect(said).toEqual({
      out: 'There are ␛]0;owned␇five.\n',
      err: '✓ 1 list␛[2J {"limit": 5} · 12 ms\n',
    });
  });
});

describe('what is typed', () => {
  const entries = (lines: readonly string[]) => {
    const reader = new EntryReader();
    return lines.flatMap((line) => {
      const entry = reader.take(line);
      return entry.kind === 'entry' ? [entry.text] : [];
    });
  };

  test.each([
    [
      ['one', 'two'],
      ['one', 'two'],
    ],
    [['one\\', 'two'], ['one\ntwo']],
    [['"""', 'one', '', 'two', '"""'], ['one\n\ntwo']],
    [['"""one', 'two"""'], ['one\ntwo']],
    [
      ['"""one"""', 'two'],
      ['one', 'two'],
    ],
  ])('%j', (lines, expected) => {
    expect(entries(lines)).toEqual(expected);
  });

  test('pasted lines are one entry', () => {
    const reader = new EntryReader();
    reader.isPasting = true;
    expect([reader.take('one'), reader.take('two')]).toEqual([{ kind: 'more' }, { kind: 'more' }]);
    reader.isPasting = false;
    expect(reader.take('three')).toEqual({ kind: 'entry', text: 'one\ntwo\nthree' });
  });

  test('is kept for its owner only, the newest first, also of several lines', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chat-history-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const history = new ChatHistory(folder);
    for (const entry of ['one', 'two\nlines', 'two\nlines', ' ']) history.add(entry);
    expect(new ChatHistory(folder).lines).toEqual(['two\nlines', 'one']);
    expect(statSync(join(folder, 'chat-history')).mode & 0o777).toBe(0o600);
  });
});
