import { hubError } from '@counterpart/schemas';
import { describe, expect, it } from 'vitest';
import type { Era, RawReply } from '../../kernel/ports.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import { answerOf, translateError } from './answer.ts';

const frame = (text: string, era: Era, isError = false): RawReply => {
  const at = text.indexOf('"id":7') + 5;
  return { kind: 'frame', frame: Buffer.from(text), idStart: at, idEnd: at + 1, isError, era };
};

describe('translateError', () => {
  it.each([
    ['the hub’s own headers', -32020, 'modern', -32603, 200],
    ['the hub’s own version', -32022, 'modern', -32603, 200],
    ['a missing capability', -32021, 'modern', -32021, 400],
    ['a missing capability', -32021, 'legacy', -32600, 200],
    ['a missing resource', -32002, 'modern', -32602, 200],
    ['a missing resource', -32002, 'legacy', -32002, 200],
    ['a code withdrawn in 2026-07-28', -32042, 'modern', -32603, 200],
    ['an unknown method', -32601, 'modern', -32601, 404],
    ['a code of its own', 429, 'modern', 429, 200],
  ] as const)('%s (%i) to a %s client', (...[, code, era, expected, status]) => {
    expect(translateError({ code, message: 'm', data: { d: 1 } }, era)).toEqual({
      code: expected,
      message: 'm',
      data: { d: 1 },
      status,
    });
  });
});

describe('answerOf', () => {
  const plain = '{"jsonrpc":"2.0","id":7,"result":{"a":1}}';
  const read = (text: string): unknown => JSON.parse(text);
  const textOf = (reply: RawReply, era: Era, method = 'tools/call'): unknown => {
    const { wire } = answerOf(reply, { idText: '1', method, era });
    return wire.kind === 'bytes' ? undefined : JSON.parse(wire.text);
  };

  it.each([
    ['[1,{"a":"]"}]', '{"result":[1,{"a":"]"}]}'],
    ['null', '{"result":null}'],
    ['"a\\"structuredContent\\":{"', '{"result":"a\\"structuredContent\\":{"}'],
    [' 7 ', '{"result":7}'],
    ['{"a":[]}', '{"a":[]}'],
  ])('gives a legacy client the structured content %s of a modern server as %s', (value, expected) => {
    for (const [before, after] of [
      ['', ''],
      ['"resultType":"complete","content":[{"text":"\\"structuredContent\\""}],', ',"_meta":{}'],
      ['"_meta":{"structuredContent":[0]},', ',"resultType":"complete"'],
    ] as const) {
      const text = `{"jsonrpc":"2.0","id":7,"result":{${before}"structuredContent":${value}${after}}}`;
      const said = (reply: RawReply, era: Era) => membersOf(membersOf(textOf(reply, era))['result']);
      expect(said(frame(text, 'modern'), 'legacy')).toMatchObject({
        structuredContent: read(expected),
      });
      expect(said(frame(text, 'modern'), 'legacy')).not.toHaveProperty('resultType');
      expect(said(frame(text, 'modern'), 'modern')).toMatchObject({ structuredContent: read(value) });
      // Between two of the same age it passes as it came.
      expect(said(frame(text, 'legacy'), 'legacy')).toMatchObject({ structuredContent: read(value) });
    }
  });

  it('answers for an error that is no JSON, or nested without end, with one of its own', () => {
    const deep = `{"code":1,"message":"m","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    for (const error of ['{oops}', deep]) {
      const reply = frame(`{"jsonrpc":"2.0","id":7,"error":${error}}`, 'legacy', true);
      expect([textOf(reply, 'modern'), textOf(reply, 'legacy')]).toMatchObject([
        { id: 1, error: { code: -32603 } },
        { id: 1, error: { code: -32603 } },
      ]);
    }
  });

  it('completes a legacy result for a modern client, and says that a read resource is not to be kept', () => {
    expect(textOf(frame(plain, 'legacy'), 'modern')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { resultType: 'complete', a: 1 },
    });
    expect(textOf(frame(plain, 'legacy'), 'modern', 'resources/read')).toMatchObject({
      result: { ttlMs: 0, cacheScope: 'private', a: 1 },
    });
  });

  it('changes nothing else in the other three pairs of eras', () => {
    for (const [server, client] of [
      ['legacy', 'legacy'],
      ['modern', 'modern'],
      ['modern', 'legacy'],
    ] as const) {
      expect(textOf(frame(plain, server), client)).toEqual({ jsonrpc: '2.0', id: 1, result: { a: 1 } });
    }
  });

  it('gives an error of the hub its code, its fix and its page', () => {
    const error = hubError('CALL_TIMEOUT', { server: 's', method: 'tools/call', timeoutMs: 5 });
    const { wire } = answerOf(
      { kind: 'failure', error },
      { idText: '1', method: 'tools/call', era: 'legacy' },
    );
    const data = { code: 'CALL_TIMEOUT', fix: error.fix, docs: 'docs/errors.md#call_timeout' };
    expect(JSON.parse(wire.kind === 'utf8' ? wire.text : '')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32603, message: error.message, data },
    });
  });
});
