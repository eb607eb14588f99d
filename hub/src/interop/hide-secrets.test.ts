import { describe, expect, it } from 'vitest';
import { parseEnv } from 'node:util';
import { hideSecrets, looksSecret, maskRow } from './hide-secrets.ts';
import { withSecrets } from './secrets-file.ts';

describe('looksSecret', () => {
  it.each([
    ['GITHUB_TOKEN', 'abcd1234', true],
    ['apiKey', 'abcd1234', true],
    ['x-api-key', 'abcd1234', true],
    ['DATABASE_URL', 'postgres://me:hunter2@db/x', true],
    ['ANYTHING', 'ghp_0123456789abcdef', true],
    ['GITHUB_TOKEN', '${env:GITHUB_TOKEN}', false],
    ['SSH_KEY_FILE', '/home/me/.ssh/id', false],
    ['MAX_TOKENS', '4096', false],
    ['LOG_LEVEL', 'debug', false],
    ['KEYBOARD', 'qwertz', false],
  ])('%s=%s: %s', (name, value, expected) => {
    expect(looksSecret(name, value)).toBe(expected);
  });
});

describe('hideSecrets', () => {
  it('takes secrets out of arguments, variables, headers and addresses', () => {
    const command = hideSecrets(
      'db',
      {
        command: 'x',
        args: ['--token', 'abcd1234', '--api-key=efgh5678', '-v'],
        env: { PASSWORD: 'hunter22', N: 3 },
      },
      {},
    );
    expect(command).toEqual({
      entry: {
        command: 'x',
        args: ['--token', '${env:DB_TOKEN}', '--api-key=${env:DB_API_KEY}', '-v'],
        env: { PASSWORD: '${env:DB_PASSWORD}', N: 3 },
      },
      secrets: { DB_TOKEN: 'abcd1234', DB_API_KEY: 'efgh5678', DB_PASSWORD: 'hunter22' },
    });
    const remote = hideSecrets(
      'far',
      {
        url: 'https://u:pw12@x.example/mcp?key=abcd1234&page=2',
        headers: { Authorization: 'Bearer abcd1234' },
      },
      {},
    );
    expect(remote.entry).toEqual({
      url: 'https://u:${env:FAR_PASSWORD}@x.example/mcp?key=${env:FAR_KEY}&page=2',
      headers: { Authorization: 'Bearer ${env:FAR_AUTHORIZATION}' },
    });
  });

  it('gives two different values two names, and one value one name', () => {
    const entry = { command: 'x', env: { SHARED_SECRET: 'second1' } };
    expect(hideSecrets('b', entry, { SHARED_SECRET: 'first11' }).secrets).toEqual({
      B_SHARED_SECRET: 'second1',
    });
    expect(hideSecrets('b', entry, { SHARED_SECRET: 'second1' }).secrets).toEqual({
      SHARED_SECRET: 'second1',
    });
  });
});

it('a shown row holds no secret', () => {
  const row =
    '  "a": { "url": "https://x?api_key=abcd1234", "headers": { "Authorization": "Bearer abcd1234" }, "n": "ok" },';
  expect(maskRow(row)).toBe(
    '  "a": { "url": "https://x?api_key=••••••", "headers": { "Authorization": "Bearer ••••••" }, "n": "ok" },',
  );
});

it.each([
  ['COUNTERPART_TOKEN = "abcd1234" # mine', 'COUNTERPART_TOKEN = "••••••" # mine'],
  [
    'http_headers = { "Authorization" = "Bearer abcd1234", n = \'ok\' }',
    'http_headers = { "Authorization" = "Bearer ••••••", n = \'ok\' }',
  ],
  ["API_KEY = 'abcd1234'", "API_KEY = '••••••'"],
  ['  Authorization: Bearer abcd1234', '  Authorization: Bearer ••••••'],
  ['  A_TOKEN: abcd1234 # mine', '  A_TOKEN: •••••• # mine'],
  ["  'A_TOKEN': 'abcd1234'", "  'A_TOKEN': '••••••'"],
  ['envs: { A_TOKEN: abcd1234, LEVEL: debug }', 'envs: { A_TOKEN: ••••••, LEVEL: debug }'],
  ['  - --token=abcd1234', '  - --token=••••••'],
  ['  - url: https://u:abcd1234@x.example/', '  - url: https://u:••••••@x.example/'],
  ['  command: npx', '  command: npx'],
])('a row of TOML or YAML is shown without its secrets: %s', (row, shown) => {
  expect(maskRow(row)).toBe(shown);
});

it('the secrets file gives back what was put in, and keeps what stood there', () => {
  const values = { A: 'plain', B: "it's", C: 'back`tick and "both"', D: '# no comment', E: 'a$b\\n' };
  const text = withSecrets('# mine\nOLD=1\nA=before\n', values);
  expect(parseEnv(text)).toEqual({ OLD: '1', ...values });
  expect(text.startsWith('# mine\nOLD=1\n')).toBe(true);
});
