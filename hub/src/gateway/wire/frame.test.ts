import { describe, expect, it } from 'vitest';
import type { RawReply } from '../../kernel/ports.ts';
import { bytesOnOneLine, findMember, spliceReply, type Wire } from './frame.ts';
import { idTextOf } from '../../kernel/protocol/rpc/rpc-id.ts';

const MEMBERS = '"resultType":"complete",';

/** A reply whose id is marked in the text as `«7»`. */
function reply(marked: string): RawReply {
  const at = Buffer.from(marked.slice(0, marked.indexOf('«'))).length;
  const frame = Buffer.from(marked.replace('«', '').replace('»', ''));
  return { kind: 'frame', frame, idStart: at, idEnd: at + 1, isError: false, era: 'legacy' };
}

function text(wire: Wire): string {
  if (wire.kind === 'utf8') return wire.text;
  return (wire.kind === 'latin1' ? Buffer.from(wire.text, 'latin1') : Buffer.concat(wire.parts)).toString();
}

describe('spliceReply', () => {
  const cases: [name: string, frame: string, expected: string][] = [
    [
      'id first',
      '{"jsonrpc":"2.0","id":«7»,"result":{"a":1}}',
      '{"jsonrpc":"2.0","id":"x","result":{"resultType":"complete","a":1}}',
    ],
    [
      'result first',
      '{"result":{"a":1},"jsonrpc":"2.0","id":«7»}',
      '{"result":{"resultType":"complete","a":1},"jsonrpc":"2.0","id":"x"}',
    ],
    [
      'result between',
      '{"jsonrpc":"2.0","result":{"a":1},"id":«7»}',
      '{"jsonrpc":"2.0","result":{"resultType":"complete","a":1},"id":"x"}',
    ],
    [
      'empty result',
      '{"jsonrpc":"2.0","id":«7»,"result":{}}',
      '{"jsonrpc":"2.0","id":"x","result":{"resultType":"complete"}}',
    ],
    [
      'blanks',
      '{ "jsonrpc": "2.0", "id": «7», "result": { } }',
      '{ "jsonrpc": "2.0", "id": "x", "result": {"resultType":"complete" } }',
    ],
    ['no object', '{"jsonrpc":"2.0","id":«7»,"result":[1]}', '{"jsonrpc":"2.0","id":"x","result":[1]}'],
    [
      'not ASCII',
      '{"jsonrpc":"2.0","id":«7»,"result":{"a":"größer 😀"}}',
      '{"jsonrpc":"2.0","id":"x","result":{"resultType":"complete","a":"größer 😀"}}',
    ],
  ];
  it.each(cases)('replaces the id and adds members: %s', (_name, frame, expected) => {
    expect(text(spliceReply(reply(frame), '"x"', MEMBERS))).toBe(expected);
  });

  it('is not misled by ids and results inside the payload', () => {
    const payload = '{"id":7,"result":{"id":7},"text":"\\"id\\":7,\\"result\\":{"}';
    const frame = reply(`{"meta":${payload},"jsonrpc":"2.0","result":${payload},"id":«7»}`);
    const spliced = text(spliceReply(frame, '41', MEMBERS));
    const inner = JSON.parse(payload) as object;
    expect(JSON.parse(spliced)).toEqual({
      meta: inner,
      jsonrpc: '2.0',
      result: { resultType: 'complete', ...inner },
      id: 41,
    });
  });

  it('leaves everything but the id untouched without members', () => {
    const wire = spliceReply(
      reply('{"jsonrpc":"2.0","id":«7»,"result":{"big":12345678901234567890,"z":1.0}}'),
      '3',
      '',
    );
    expect(text(wire)).toBe('{"jsonrpc":"2.0","id":3,"result":{"big":12345678901234567890,"z":1.0}}');
  });

  it('gives large frames as the buffers they were', () => {
    const frame = reply(`{"jsonrpc":"2.0","id":«7»,"result":{"text":"${'ä'.repeat(20_000)}"}}`);
    const wire = spliceReply(frame, '8', MEMBERS);
    expect(wire.kind).toBe('bytes');
    expect(JSON.parse(text(wire))).toMatchObject({
      id: 8,
      result: { resultType: 'complete', text: 'ä'.repeat(20_000) },
    });
  });

  it('makes one line of a frame that was printed over several', () => {
    const wire = spliceReply(reply('{\n"jsonrpc":"2.0",\r\n"id":«7»,\n"result":{\n}\n}'), '8', MEMBERS);
    expect(text(wire)).not.toMatch(/[\r\n]/);
    expect(JSON.parse(text(wire))).toEqual({ jsonrpc: '2.0', id: 8, result: { resultType: 'complete' } });
  });

  it('leaves the lines of a large one to whoever ends a message with a line', () => {
    const frame = reply(`{"jsonrpc":"2.0",\r\n"id":«7»,\n"result":{"text":"${'x'.repeat(20_000)}"\n}}`);
    const wire = spliceReply(frame, '8', '');
    expect(text(wire)).toMatch(/[\r\n]/);
    const line = text({ kind: 'bytes', parts: wire.kind === 'bytes' ? wire.parts.map(bytesOnOneLine) : [] });
    expect(line).not.toMatch(/[\r\n]/);
    expect(JSON.parse(line)).toEqual(JSON.parse(text(wire)));
  });
});

describe('findMember', () => {
  it('finds only members of the outermost object', () => {
    const frame = Buffer.from('{"a":{"result":1},"b":"result","c":["result"],"result" : 2}');
    expect(findMember(frame, 'result')).toBe(frame.length - 2);
    expect(findMember(Buffer.from('{"a":{"result":{}}}'), 'result')).toBeUndefined();
  });

  it('ends on text that is cut off', () => {
    expect(findMember(Buffer.from('{"a":"b\\'), 'result')).toBeUndefined();
  });
});

describe('idTextOf', () => {
  it('is ASCII that means the same id', () => {
    for (const id of ['plain', 'größe 😀 "q" \\', 12, 1.5, '7']) {
      expect(JSON.parse(idTextOf(id))).toBe(id);
      expect(idTextOf(id)).toMatch(/^[\x20-\x7e]*$/);
    }
  });
});
