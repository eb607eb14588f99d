import { describe, expect, it } from 'vitest';
import { readMessage } from './message.ts';

describe('readMessage', () => {
  it('tells requests, notifications and responses apart', () => {
    expect([
      readMessage({ jsonrpc: '2.0', id: 'a', method: 'm', params: { x: 1 } }),
      readMessage({ jsonrpc: '2.0', method: 'm' }),
      readMessage({ jsonrpc: '2.0', id: 3, result: { y: 1 } }),
      readMessage({ jsonrpc: '2.0', id: 3, error: { code: -1, message: 'no' } }),
    ]).toEqual([
      { kind: 'request', id: 'a', idText: '"a"', method: 'm', params: { x: 1 } },
      { kind: 'notification', method: 'm', params: {} },
      { kind: 'response', id: 3, result: { y: 1 } },
      { kind: 'response', id: 3, error: { code: -1, message: 'no' } },
    ]);
  });

  it.each([
    [null],
    ['text'],
    [[]],
    [{ method: 'm' }],
    [{ jsonrpc: '2.0', id: null, method: 'm' }],
    [{ jsonrpc: '2.0', id: {}, method: 'm' }],
    [{ jsonrpc: '2.0', id: 1, method: 2 }],
    [{ jsonrpc: '2.0', id: 1, method: 'm', params: [1] }],
    [{ jsonrpc: '2.0', id: 1 }],
    [{ jsonrpc: '2.0', id: 1, result: 'text' }],
  ])('refuses %j', (value) => {
    expect(readMessage(value).kind).toBe('invalid');
  });

  it('keeps the id of a request that is wrong otherwise', () => {
    expect(readMessage({ jsonrpc: '1.0', id: 'kept', method: 'm' })).toMatchObject({
      kind: 'invalid',
      idText: '"kept"',
    });
  });
});
