import { describe, expect, it } from 'vitest';
import { metaKeys, readCaller, takeHopMeta } from './meta.ts';

describe('takeHopMeta', () => {
  it('takes reserved keys and the progress token, and keeps trace context and keys of vendors', () => {
    const params = {
      name: 'x',
      _meta: {
        [metaKeys.protocolVersion]: '2026-07-28',
        progressToken: 0,
        traceparent: '00-1',
        'vendor.example/k': 1,
      },
    };
    expect(takeHopMeta(params)).toBe(0);
    expect(params).toEqual({ name: 'x', _meta: { traceparent: '00-1', 'vendor.example/k': 1 } });
  });

  it('leaves no empty _meta behind', () => {
    const params = { _meta: { [metaKeys.clientCapabilities]: {} } };
    expect(takeHopMeta(params)).toBeUndefined();
    expect(params).toEqual({});
  });
});

describe('readCaller', () => {
  const full = {
    [metaKeys.protocolVersion]: '2026-07-28',
    [metaKeys.clientCapabilities]: { roots: {} },
    [metaKeys.logLevel]: 'info',
  };

  it('reads who asks; clientInfo may be absent', () => {
    expect(readCaller(full)).toEqual({
      era: 'modern',
      capabilities: { roots: {} },
      clientInfo: undefined,
      logLevel: 'info',
    });
  });

  it.each([[metaKeys.protocolVersion], [metaKeys.clientCapabilities]])(
    'refuses a request without %s',
    (key) => {
      expect(readCaller({ ...full, [key]: undefined })).toMatchObject({
        code: -32602,
        status: 400,
        data: { key },
      });
    },
  );
});
