import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PersonToken } from '@counterpart/schemas';
import { z } from 'zod';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let place: TestHome;
beforeEach(() => {
  place = createTestHome({ listen: { port: 8123 } });
});
afterEach(() => place.dispose());

const Desktop = z.object({
  mcpServers: z.object({ counterpart: z.object({ command: z.string(), args: z.array(z.string()) }) }),
});
const Cursor = z.object({
  mcpServers: z.object({
    counterpart: z.object({ url: z.string(), headers: z.record(z.string(), z.string()) }),
  }),
});
const CURSOR = 'user/.cursor/mcp.json';
const commented = `{
  // my own servers
  "theme": "dark", /* not the hub's */
  "mcpServers": {
    "github": {
      "command": "npx",
      "args": ["-y", "server-github", "--token=tok_0123456789abcdef"],
      "env": { "GITHUB_TOKEN": "ghp_0123456789abcdefghij", "LOG_LEVEL": "debug" }
    }, // from work
  },
}
`;
const readText = (file: string) => readFileSync(file, 'utf8');

test('connecting keeps comments, order and unknown keys, and undo restores the file byte for byte', async () => {
  const file = place.write(CURSOR, commented);
  const connected = await place.run(['connect', 'cursor']);
  expect(connected).toMatchObject({ code: 0, stderr: '' });
  expect(readText(file)).toBe(
    commented.replace(
      '}, // from work\n',
      '}, // from work\n    "counterpart": {\n      "url": "http://127.0.0.1:8123/mcp"\n    }\n',
    ),
  );
  expect(connected.stdout).not.toContain('0123456789');
  expect((await place.run(['connect', 'cursor'])).stdout).toContain('already knows the hub');
  expect((await place.run(['undo'])).code).toBe(0);
  expect(readText(file)).toBe(commented);
});

test('a client that only launches commands gets absolute paths to this Node and this hub', async () => {
  const file = place.write('user/.config/Claude/claude_desktop_config.json', '{\n\t"scale": 1.50\n}');
  const { code } = await place.run(['connect', 'claude-desktop']);
  expect(code).toBe(0);
  expect(readText(file)).toContain('"scale": 1.50,');
  const { command, args } = Desktop.parse(JSON.parse(readText(file))).mcpServers.counterpart;
  expect(existsSync(command)).toBe(true);
  expect(existsSync(args[0] ?? '')).toBe(true);
  expect(args.slice(1)).toEqual(['stdio', '--home', place.home]);
});

test('a client of a person gets their token, which is shown nowhere and held against the hub that runs', async () => {
  verifies('D08');
  const cursor = place.write(CURSOR, '{}\n');
  const desktop = place.write('user/.config/Claude/claude_desktop_config.json', '{}\n');
  await place.run(['start', '--detach', '--port', '0']);
  const { token } = PersonToken.parse(
    JSON.parse((await place.run(['people', 'add', 'anna', '--json'])).stdout),
  );
  const env = { COUNTERPART_TOKEN: token };
  const first = await place.run(['connect', 'cursor', '--person'], { env });
  const second = await place.run(['connect', 'claude-desktop', '--person', '--json'], { env });
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(`${first.stdout}${first.stderr}${second.stdout}${second.stderr}`).not.toContain(token);
  const { url, headers } = Cursor.parse(JSON.parse(readText(cursor))).mcpServers.counterpart;
  const me = await fetch(new URL('/api/me', url), { headers });
  expect(await me.json()).toEqual({ name: 'anna', owner: false });
  expect(JSON.parse(readText(desktop))).toMatchObject({ mcpServers: { counterpart: { env } } });
  expect(statSync(cursor).mode & 0o077).toBe(0);
  const before = readText(cursor);
  const owner = (await place.run(['status', '--token'])).stdout.trim();
  for (const [wrong, words] of [
    ['nobodys-token', 'nobody is known by it'],
    [owner, 'it is the owner’s'],
  ] as const) {
    const refused = await place.run(['connect', 'cursor', '--person'], { env: { COUNTERPART_TOKEN: wrong } });
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining(words)]);
  }
  expect((await place.run(['connect', 'cursor', '--person'])).stderr).toContain('COUNTERPART_TOKEN');
  const project = await place.run(['connect', 'cursor', '--person', '--project', '.'], { env });
  expect(project.stderr).toContain('no place in a file of a project');
  expect(readText(cursor)).toBe(before);
  await place.run(['stop']);
}, 60_000);

test.each([
  [
    'vscode',
    'user/.config/Code/User/mcp.json',
    { servers: { counterpart: { type: 'http', url: 'http://127.0.0.1:8123/mcp' } } },
  ],
  [
    'claude-code',
    'user/.claude.json',
    { mcpServers: { counterpart: { type: 'http', url: 'http://127.0.0.1:8123/mcp' } } },
  ],
])('%s gets the form it reads', async (client, path, expected) => {
  const file = place.write(path, '{}\n');
  await place.run(['connect', client]);
  expect(JSON.parse(readText(file))).toEqual(expected);
  await place.run(['connect', client, '--remove']);
  expect(JSON.stringify(JSON.parse(readText(file)))).not.toContain('counterpart');
});

test('a project file is made with its folder', async () => {
  const { code } = await place.run([
    'connect',
    'vscode',
    '--project',
    place.path('work'),
    '--server',
    'pets',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(readText(place.path('work/.vscode/mcp.json')))).toEqual({
    servers: { 'counterpart-pets': { type: 'http', url: 'http://127.0.0.1:8123/mcp/s/pets' } },
  });
});

test('a client is given one profile by its own address, never one that does not exist', async () => {
  const project = place.path('work');
  const connect = (...more: string[]) => place.run(['connect', 'vscode', '--project', project, ...more]);
  expect((await connect('--profile', 'ops')).stderr).toContain('no profile named ops');
  expect((await connect('--profile', 'ops', '--server', 'pets')).stderr).toContain(
    'either --server or --profile',
  );
  expect(existsSync(place.path('work/.vscode/mcp.json'))).toBe(false);
  const configFile = join(place.home, 'hub.config.json');
  writeFileSync(
    configFile,
    JSON.stringify({ listen: { port: 8123 }, profiles: { ops: { mode: 'search' } } }),
  );
  expect((await connect('--profile', 'ops')).code).toBe(0);
  expect(JSON.parse(readText(place.path('work/.vscode/mcp.json')))).toEqual({
    servers: { 'counterpart-ops': { type: 'http', url: 'http://127.0.0.1:8123/mcp/p/ops' } },
  });
});

test('a dry run shows the change and writes nothing at all', async () => {
  const file = place.write(CURSOR, commented);
  const { code, stdout } = await place.run(['connect', 'cursor', '--dry-run']);
  expect({ code, text: readText(file) }).toEqual({ code: 0, text: commented });
  expect(stdout).toContain('+     "counterpart": {');
  const Change = z.object({
    written: z.boolean(),
    change: z.array(z.object({ kind: z.string(), text: z.string() })),
  });
  const asJson = await place.run(['connect', 'cursor', '--dry-run', '--json']);
  const { written, change } = asJson.json(Change);
  expect({
    written,
    added: change.filter(({ kind }) => kind === 'added').map(({ text }) => text.trim()),
  }).toEqual({
    written: false,
    added: ['"counterpart": {', '"url": "http://127.0.0.1:8123/mcp"', '}'],
  });
  expect(asJson.stdout).not.toContain('0123456789');
  const imported = await place.run(['import', 'cursor', '--dry-run']);
  expect(imported.stdout).toContain('+     "github": {');
  expect(existsSync(join(place.home, '.hub'))).toBe(false);
});

test('a file that is no JSON is named with the place, and stays as it is', async () => {
  const file = place.write(CURSOR, '{\n  "mcpServers": {\n    "a": }\n}');
  const before = readText(file);
  const answer = await place.run(['connect', 'cursor', '--json']);
  expect(answer.code).toBe(4);
  expect(answer.json(z.object({ error: z.unknown() })).error).toMatchObject({
    code: 'CLIENT_CONFIG_INVALID',
    detail: expect.stringContaining('line 3, column 10') as unknown,
  });
  expect(readText(file)).toBe(before);
  expect(existsSync(join(place.home, '.hub'))).toBe(false);
});

test('comments where the client itself refuses them are an error, not a silent rewrite', async () => {
  place.write('user/.config/Claude/claude_desktop_config.json', '{ // no\n}');
  expect((await place.run(['connect', 'claude-desktop'])).stderr).toContain('CLIENT_CONFIG_INVALID');
});

test('a linked configuration stays a link, and its target is changed', async () => {
  const target = place.write('dotfiles/mcp.json', '{"mcpServers":{}}');
  mkdirSync(place.path('user/.cursor'));
  symlinkSync(target, place.path(CURSOR));
  await place.run(['connect', 'cursor']);
  expect(lstatSync(place.path(CURSOR)).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readText(target))).toHaveProperty('mcpServers.counterpart');
  await place.run(['undo']);
  expect(readText(target)).toBe('{"mcpServers":{}}');
});

test('a client that is not installed is said so, and no folder is made', async () => {
  const { code, stderr } = await place.run(['connect', 'cursor']);
  expect(code).toBe(3);
  expect(stderr).toContain('Found no configuration of Cursor');
  expect(readdirSync(place.user)).toEqual([]);
});

test('importing leaves the client alone and keeps secrets out of hub.config.json', async () => {
  const file = place.write(CURSOR, commented);
  const { code, stdout } = await place.run(['import', 'cursor', '--all']);
  expect(code).toBe(0);
  expect(readText(file)).toBe(commented);
  const config = readText(join(place.home, 'hub.config.json'));
  expect(JSON.parse(config)).toMatchObject({
    listen: { port: 8123 },
    mcpServers: {
      github: {
        command: 'npx',
        args: ['-y', 'server-github', '--token=${env:GITHUB_TOKEN}'],
        env: { GITHUB_TOKEN: '${env:GITHUB_GITHUB_TOKEN}', LOG_LEVEL: 'debug' },
      },
    },
  });
  expect(stdout + config).not.toContain('0123456789');
  const secrets = join(place.home, '.hub/secrets.env');
  expect(statSync(secrets).mode & 0o777).toBe(0o600);
  expect(readText(secrets)).toContain("GITHUB_GITHUB_TOKEN='ghp_0123456789abcdefghij'");
});

test('undo of an import takes configuration and secrets back', async () => {
  place.write(CURSOR, commented);
  const before = readText(join(place.home, 'hub.config.json'));
  await place.run(['import', '--all']);
  await place.run(['undo']);
  expect(readText(join(place.home, 'hub.config.json'))).toBe(before);
  expect(existsSync(join(place.home, '.hub/secrets.env'))).toBe(false);
  const again = await place.run(['undo', '--json']);
  expect([again.code, again.json(z.object({ error: z.object({ code: z.string() }) })).error.code]).toEqual([
    3,
    'UNDO_NOTHING',
  ]);
});

test('a client is not sent to a port where another hub listens', async () => {
  const other = createTestHome();
  try {
    const started = await other.run(['start', '--detach', '--json']);
    const { port } = new URL(started.json(z.looseObject({ url: z.string() })).url);
    place.write('home/hub.config.json', JSON.stringify({ listen: { port: Number(port) } }));
    const { stdout } = await place.run(['connect', 'cursor', '--file', 'mcp.json']);
    expect(stdout).toContain('"stdio"');
    expect(readText(place.path('home/mcp.json'))).not.toContain(port);
  } finally {
    await other.dispose();
  }
}, 30_000);

test('undo in a copy of a home takes back what the copy has, and leaves the other home alone', async () => {
  const before = readText(place.path('home/hub.config.json'));
  await place.run(['add', 'docs', 'https://docs.example/mcp']);
  const added = readText(place.path('home/hub.config.json'));
  cpSync(place.home, place.path('copy of home'), { recursive: true });
  const { code, stdout } = await place.run(['undo', '--home', '../copy of home']);
  expect([code, stdout]).toEqual([0, expect.stringContaining(place.path('copy of home/hub.config.json'))]);
  expect(readText(place.path('copy of home/hub.config.json'))).toBe(before);
  expect(readText(place.path('home/hub.config.json'))).toBe(added);
});

test('undo refuses to lose what was written since, unless forced', async () => {
  const file = place.write(CURSOR, '{}');
  await place.run(['connect', 'cursor']);
  writeFileSync(file, '{"mine": 1}');
  expect((await place.run(['undo'])).code).toBe(8);
  expect(readText(file)).toBe('{"mine": 1}');
  expect((await place.run(['undo', '--force'])).code).toBe(0);
  expect(readText(file)).toBe('{}');
});

test('importing twice changes nothing; a server that differs is left unless --replace', async () => {
  place.write(CURSOR, '{"mcpServers":{"a":{"command":"one"}}}');
  await place.run(['import', 'cursor', '--all']);
  const outcome = async (...flags: string[]) =>
    (await place.run(['import', 'cursor', '--dry-run', '--json', ...flags])).json(
      z.object({ items: z.array(z.object({ outcome: z.string() })) }),
    ).items[0]?.outcome;
  expect(await outcome()).toBe('same');
  place.write(CURSOR, '{"mcpServers":{"a":{"command":"two"}}}');
  expect([await outcome(), await outcome('--replace')]).toEqual(['taken', 'replace']);
});

test('each client’s references are rewritten, and what has no counterpart is said', async () => {
  place.write(
    'user/.config/Code/User/mcp.json',
    JSON.stringify({
      inputs: [{ id: 'api-key', type: 'promptString', password: true }],
      servers: {
        'My Server!': {
          type: 'stdio',
          command: '${userHome}/bin/x',
          env: { KEY: '${input:api-key}' },
          sandbox: true,
        },
        broken: { type: 'http' },
        off: {
          type: 'sse',
          url: 'https://x.example/sse',
          headers: { 'X-Id': '${HOST_ID:-none}' },
          disabled: true,
        },
      },
    }),
  );
  const { items } = (await place.run(['import', 'vscode', '--dry-run', '--json'])).json(
    z.object({ items: z.unknown() }),
  );
  expect(items).toMatchObject([
    {
      id: 'my-server',
      outcome: 'add',
      entry: { command: `${place.user}/bin/x`, env: { KEY: '${env:API_KEY}' } },
      notes: [
        expect.stringContaining('named my-server'),
        expect.stringContaining('sandbox'),
        expect.stringContaining('set API_KEY'),
      ],
    },
    { id: 'broken', outcome: 'unusable' },
    {
      id: 'off',
      outcome: 'add',
      entry: { type: 'sse', enabled: false, headers: { 'X-Id': '${env:HOST_ID:-none}' } },
    },
  ]);
});

test('the hub’s own connection is never imported', async () => {
  place.write(CURSOR, '{}');
  await place.run(['connect', 'cursor']);
  const { items } = (await place.run(['import', 'cursor', '--dry-run', '--json'])).json(
    z.object({ items: z.unknown() }),
  );
  expect(items).toMatchObject([{ name: 'counterpart', outcome: 'itself' }]);
});

test('another program on this machine is imported, though it answers at /mcp too', async () => {
  const entries = { other: { url: 'http://127.0.0.1:8124/mcp' }, self: { url: 'http://localhost:8123/mcp' } };
  place.write(CURSOR, JSON.stringify({ mcpServers: entries }));
  const { items } = (await place.run(['import', 'cursor', '--dry-run', '--json'])).json(
    z.object({ items: z.unknown() }),
  );
  expect(items).toMatchObject([
    { name: 'other', outcome: 'add' },
    { name: 'self', outcome: 'itself' },
  ]);
});

test('the open folder is a project’s own folder in its file, and no guess in the user’s', async () => {
  const text = JSON.stringify({ mcpServers: { a: { command: '${workspaceFolder}/run' } } });
  const project = place.write('project/.cursor/mcp.json', text);
  place.write(CURSOR, text);
  const imported = async (source: string) =>
    (await place.run(['import', source, '--dry-run', '--json'])).json(z.object({ items: z.unknown() })).items;
  expect(await imported(project)).toMatchObject([
    { entry: { command: `${place.path('project')}/run` }, notes: [] },
  ]);
  expect(await imported('cursor')).toMatchObject([
    {
      entry: { command: '${workspaceFolder}/run' },
      notes: [expect.stringContaining('write the one you mean')],
    },
  ]);
});

test('a wrong name in --only is met with the near ones', async () => {
  place.write(CURSOR, commented);
  const { code, stderr } = await place.run(['import', 'cursor', '--only', 'gihub']);
  expect(code).toBe(3);
  expect(stderr).toContain('Did you mean github?');
});

test('a broken hub.config.json stops an import before anything is written', async () => {
  place.write(CURSOR, commented);
  const config = place.write('home/hub.config.json', '{ "listen": ');
  const { code, stderr } = await place.run(['import', 'cursor', '--all']);
  expect([code, stderr.includes('CONFIG_INVALID'), readText(config)]).toEqual([4, true, '{ "listen": ']);
});

const reached = (item: object) => ({ outcome: 'add', entry: item });

/** As READMEs of published servers show them. */
const FILES_OF_OTHERS: readonly (readonly [program: string, file: string, text: string, items: unknown[]])[] =
  [
    [
      'Codex',
      'config.toml',
      '[mcp_servers.docs]\nurl = "https://x.example/mcp"\nbearer_token_env_var = "DOCS"\nhttp_headers = { "X-Id" = "1" }\nstartup_timeout_ms = 20_000\n[mcp_servers.web]\ncommand = "npx"\nargs = ["web@latest"]\nenv_vars = ["WEB_KEY"]\nenabled = false\n',
      [
        reached({
          url: 'https://x.example/mcp',
          headers: { Authorization: 'Bearer ${env:DOCS}', 'X-Id': '1' },
        }),
        reached({ command: 'npx', args: ['web@latest'], env: { WEB_KEY: '${env:WEB_KEY}' }, enabled: false }),
      ],
    ],
    [
      'Goose',
      'config.yaml',
      'GOOSE_MODEL: m\nextensions:\n  developer: { type: builtin, enabled: true }\n  web: { type: stdio, name: Web, cmd: npx, args: [web], envs: { LEVEL: debug }, env_keys: [WEB_KEY], enabled: true }\n  docs: { type: streamable_http, uri: https://x.example/mcp }\n',
      [
        reached({ command: 'npx', args: ['web'], env: { LEVEL: 'debug', WEB_KEY: '${env:WEB_KEY}' } }),
        reached({ url: 'https://x.example/mcp' }),
      ],
    ],
    [
      'OpenCode',
      'opencode.json',
      '{ "mcp": { "web": { "type": "local", "command": ["npx", "web"], "environment": { "K": "{env:WEB_KEY}" } }, "docs": { "type": "remote", "url": "https://x.example/mcp", "enabled": false } } }',
      [
        reached({ command: 'npx', args: ['web'], env: { K: '${env:WEB_KEY}' } }),
        reached({ url: 'https://x.example/mcp', enabled: false }),
      ],
    ],
    [
      'Zed',
      'settings.json',
      '{ "theme": "One", // dark\n "context_servers": { "old": { "command": { "path": "npx", "args": ["old"], "env": { "A": "1" } }, "settings": {} }, "new": { "source": "custom", "command": "npx", "args": ["new"] } } }',
      [
        reached({ command: 'npx', args: ['old'], env: { A: '1' } }),
        reached({ command: 'npx', args: ['new'] }),
      ],
    ],
    [
      'Gemini CLI',
      'settings.json',
      '{ "mcpServers": { "docs": { "httpUrl": "https://x.example/mcp", "headers": { "X-Key": "$DOCS_KEY" }, "trust": true } } }',
      [reached({ url: 'https://x.example/mcp', headers: { 'X-Key': '${env:DOCS_KEY}' } })],
    ],
    [
      'Windsurf',
      'mcp_config.json',
      '{ "mcpServers": { "docs": { "serverUrl": "https://x.example/mcp" } } }',
      [reached({ url: 'https://x.example/mcp' })],
    ],
    [
      'Continue',
      'config.yml',
      'mcpServers:\n  - name: web\n    command: npx\n    args: [web]\n',
      [reached({ command: 'npx', args: ['web'] })],
    ],
    ['nothing but servers', 'web.json', '{ "web": { "command": "npx" } }', [reached({ command: 'npx' })]],
  ];

test.each(FILES_OF_OTHERS)('servers are imported as %s has them', async (_, name, text, items) => {
  const file = place.write(`other/${name}`, text);
  const read = await place.run(['import', file, '--dry-run', '--json']);
  expect(read).toMatchObject({ code: 0, stderr: '' });
  expect(read.json(z.object({ items: z.unknown() })).items).toMatchObject(items);
});

test.each([
  ['config.toml', '[mcp_servers.web]\ncommand = "npx\nkey = "sk_secret"\n', 'not TOML', 'line 2'],
  ['config.yaml', 'extensions:\n  web: { cmd: "npx\n  key: sk_secret: [\n', 'not YAML', 'line'],
  ['mcp.json', '{ "mcpServers": { "web" "sk_secret" } }', 'not JSON', 'line 1'],
  ['list.yaml', '- a\n', 'its root is not an object', ''],
])('%s that does not parse is told with its place and without its text', async (name, text, reason, line) => {
  const file = place.write(`other/${name}`, text);
  const { code, stderr } = await place.run(['import', file, '--dry-run']);
  expect([code, stderr.includes('sk_secret')]).toEqual([4, false]);
  expect(stderr).toContain(reason);
  expect(stderr).toContain(line);
});
