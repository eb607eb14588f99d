import { CounterpartError } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { decodeConfig, readConfig } from './decode.ts';

const FILE = '/home/ada/project/hub.config.json';
const decode = (text: string) => decodeConfig(text, FILE);

function detailOf(text: string): string {
  try {
    decode(text);
  } catch (error) {
    if (error instanceof CounterpartError && error.code === 'CONFIG_INVALID')
      return String(error.params['detail']);
    throw error;
  }
  throw new Error('the text was accepted');
}

test('an empty object is the defaults', () => {
  expect(decode('{}')).toMatchObject({
    listen: { host: '127.0.0.1', port: 8001 },
    mcpServers: {},
    overrides: {},
  });
});

test('comments, trailing commas and a byte order mark are tolerated; text in quotes is left alone', () => {
  const config = decode(`\uFEFF{
    // where it listens
    "listen": { "port": 9000, /* free on this machine */ },
    "mcpServers": { "a": { "command": "sh", "args": ["-c", "echo // not a comment, }", "/* nor this */",], } },
  }`);
  expect(config.listen.port).toBe(9000);
  expect(config.mcpServers['a']).toEqual({
    command: 'sh',
    args: ['-c', 'echo // not a comment, }', '/* nor this */'],
  });
});

test('a block from Claude Desktop or Cursor is taken as it is', () => {
  const block = {
    weather: { command: 'npx', args: ['-y', 'weather'], env: { KEY: '${WEATHER_KEY:-none}' } },
  };
  expect(decode(JSON.stringify({ mcpServers: block })).mcpServers).toEqual(block);
});

test('a block from VS Code is taken: servers, inputs, types, variables of the editor', () => {
  const { mcpServers } = decode(`{
    "inputs": [],
    "servers": {
      "local": { "type": "stdio", "command": "\${workspaceFolder}/run", "env": { "HERE": "\${workspaceFolderBasename}" }, "dev": {} },
      "remote": { "type": "http", "url": "https://example.test/mcp", "headers": { "Authorization": "Bearer \${env:TOKEN}" } },
      "old": { "type": "sse", "url": "https://example.test/sse" }
    }
  }`);
  expect(mcpServers).toEqual({
    local: { type: 'stdio', command: '/home/ada/project/run', env: { HERE: 'project' } },
    remote: {
      type: 'http',
      url: 'https://example.test/mcp',
      headers: { Authorization: 'Bearer ${env:TOKEN}' },
    },
    old: { type: 'sse', url: 'https://example.test/sse' },
  });
});

test('the block of VS Code’s user settings, and members other programs use, are understood', () => {
  const { mcpServers } = decode(
    '{"mcp":{"servers":{"a":{"command":"a","disabled":true,"alwaysAllow":[]},"b":{"serverUrl":"https://b.test"}}}}',
  );
  expect(mcpServers).toEqual({ a: { command: 'a', enabled: false }, b: { url: 'https://b.test' } });
});

test('what only an editor can ask for is refused, with the way out and its line', () => {
  expect(detailOf('{"servers": {"gh": {\n "command": "x",\n "env": {"T": "${input:github-token}"}}}}')).toBe(
    '✖ ${input:github-token} is asked for by an editor, which a hub has none of; write ${env:GITHUB_TOKEN} and set that variable\n' +
      '  → at servers.gh.env.T, line 3',
  );
});

test('names become legal ids, always the same, and this is told', () => {
  const { config, notes } = readConfig(
    '{"mcpServers":{"Café  Tools!":{"command":"a"},"ok-1":{"command":"b"}}}',
    FILE,
  );
  expect(Object.keys(config.mcpServers)).toEqual(['cafe-tools', 'ok-1']);
  expect(notes).toEqual([expect.stringContaining('"Café  Tools!" is named "cafe-tools"')]);
});

test.each([
  ['____', 'server'],
  ['x'.repeat(40), 'x'.repeat(32)],
  ['@scope/name', 'scope-name'],
  ['a--b', 'a-b'],
])('the name %s becomes %s', (name, id) => {
  const { mcpServers } = decode(JSON.stringify({ mcpServers: { [name]: { command: 'a' } } }));
  expect(Object.keys(mcpServers)).toEqual([id]);
});

test('two names that become one id are refused', () => {
  expect(detailOf('{"mcpServers":{\n"My Server":{"command":"a"},\n"my-server":{"command":"b"}}}')).toBe(
    '✖ The names "My Server" and "my-server" both become the id "my-server"; rename one\n  → at mcpServers.my-server, line 3',
  );
});

test('every issue is told with its place in the file as it was written', () => {
  const text = `{
    "listen": { "prot": 80 },
    // third line
    "servers": {
      "My Weather": { "comand": "x", "args": [1] },
      "far": { "url": 5 },
    },
    "zzz": 1
  }`;
  expect(detailOf(text).split('\n')).toEqual([
    '✖ Unrecognized key "prot"; did you mean "port"?',
    '  → at listen.prot, line 2',
    '✖ Unrecognized key "zzz"',
    '  → at zzz, line 8',
    '✖ Invalid input: expected string, received undefined',
    '  → at servers.My Weather.command, line 5',
    '✖ Invalid input: expected string, received number',
    '  → at servers.My Weather.args.0, line 5',
    '✖ Unrecognized key "comand"; did you mean "command"?',
    '  → at servers.My Weather.comand, line 5',
    '✖ Invalid input: expected string, received number',
    '  → at far.url, line 6'.replace('far', 'servers.far'),
  ]);
});

test.each([
  ['{"a": secret-word}', '✖ not a value at line 1, column 7'],
  ['{\n  "listen": {\n', '✖ a member’s name in double quotes is missing at line 3, column 1'],
  ['{"a": 1 "b": 2}', '✖ "," or "}" is missing at line 1, column 9'],
  ['[]', '✖ Invalid input: the file must hold one object, { … }'],
  ['', '✖ unexpected end at line 1, column 1'],
])('text that is not JSON is refused with its place and without quoting it: %j', (text, detail) => {
  expect(detailOf(text)).toBe(detail);
});

test('a server that is no object, and servers that are none, are refused', () => {
  expect(detailOf('{"mcpServers": {"a": "npx a"}}')).toContain('→ at mcpServers.a, line 1');
  expect(detailOf('{"mcpServers": []}')).toContain('expected an object of servers');
});

test('a profile has defaults, and what is wrong with one is told by its place', () => {
  expect(
    decode('{ "profiles": { "ops": { "tools": { "exclude": ["effect:destructive"] } } } }').profiles,
  ).toEqual({
    ops: { mode: 'full', alwaysVisible: [], tools: { exclude: ['effect:destructive'] } },
  });
  expect(detailOf('{ "profiles": { "ops": { "serves": [] } } }')).toBe(
    '✖ Unrecognized key "serves"; did you mean "servers"?\n  → at profiles.ops.serves, line 1',
  );
  expect(detailOf('{ "profiles": { "ops": { "tools": { "include": ["effect:evil"] } } } }')).toMatch(
    /a tool's name, in which.*\n {2}→ at profiles\.ops\.tools\.include\.0, line 1/,
  );
  expect(detailOf('{ "profiles": { "My Ops": {} } }')).toMatch(/at profiles\.My Ops/);
});
