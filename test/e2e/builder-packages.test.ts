import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { join } from 'node:path';
import { packServer } from '@counterpart/scaffolds/server/pack/pack';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { verifies } from '../verifies.ts';
import { createTestHome } from './cli-runner.ts';

const Report = z.looseObject({
  passed: z.boolean(),
  recorded: z.boolean(),
  tools: z.looseObject({ added: z.array(z.string()), changed: z.array(z.string()) }),
  tests: z
    .looseObject({ passed: z.int(), failures: z.array(z.looseObject({ test: z.string() })) })
    .optional(),
});
const Packed = z.looseObject({ archives: z.array(z.looseObject({ file: z.string() })) });
/** What a client reads of an MCP bundle. */
const Bundle = z.looseObject({
  server: z.looseObject({
    mcp_config: z.strictObject({
      command: z.literal('node'),
      args: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
  }),
  user_config: z.record(z.string(), z.looseObject({ default: z.string().optional() })),
});

/** A client of a program that was installed somewhere, as SDKs have it. */
async function answerOf(program: string, env: Record<string, string>): Promise<unknown> {
  const client = new Client({ name: 'installer', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [program], env }));
  try {
    await client.callTool({ name: 'add_note', arguments: { text: 'Buy milk' } });
    const found = await client.callTool({ name: 'find_notes', arguments: { text: 'MILK' } });
    return found.structuredContent;
  } finally {
    await client.close();
  }
}

const hasUnzip = spawnSync('python3', ['--version']).status === 0;

/** Changes one thing of a file. */
function edit(file: string, before: string, after: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(before, after));
}

test.runIf(hasUnzip)(
  'a server that was begun by hand is edited, tested, packed, and runs from the package and from the bundle',
  { timeout: 120_000 },
  async () => {
    verifies('N16', 'M34');
    const place = createTestHome();
    const created = await place.run(['create', 'my-notes', '--template', 'data']);
    expect([created.code, created.stderr]).toEqual([0, expect.not.stringContaining('✗')]);
    const again = await place.run(['create', 'my-notes', '--json']);
    expect([again.code, again.stdout]).toEqual([4, expect.stringContaining('SERVER_EXISTS')]);

    const folder = join(place.home, 'servers/my-notes');
    edit(join(folder, 'src/tools/add-note.ts'), 'Keeps a note', 'Keeps one note');
    edit(join(folder, 'test/notes.test.ts'), 'total: 2', 'total: 3');
    const early = await place.run(['pack', 'my-notes', '--json']);
    expect([early.code, early.stdout]).toEqual([4, expect.stringMatching(/PACK_REFUSED[^]*add_note/)]);

    const tested = await place.run(['test', 'my-notes', '--json']);
    const { tests, ...report } = tested.json(Report);
    expect([tested.code, report]).toMatchObject([
      6,
      { passed: false, recorded: true, tools: { changed: ['add_note'] } },
    ]);
    expect(tests).toMatchObject({
      passed: 7,
      failures: [{ test: 'what was noted is found by its words, the newest first' }],
    });

    const packed = (await place.run(['pack', 'my-notes', '--json', '--out', 'out'])).json(Packed);
    const [tarball = '', bundle = ''] = packed.archives.map(({ file }) => file);
    const twice = await packServer(folder);
    expect([tarball, bundle].map((file) => readFileSync(file))).toEqual([twice.npm.bytes, twice.mcpb.bytes]);
    const [npm, mcpb] = [place.path('npm'), place.path('mcpb')];
    mkdirSync(npm);
    spawnSync('tar', ['-xzf', tarball, '-C', npm]);
    spawnSync('python3', ['-m', 'zipfile', '-e', bundle, mcpb]);

    const found = { total: 1, notes: [{ id: 1, text: 'Buy milk' }] };
    expect(await answerOf(join(npm, 'package/dist/server.js'), {})).toMatchObject(found);
    expect(await answerOf(...startOf(mcpb))).toMatchObject(found);

    writeFileSync(join(folder, 'src/tools/add-note.ts'), 'export const addNote = (;\n');
    const broken = await place.run(['test', 'my-notes', '--no-tests']);
    expect([broken.code, broken.stderr]).toEqual([6, expect.stringContaining('src/tools/add-note.ts:1:')]);
    await place.dispose();
  },
);

/** How a client starts an unpacked bundle whose user fills in nothing. */
function startOf(folder: string): [program: string, env: Record<string, string>] {
  const { server, user_config: options } = Bundle.parse(
    JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')),
  );
  const filled = (text: string): string =>
    text.replace(/\$\{user_config\.(\w+)\}/, (_, key: string) => options[key]?.default ?? '');
  const env = Object.entries(server.mcp_config.env).map(([name, value]) => [name, filled(value)] as const);
  const [program = ''] = server.mcp_config.args.map((arg) => arg.replace('${__dirname}', folder));
  return [program, Object.fromEntries(env)];
}
