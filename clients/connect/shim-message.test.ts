import { describe, expect, it } from 'vitest';
import { headerValue, readShimMessage } from './shim-message.ts';
import { ToolHeaders } from './tool-headers.ts';

describe('readShimMessage', () => {
  it('knows what the headers of a stateless request repeat', () => {
    const params = {
      name: 'echo',
      arguments: { a: 1 },
      _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
    };
    const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    expect(readShimMessage(text)).toEqual({
      text,
      id: 1,
      method: 'tools/call',
      modernVersion: '2026-07-28',
      name: 'echo',
      cancels: undefined,
      toolArguments: { a: 1 },
    });
  });

  it('knows which request a notification cancels', () => {
    const text = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}';
    expect(readShimMessage(text)).toMatchObject({ id: undefined, cancels: 'x' });
  });

  it('makes nothing of what is not JSON', () => {
    expect(readShimMessage('{"jsonrpc"')).toBeUndefined();
  });
});

describe('headerValue', () => {
  it('leaves plain text and encodes all else', () => {
    expect(['plain text', 'größe', ' blank', '', '=?base64?eA==?='].map(headerValue)).toEqual([
      'plain text',
      '=?base64?Z3LDtsOfZQ==?=',
      '=?base64?IGJsYW5r?=',
      '=?base64??=',
      '=?base64?PT9iYXNlNjQ/ZUE9PT89?=',
    ]);
  });
});

describe('ToolHeaders', () => {
  it('repeats annotated arguments of tools whose list passed by', () => {
    const inputSchema = {
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        deep: { properties: { limit: { type: 'integer', 'x-mcp-header': 'Limit' } } },
      },
    };
    const headers = new ToolHeaders();
    headers.learn(JSON.stringify({ result: { tools: [{ name: 'search', inputSchema }] } }));
    expect(headers.of('search', { region: 'ü', deep: { limit: 5 } })).toEqual({
      'mcp-param-Region': '=?base64?w7w=?=',
      'mcp-param-Limit': '5',
    });
    expect(headers.of('search', { region: null })).toEqual({});
    expect(headers.of('other', { region: 'eu' })).toEqual({});
  });
});
