import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { hubError, type MirrorParts } from '@counterpart/schemas';
import { z } from 'zod';
import packageFile from '../../../../package.json' with { type: 'json' };
import { makeFolder } from '../../../kernel/files/make-folder.ts';
import { newId } from '../../../kernel/ids.ts';
import { defineCommand } from '../../command.ts';
import { unwritableOutput } from '../../output/write-given.ts';
import { withHub } from '../../running/with-hub.ts';

export const exportMirror = defineCommand({
  name: 'export',
  parent: 'mirror',
  group: 'builds',
  summary: 'Write a mirror into a folder that runs alone',
  description:
    'The folder holds one program and the mirror’s description, state, faults, scenarios and recordings; `node mirror.js --port 4010` serves it, without this hub and without any package. Credentials are in none of it.',
  arguments: [
    ['<name>', 'A mirror’s or a built server’s name'],
    ['<folder>', 'A folder that is not there yet, or is empty'],
  ],
  examples: [['hub mirror export weather ./weather-mirror', 'to take it to another machine']],
  input: z.object({ name: z.string(), folder: z.string() }),
  async run(context, { name, folder }) {
    const target = resolve(context.io.cwd, folder);
    if (existsSync(target) && !isEmptyFolder(target))
      throw hubError('INPUT_INVALID', {
        subject: folder,
        detail: 'it is there already, and not an empty folder',
      });
    const files = await context.working('bundling the mirror', async () => {
      const parts = await withHub(context, (hub) => hub.mirrors.parts(name));
      return writeFolder(parts, target, context.signal);
    });
    context.result(
      { folder: target, files },
      () =>
        `${context.paint.good('✓')} The mirror ${context.paint.strong(name)} is in ${target}. \`node ${join(folder, 'mirror.js')}\` serves it.`,
    );
  },
});

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

/** Whole or not at all: it is made beside its place and renamed. */
async function writeFolder(parts: MirrorParts, target: string, signal: AbortSignal): Promise<string[]> {
  const { bundleMirror } = await import('@counterpart/scaffolds/server/bundle/bundle-mirror');
  const { mirrorFiles } = await import('@counterpart/scaffolds/mirror/alone/files');
  const aside = join(dirname(target), `.${basename(target)}.${newId()}`);
  try {
    makeFolder(aside);
    const files = mirrorFiles(parts, packageFile.version);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(aside, file)), { recursive: true });
      writeFileSync(join(aside, file), text);
    }
    await bundleMirror(aside, signal);
    rmSync(target, { recursive: true, force: true });
    renameSync(aside, target);
    return [...Object.keys(files), 'mirror.js'].sort();
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true });
    throw unwritableOutput(target, cause);
  }
}
