import type { AuthRequirement, Blueprint } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { blueprintOf, operationOf } from '../testing/blueprint.ts';
import { chooseAlternative, wantedVariables } from './choose.ts';
import { credentialsFor } from './credentials.ts';
import { credentialsNeeded } from './wanted.ts';

const schemes: Blueprint['auth']['schemes'] = {
  token: { kind: 'bearer' },
  key: { kind: 'api-key', in: 'query', name: 'k' },
  login: { kind: 'basic' },
  oauth: { kind: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://a.test/t', scopes: {} } } },
  oidc: { kind: 'openid', url: 'https://id.test/.well-known/openid-configuration' },
  aws: { kind: 'aws-sigv4' },
  hmac: {
    kind: 'signature',
    signature: {
      form: 'template',
      algorithm: 'hmac-sha256',
      content: '{body}',
      places: [{ in: 'header', name: 'X-Sig', value: '{key-id}:{signature}' }],
    },
  },
  cert: { kind: 'mutual-tls' },
};
const AWS = { TINY_ACCESS_KEY_ID: 'AK', TINY_SECRET_ACCESS_KEY: 's' };
const HMAC = { TINY_SIGNING_KEY_ID: 'me', TINY_SIGNING_KEY: 'k' };
const CERT = { TINY_CLIENT_CERT_FILE: 'c.pem', TINY_CLIENT_KEY_FILE: 'k.pem' };

const setUp = (auth: AuthRequirement[], values: Record<string, string>) => {
  const operation = operationOf({}, { auth });
  const blueprint = blueprintOf({ auth: { schemes, default: [] }, operations: [operation] });
  return { blueprint, operation, env: (name: string) => values[name] };
};

type Choice = readonly [
  alternatives: AuthRequirement[],
  set: Record<string, string>,
  chosen: AuthRequirement | undefined,
];

describe('the first alternative whose settings are all present', () => {
  test.each<Choice>([
    [[{ aws: [] }], AWS, { aws: [] }],
    [[{ aws: [] }], { TINY_ACCESS_KEY_ID: 'AK' }, undefined],
    [[{ hmac: [] }], HMAC, { hmac: [] }],
    [[{ hmac: [] }], { TINY_SIGNING_KEY: 'k' }, undefined],
    [[{ cert: [] }, { key: [] }], { TINY_API_KEY: 'k' }, { key: [] }],
    [[{ cert: [] }, { key: [] }], { TINY_API_KEY: 'k', ...CERT }, { cert: [] }],
    [[{ cert: [], hmac: [] }, { key: [] }], { TINY_API_KEY: 'k', ...CERT }, { key: [] }],
    [[{ cert: [], hmac: [] }, { key: [] }], { TINY_API_KEY: 'k', ...CERT, ...HMAC }, { cert: [], hmac: [] }],
    [[{ oidc: ['a'] }], { TINY_REFRESH_TOKEN: 'r' }, { oidc: ['a'] }],
    [[{ oidc: [] }, { key: [] }], { TINY_CLIENT_ID: 'c', TINY_API_KEY: 'k' }, { key: [] }],
    [
      [{ key: [] }, { oauth: [] }],
      { TINY_API_KEY: 'k', TINY_CLIENT_ID: 'c', TINY_CLIENT_SECRET: 's' },
      { key: [] },
    ],
    [
      [{ oauth: [], key: [] }],
      { TINY_CLIENT_ID: 'c', TINY_CLIENT_SECRET: 's', TINY_API_KEY: 'k' },
      { oauth: [], key: [] },
    ],
    [[{}, { aws: [] }], AWS, { aws: [] }],
    [[{}, { aws: [] }], {}, undefined],
    [[], AWS, undefined],
  ])('%j with %j', (alternatives, set, chosen) => {
    const { blueprint, operation, env } = setUp(alternatives, set);
    expect(chooseAlternative(blueprint, operation, env, { grants: true })).toEqual(chosen);
  });

  test('does not count what a token could be had with, where nobody asks for one', () => {
    const grant = { TINY_CLIENT_ID: 'c', TINY_CLIENT_SECRET: 's' };
    const { blueprint, operation, env } = setUp([{ oauth: [] }, {}], grant);
    expect(chooseAlternative(blueprint, operation, env, { grants: false })).toBeUndefined();
  });

  test('needs no certificate where there is no TLS to show it in', () => {
    const { blueprint, operation, env } = setUp([{ cert: [], key: [] }], {
      TINY_BASE_URL: 'http://127.0.0.1:1',
      TINY_API_KEY: 'k',
    });
    expect(credentialsFor(blueprint, operation, env)).toMatchObject({
      query: ['k=k'],
      certificate: undefined,
    });
  });
});

test.each<readonly [AuthRequirement[], Record<string, string>, string]>([
  [[{ aws: [] }], {}, 'TINY_ACCESS_KEY_ID and TINY_SECRET_ACCESS_KEY'],
  [[{ aws: [] }], { TINY_ACCESS_KEY_ID: 'AK' }, 'TINY_SECRET_ACCESS_KEY'],
  [
    [{ hmac: [], cert: [] }, { login: [] }],
    HMAC,
    'TINY_CLIENT_CERT_FILE and TINY_CLIENT_KEY_FILE, or TINY_USERNAME and TINY_PASSWORD',
  ],
  [[{ oauth: [] }], {}, 'TINY_TOKEN, or TINY_CLIENT_ID and TINY_CLIENT_SECRET'],
  [[{ oauth: [] }], { TINY_CLIENT_ID: 'c' }, 'TINY_CLIENT_SECRET'],
  [[{ oidc: [] }, { token: [] }], {}, 'TINY_TOKEN, or TINY_CLIENT_ID and TINY_CLIENT_SECRET, or TINY_TOKEN'],
])('what %j still wants beside %j is named: %s', (alternatives, set, words) => {
  const { blueprint, operation, env } = setUp(alternatives, set);
  expect(wantedVariables(blueprint, operation, env)).toBe(words);
  const found = Object.keys(set).length === 0 ? 'none are configured' : 'what is configured is not enough';
  expect(() => credentialsFor(blueprint, operation, env)).toThrow(
    expect.objectContaining({ message: `do_it needs credentials, and ${found}.` }),
  );
});

test('what is enough for a service is what most of its operations can be called with', () => {
  const operations = [
    operationOf({}, { auth: [] }),
    operationOf({}, { auth: [{ login: [] }] }),
    operationOf({}, { auth: [{ oauth: [] }, { token: [] }] }),
    operationOf({}, { auth: [{ oauth: [] }, { token: [] }] }),
  ];
  const { blueprint } = setUp([{ oauth: [] }], {});
  expect(credentialsNeeded({ ...blueprint, operations })).toEqual([
    ['TINY_TOKEN'],
    ['TINY_CLIENT_ID', 'TINY_CLIENT_SECRET'],
  ]);
  const both = operationOf({}, { auth: [{ hmac: [], login: [] }] });
  expect(credentialsNeeded({ ...blueprint, operations: [both] })).toEqual([
    ['TINY_SIGNING_KEY_ID', 'TINY_SIGNING_KEY', 'TINY_USERNAME', 'TINY_PASSWORD'],
  ]);
  expect(credentialsNeeded({ ...blueprint, operations: operations.slice(0, 1) })).toEqual([]);
});
