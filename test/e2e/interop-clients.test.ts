import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestHome, type TestHome } from './cli-runner.ts';

let place: TestHome;
beforeEach(() => {
  place = createTestHome({ listen: { port: 8123 } });
});
afterEach(() => place.dispose());

const URL = 'http://127.0.0.1:8123/mcp';
const TOKEN = 'person-token-0123456789';
const Imported = z.object({
  items: z.array(z.object({ name: z.string(), outcome: z.string() })),
});

/** Each client's file as a person has it, and what it becomes; with the entry of a person, when the client launches the hub, too. */
const CLIENTS: readonly (readonly [client: string, path: string, before: string, after: string])[] = [
  [
    'codex',
    '.codex/config.toml',
    `# mine
model = "gpt-5" # the best

[mcp_servers.docs]
command = "npx" # slow
args = ["-y", "docs"]

[mcp_servers.docs.env]
LEVEL = '1'

# other things
[tui]
theme = "dark"
`,
    `# mine
model = "gpt-5" # the best

[mcp_servers.docs]
command = "npx" # slow
args = ["-y", "docs"]

[mcp_servers.docs.env]
LEVEL = '1'

# other things
[tui]
theme = "dark"

[mcp_servers.counterpart]
url = "${URL}"
`,
  ],
  [
    'gemini-cli',
    '.gemini/settings.json',
    '{\n  // mine\n  "theme": "dark"\n}\n',
    `{\n  // mine\n  "theme": "dark",\n  "mcpServers": {\n    "counterpart": {\n      "httpUrl": "${URL}"\n    }\n  }\n}\n`,
  ],
  [
    'windsurf',
    '.codeium/windsurf/mcp_config.json',
    '{\n  "mcpServers": {}\n}\n',
    `{\n  "mcpServers": {\n    "counterpart": {\n      "serverUrl": "${URL}"\n    }\n  }\n}\n`,
  ],
  [
    'zed',
    '.config/zed/settings.json',
    '// Zed\n{\n  "context_servers": {\n    "docs": { "command": "npx", "args": [], }, // slow\n  },\n}\n',
    `// Zed\n{\n  "context_servers": {\n    "docs": { "command": "npx", "args": [], }, // slow\n    "counterpart": {\n      "url": "${URL}"\n    }\n  },\n}\n`,
  ],
  [
    'opencode',
    '.config/opencode/opencode.jsonc',
    '{\n  "theme": "dark", // mine\n}\n',
    `{\n  "theme": "dark", // mine\n  "mcp": {\n    "counterpart": {\n      "type": "remote",\n      "url": "${URL}",\n      "enabled": true\n    }\n  }\n}\n`,
  ],
  [
    'goose',
    '.config/goose/config.yaml',
    `# mine
GOOSE_MODEL: 'one' # the best
extensions:
  developer:
    enabled: true
    args:
    - "a"
`,
    `# mine
GOOSE_MODEL: 'one' # the best
extensions:
  developer:
    enabled: true
    args:
    - "a"
  counterpart:
    enabled: true
    type: streamable_http
    name: counterpart
    uri: ${URL}
    timeout: 300
`,
  ],
  [
    'continue',
    '.continue/config.yaml',
    `name: Mine
mcpServers:
  # slow
  - name: docs
    command: npx
`,
    `name: Mine
mcpServers:
  # slow
  - name: docs
    command: npx
  - name: counterpart
    type: streamable-http
    url: ${URL}
`,
  ],
  [
    'amp',
    '.config/amp/settings.json',
    '{\n  "amp.notifications": true\n}\n',
    `{\n  "amp.notifications": true,\n  "amp.mcpServers": {\n    "counterpart": {\n      "url": "${URL}"\n    }\n  }\n}\n`,
  ],
];

test.each(CLIENTS)(
  '%s is told of the hub in its own words, all else in its file stays, and undo and --remove take it back',
  async (client, path, before, after) => {
    const file = place.write(`user/${path}`, before);
    const now = () => readFileSync(file, 'utf8');
    const dry = await place.run(['connect', client, '--dry-run']);
    expect([dry.code, dry.stderr, now()]).toEqual([0, '', before]);
    const connected = await place.run(['connect', client]);
    expect([connected.code, connected.stderr, now()]).toEqual([0, '', after]);
    expect((await place.run(['connect', client])).stdout).toContain('already knows the hub');
    const imported = await place.run(['import', client, '--dry-run', '--json']);
    expect(imported.json(Imported).items).toContainEqual({ name: 'counterpart', outcome: 'itself' });
    await place.run(['undo']);
    expect(now()).toBe(before);

    // As a person, and as a command: replaced where it stands, then taken out.
    const person = ['connect', client, '--stdio', '--person'];
    const replaced = await place.run(person, { env: { COUNTERPART_TOKEN: TOKEN } });
    expect(replaced).toMatchObject({ code: 0, stderr: '' });
    expect(now()).toContain(TOKEN);
    expect(replaced.stdout).not.toContain(TOKEN);
    const renewed = await place.run(['connect', client]);
    expect([renewed.stdout.includes('replaced'), now()]).toEqual([true, after]);
    await place.run(['connect', client, '--remove']);
    expect(now()).not.toContain('counterpart');
    for (const [comment] of before.matchAll(/(?:#|\/\/).*$/gm)) expect(now()).toContain(comment);
  },
  30_000,
);

test('every client that is found is imported from, and one whose file is broken is said and left out', async () => {
  place.write('user/.codex/config.toml', '[mcp_servers.one]\ncommand = "one"\n');
  place.write('user/.config/goose/config.yaml', 'extensions:\n  two:\n    cmd: two\n    type: stdio\n');
  place.write('user/.config/zed/settings.json', '{ "context_servers": ');
  const { code, stderr } = await place.run(['import', '--all']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/zed\/settings\.json cannot be read.*left out/);
  expect(JSON.parse(readFileSync(place.path('home/hub.config.json'), 'utf8'))).toMatchObject({
    mcpServers: { one: { command: 'one' }, two: { command: 'two' } },
  });
});

test('the doctor sees a connection in whatever words it is written', async () => {
  for (const client of ['codex', 'goose', 'opencode']) {
    const [, path = '', before = ''] = CLIENTS.find(([id]) => id === client) ?? [];
    place.write(`user/${path}`, before);
    await place.run(['connect', client]);
  }
  expect((await place.run(['doctor'])).stdout.match(/client \w+ .*knows the hub/g)).toHaveLength(3);
});

test('a table that lines cannot be taken out of is left as it is', async () => {
  const text = 'mcp_servers = { counterpart = { url = "http://127.0.0.1:1/mcp" } }\n';
  const file = place.write('user/.codex/config.toml', text);
  for (const more of [[], ['--remove']]) {
    const { code, stderr } = await place.run(['connect', 'codex', ...more]);
    expect([code, stderr]).toEqual([4, expect.stringContaining('change it by hand')]);
  }
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a block that was pasted without its outer braces is told so', async () => {
  const block = place.write('block.json', '"mcpServers": { "a": { "command": "a" } }');
  expect((await place.run(['import', block])).stderr).toContain(
    'put { before the first name and } at the end',
  );
  place.write('home/hub.config.json', readFileSync(block, 'utf8'));
  expect((await place.run(['list'])).stderr).toContain('put { before the first name and } at the end');
});
