import { describe, expect, it } from 'vitest';
import { exactText, parseExact, parseFrame, parsePlain } from './exact-numbers.ts';

const frame = (args: string): string =>
  `{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call","params":{"name":"a","arguments":${args}}}`;
const written = (args: string): string => {
  const { params } = parseFrame(frame(args)) as { params: { arguments: object } }; // the frame above
  return JSON.stringify(params.arguments);
};

describe('parseFrame', () => {
  it('keeps the text of numbers that no double holds, in arguments', () => {
    const exact = '{"id":9007199254740993,"list":[123456789012345678901234567890,-0,1e400,-1.5E-400]}';
    expect(written(exact)).toBe(exact);
    for (const alone of ['9007199254740993', '-9007199254740993', '9007199254740.993', '-0', '1e400'])
      expect(written(`{"n":${alone}}`)).toBe(`{"n":${alone}}`);
    expect(written('{"fine":0.100000000000000000000000000001}')).toBe(
      '{"fine":0.100000000000000000000000000001}',
    );
  });

  it('keeps it wherever else a client writes numbers: in answers, errors, answers in a request, and what is its own', () => {
    const big = '9007199254740993';
    for (const whole of [
      `{"jsonrpc":"2.0","id":1,"result":{"content":{"n":${big}}}}`,
      `{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m","data":-0 }}`,
      `{"id":1,"method":"tools/call","params":{"name":"a","inputResponses":{"k":{"n":${big}}}}}`,
      `{"id":1,"method":"tools/call","params":{"name":"a","_meta":{"vendor/x":[${big}]}}}`,
      `{"id":1,"method":"tools/call","params":{"name":"a","_meta":{"progressToken":${big}}}}`,
      `{"method":"notifications/cancelled","params":{"requestId":${big}}}`,
    ])
      expect(JSON.stringify(parseFrame(whole))).toBe(whole.replaceAll(' ', ''));
  });

  it('leaves other numbers numbers, and strings as they are', () => {
    expect(
      parseFrame(frame('{"a":1.5,"b":9007199254740991,"c":"1e400","d":-0.5,"big":12345678901234567890}')),
    ).toMatchObject({
      params: { arguments: { a: 1.5, b: 9007199254740991, c: '1e400', d: -0.5 } },
    });
    expect(parseFrame('[-0 ]')).toEqual([-0]);
    expect(parseFrame('{"method":"a","params":{"arguments":-0 }}')).toEqual({
      method: 'a',
      params: { arguments: -0 },
    });
  });

  it('keeps the digits of an id', () => {
    const { id } = parseFrame(frame('{}')) as { id: unknown }; // the frame above
    expect([exactText(id), exactText(7), exactText({ rawJSON: '7' })]).toEqual([
      '9007199254740993',
      undefined,
      undefined,
    ]);
    expect(parseFrame('{"id":1.5}')).toEqual({ id: 1.5 });
  });

  it('does the same for each message of a batch', () => {
    const args = '{"id":9007199254740993}';
    const batch = `[${frame(args)},[],{"id":7}]`;
    const [first, ...others] = parseFrame(batch) as { id: unknown; params: { arguments: object } }[]; // the batch above
    expect([exactText(first?.id), JSON.stringify(first?.params.arguments), others]).toEqual([
      '9007199254740993',
      args,
      [[], { id: 7 }],
    ]);
  });

  it('throws for what is not JSON', () => {
    expect(() => parseFrame('{"a":')).toThrow(SyntaxError);
  });
});

describe('parsePlain', () => {
  it('gives a number that no double holds as the text of its digits, also where it was kept as it came', () => {
    const json =
      '{"id":9007199254740993,"list":[-9007199254740993],"n":7,"part":0.5,"text":"9007199254740993"}';
    const plain = {
      id: '9007199254740993',
      list: ['-9007199254740993'],
      n: 7,
      part: 0.5,
      text: '9007199254740993',
    };
    const kept = JSON.stringify(parseExact(json));
    expect([parsePlain(json), parsePlain(kept), parsePlain(JSON.stringify(plain))]).toEqual([
      plain,
      plain,
      plain,
    ]);
  });
});
