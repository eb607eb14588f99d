import { describe, expect, it } from 'vitest';
import { checkStandardHeaders, decodeHeaderValue } from './headers.ts';
import { checkParamHeaders, paramHeadersOf } from './param-headers.ts';

const V = '2026-07-28';
const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

describe('decodeHeaderValue', () => {
  it.each([
    ['plain', 'plain'],
    [base64('größe 😀'), 'größe 😀'],
    [base64(''), ''],
    ['=?base64?SGVsbG8=', '=?base64?SGVsbG8='],
    ['SGVsbG8=', 'SGVsbG8='],
    ['=?base64?SGVsbG8?=', undefined],
    ['=?base64?SGVs!!!bG8=?=', undefined],
    ['=?base64?/w==?=', undefined],
  ])('%s stands for %s', (header, value) => {
    expect(decodeHeaderValue(header)).toBe(value);
  });
});

describe('checkStandardHeaders', () => {
  const good = { 'mcp-protocol-version': V, 'mcp-method': 'tools/call', 'mcp-name': 'größe' };
  const check = (headers: object): unknown =>
    checkStandardHeaders({ ...good, ...headers }, V, 'tools/call', { name: 'größe' })?.code;

  it('accepts headers that agree with the body', () => {
    expect(check({})).toBeUndefined();
    expect(check({ 'mcp-name': base64('größe') })).toBeUndefined();
  });

  it.each([
    [{ 'mcp-protocol-version': undefined }],
    [{ 'mcp-protocol-version': '2025-11-25' }],
    [{ 'mcp-method': undefined }],
    [{ 'mcp-method': 'TOOLS/CALL' }],
    [{ 'mcp-name': undefined }],
    [{ 'mcp-name': 'Größe' }],
    [{ 'mcp-name': '=?base64?%%%?=' }],
  ])('refuses %j', (headers) => {
    expect(check(headers)).toBe(-32020);
  });

  it('asks for no name where the body has none', () => {
    expect(
      checkStandardHeaders({ 'mcp-protocol-version': V, 'mcp-method': 'tools/list' }, V, 'tools/list', {}),
    ).toBeUndefined();
  });
});

describe('checkParamHeaders', () => {
  const tool = {
    name: 't',
    inputSchema: {
      type: 'object' as const,
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        limit: { type: 'integer', 'x-mcp-header': 'Limit' },
        deep: { type: 'object', properties: { on: { type: 'boolean', 'x-mcp-header': 'On' } } },
        ratio: { type: 'number', 'x-mcp-header': 'Ratio' },
        bad: { type: 'string', 'x-mcp-header': 'not a token' },
        list: { type: 'array', items: { type: 'string', 'x-mcp-header': 'Item' } },
      },
    },
  };
  const check = (headers: Record<string, string>, args: unknown): unknown =>
    checkParamHeaders(headers, tool, args)?.code;

  it('knows the legal annotations that are reached through properties alone', () => {
    expect(paramHeadersOf(tool).map(({ name }) => name)).toEqual(['Region', 'Limit', 'On']);
  });

  it('accepts values that agree, numbers by their value', () => {
    const headers = { 'mcp-param-region': base64('eu'), 'mcp-param-limit': '5.0', 'mcp-param-on': 'true' };
    expect(check(headers, { region: 'eu', limit: 5, deep: { on: true } })).toBeUndefined();
  });

  it('refuses missing, malformed and different values', () => {
    expect(check({}, { region: 'eu' })).toBe(-32020);
    expect(check({ 'mcp-param-region': 'us' }, { region: 'eu' })).toBe(-32020);
    expect(check({ 'mcp-param-region': '=?base64?!?=' }, { region: 'eu' })).toBe(-32020);
    expect(check({ 'mcp-param-limit': '' }, { limit: 0 })).toBe(-32020);
  });

  it('expects nothing for arguments that are absent or null', () => {
    expect(check({ 'mcp-param-region': 'us' }, { region: null })).toBeUndefined();
    expect(check({}, undefined)).toBeUndefined();
  });
});
