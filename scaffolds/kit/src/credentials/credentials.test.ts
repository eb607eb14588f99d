import type { AuthRequirement, Blueprint } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import type { Env } from '../env.ts';
import { blueprintOf, operationOf } from '../testing/blueprint.ts';
import { credentialsFor } from './credentials.ts';
import { buildRequest } from '../interpret/request.ts';

type Schemes = Blueprint['auth']['schemes'];

const schemes: Schemes = {
  token: { kind: 'bearer' },
  key: { kind: 'api-key', in: 'query', name: 'api key' },
  login: { kind: 'basic' },
  cert: { kind: 'mutual-tls' },
};

const envOf =
  (values: Record<string, string>): Env =>
  (name) =>
    values[name];

function sent(
  requirements: AuthRequirement[],
  env: Record<string, string>,
  own: Schemes = schemes,
): { url: string; headers: Record<string, string> } {
  const operation = operationOf({}, { auth: requirements });
  const blueprint = blueprintOf({ auth: { schemes: own, default: [] }, operations: [operation] });
  const { request } = buildRequest(blueprint, operation, {}, envOf(env));
  const { accept: _accept, ...headers } = request.headers;
  return { url: request.url.replace('https://api.example.test/v1', ''), headers };
}

describe('credentials', () => {
  test('each kind of scheme has its place', () => {
    const env = {
      TINY_TOKEN: 't',
      TINY_API_KEY: 'k&k',
      TINY_USERNAME: 'ann',
      TINY_PASSWORD: 'pa:ss',
      TINY_CREDENTIAL: 'c',
    };
    expect(sent([{ token: [] }], env)).toEqual({ url: '/it', headers: { authorization: 'Bearer t' } });
    expect(sent([{ key: [] }], env)).toEqual({ url: '/it?api%20key=k%26k', headers: {} });
    expect(sent([{ login: [] }], env).headers).toEqual({
      authorization: `Basic ${Buffer.from('ann:pa:ss').toString('base64')}`,
    });
    expect(sent([{ h: [] }], env, { h: { kind: 'api-key', in: 'header', name: 'X-Key' } }).headers).toEqual({
      'x-key': 'k&k',
    });
    expect(sent([{ c: [] }], env, { c: { kind: 'api-key', in: 'cookie', name: 'sid' } }).headers).toEqual({
      cookie: 'sid=k&k',
    });
    expect(sent([{ o: ['read'] }], env, { o: { kind: 'oauth2', flows: {} } }).headers).toEqual({
      authorization: 'Bearer t',
    });
    expect(sent([{ d: [] }], env, { d: { kind: 'http', scheme: 'Custom' } }).headers).toEqual({
      authorization: 'Custom c',
    });
  });

  test('the first alternative whose variables are all set is used', () => {
    expect(
      sent([{ token: [], key: [] }, { login: [] }], { TINY_TOKEN: 't', TINY_USERNAME: 'ann' }).headers,
    ).toEqual({ authorization: `Basic ${Buffer.from('ann:').toString('base64')}` });
    expect(
      sent([{ token: [], key: [] }, { login: [] }], {
        TINY_TOKEN: 't',
        TINY_API_KEY: 'k',
        TINY_USERNAME: 'ann',
      }),
    ).toEqual({ url: '/it?api%20key=k', headers: { authorization: 'Bearer t' } });
  });

  test('no credentials are sent where none are asked for, or where they are optional and not set', () => {
    expect(sent([], { TINY_TOKEN: 't' }).headers).toEqual({});
    expect(sent([{}, { token: [] }], {}).headers).toEqual({});
    expect(sent([{}, { token: [] }], { TINY_TOKEN: 't' }).headers).toEqual({ authorization: 'Bearer t' });
  });

  test('without any, the error names the variables of every alternative', () => {
    const operation = operationOf({}, { auth: [{ token: [], key: [] }, { login: [] }, { cert: [] }] });
    const blueprint = blueprintOf({ auth: { schemes, default: [] }, operations: [operation] });
    const wanted =
      'TINY_TOKEN and TINY_API_KEY, or TINY_USERNAME and TINY_PASSWORD, or TINY_CLIENT_CERT_FILE and TINY_CLIENT_KEY_FILE';
    expect(() => credentialsFor(blueprint, operation, envOf({}))).toThrow(
      expect.objectContaining({
        message: 'do_it needs credentials, and none are configured.',
        nextStep: `Set ${wanted}: with \`hub secret set\` where a hub runs this server, else in its environment.`,
      }),
    );
  });

  test('a credential wins over an argument for the same header', () => {
    const operation = operationOf(
      {
        parameters: [
          { key: 'api_key', name: 'api_key', in: 'header', style: 'simple', explode: false, required: false },
        ],
      },
      { auth: [{ k: [] }] },
    );
    const blueprint = blueprintOf({
      auth: { schemes: { k: { kind: 'api-key', in: 'header', name: 'API_KEY' } }, default: [] },
      operations: [operation],
    });
    const { request } = buildRequest(
      blueprint,
      operation,
      { api_key: 'mine' },
      envOf({ TINY_API_KEY: 'configured' }),
    );
    expect(request.headers['api_key']).toBe('configured');
  });
});
