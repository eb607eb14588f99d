import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../../kernel/files/make-folder.ts';
import { writeWhole } from '../../../kernel/files/write-whole.ts';
import { defineCommand } from '../../command.ts';
import { bytes, count } from '../../output/text/format.ts';
import { unwritableOutput } from '../../output/write-given.ts';
import { findServerFolder } from '../../server-folder.ts';

const FORMATS = ['npm', 'mcpb', 'both'] as const;
const FILE_MODE = 0o644;

export const pack = defineCommand({
  name: 'pack',
  group: 'builds',
  summary: 'Pack a server for npm and for MCP clients',
  description:
    'Writes a server as an npm package (`npx` runs it) and as an MCP bundle (.mcpb, which clients such as Claude Desktop install with a click, asking for its settings and secrets). Both hold the bundled program and run with nothing but Node; no value of a setting or secret is in them. A server that breaks a rule is refused. Equal servers give equal bytes.',
  arguments: [['<server>', 'A server’s name, or its folder']],
  options: [
    ['-f, --format <kind>', 'npm, mcpb or both (default: both)', { choices: FORMATS }],
    ['-o, --out <folder>', 'Where to (default: here)'],
  ],
  examples: [
    ['hub pack weather', 'writes ./weather-1.0.0.tgz and ./weather-1.0.0.mcpb'],
    ['hub pack weather --format mcpb --out dist', 'the bundle only'],
    ['npx ./weather-1.0.0.tgz', 'runs the package'],
  ],
  input: z.object({
    server: z.string(),
    format: z.enum(FORMATS).default('both'),
    out: z.string().optional(),
  }),
  async run(context, { server, format, out = '.' }) {
    const { assertFit } = await import('../../../builder/packages/test-server.ts');
    const { packServer } = await import('@counterpart/scaffolds/server/pack/pack');
    const { readManifest } = await import('../../../builder/packages/record-tools.ts');
    const { signal, paint, io } = context;
    const directory = findServerFolder(context, server);
    const folder = resolve(io.cwd, out);
    const written = await context.working(`packing ${server}`, async () => {
      await assertFit(directory, signal);
      const { npm, mcpb } = await packServer(directory);
      const archives = format === 'both' ? [npm, mcpb] : [format === 'npm' ? npm : mcpb];
      return archives.map(({ name, bytes: content, files }) => {
        const file = join(folder, name);
        write(folder, file, content);
        return { file, bytes: content.byteLength, files };
      });
    });
    const { files: read } = (await readManifest(directory)).permissions;
    context.result({ server, archives: written, notPacked: read }, () =>
      [
        ...written.map(
          ({ file, bytes: size, files }) =>
            `${paint.good('✓')} ${file}  ${paint.faint(`${bytes(size)}, ${count(files.length, 'file')}`)}`,
        ),
        ...read.map((file) => `${paint.warn('–')} it reads ${file}, which is not packed but named in it`),
      ].join('\n'),
    );
  },
});

function write(folder: string, file: string, content: Buffer): void {
  try {
    makeFolder(folder);
    writeWhole(file, content, FILE_MODE);
  } catch (cause) {
    throw unwritableOutput(file, cause);
  }
}
