import type { ServiceServer } from '@counterpart/schemas';
import { CounterpartError } from '@counterpart/schemas/errors';
import { describe, expect, test } from 'vitest';
import { blueprintOf, operationOf } from '../testing/blueprint.ts';
import { baseUrlOf } from './base-url.ts';

const base = (servers: ServiceServer[], env: Record<string, string> = {}, own?: ServiceServer[]): string =>
  baseUrlOf(blueprintOf({ servers }), operationOf(own ? { servers: own } : {}), (name) => env[name]);

function wantedVariable(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof CounterpartError ? error.params['variable'] : error;
  }
  return undefined;
}

describe('the base URL', () => {
  test('is the first absolute one, without a slash, query or fragment at its end', () => {
    expect(base([{ url: '/v1' }, { url: 'https://a.test/v1/?x=1#y' }, { url: 'https://b.test' }])).toBe(
      'https://a.test/v1',
    );
  });

  test('may be written as tools of gRPC write it', () => {
    expect(base([], { TINY_BASE_URL: 'grpc://127.0.0.1:50051' })).toBe('http://127.0.0.1:50051');
    expect(base([{ url: 'grpcs://a.test' }], { TINY_BASE_URL: 'grpcs://a.test:443/' })).toBe(
      'https://a.test:443',
    );
  });

  test('fills variables from the environment, else from their defaults', () => {
    const server = {
      url: 'https://{region}.a.test/{stage}',
      variables: { region: { default: 'eu', enum: ['eu', 'us'] }, stage: { default: 'live' } },
    };
    expect(base([server])).toBe('https://eu.a.test/live');
    expect(base([server], { TINY_REGION: 'us', TINY_STAGE: 'test' })).toBe('https://us.a.test/test');
    expect(() => base([server], { TINY_REGION: 'mars' })).toThrow('TINY_REGION: expected one of eu, us.');
  });

  test("an operation's own servers replace the blueprint's, and the environment replaces both", () => {
    expect(base([{ url: 'https://a.test' }], {}, [{ url: 'https://up.test' }])).toBe('https://up.test');
    expect(
      base([{ url: 'https://a.test' }], { TINY_BASE_URL: 'http://127.0.0.1:1/m/' }, [
        { url: 'https://up.test' },
      ]),
    ).toBe('http://127.0.0.1:1/m');
  });

  test.each([[[]], [[{ url: '/api/v3' }]], [[{ url: 'https:///v1' }]]])(
    '%j needs the variable that the error names',
    (servers) => {
      expect(() => base(servers)).toThrow(/has no absolute base URL/);
      expect(wantedVariable(() => base(servers))).toBe('TINY_BASE_URL');
    },
  );

  test('an address that is not http, or keeps an open variable, is refused', () => {
    expect(() => base([], { TINY_BASE_URL: 'file:///etc/passwd' })).toThrow(/not an http/);
    expect(wantedVariable(() => base([{ url: 'https://{tenant}.a.test' }]))).toBe('TINY_TENANT');
  });
});
