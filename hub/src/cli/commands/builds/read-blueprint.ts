import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Blueprint, hubError } from '@counterpart/schemas';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { readServersFolder } from '../../server-folder.ts';

/**
 * The blueprint of a built server by its name, else of a description by file or URL. Throws BLUEPRINT_INVALID beside the
 * errors of readers.
 */
export async function readBlueprint(context: Context, source: string): Promise<Blueprint> {
  const server = readServersFolder(context).servers.get(source);
  if (!server) {
    const { compileSource } = await import('../../../builder/compile-source.ts');
    const { blueprint } = await compileSource({
      from: source,
      serversDir: context.home.serversDir,
      signal: context.signal,
    });
    return blueprint;
  }
  const file = join(server.directory, server.manifest.blueprint?.path ?? 'blueprint.json');
  if (!existsSync(file)) throw hubError('BLUEPRINT_INVALID', { file, detail: 'the file is missing' });
  const parsed = Blueprint.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw hubError('BLUEPRINT_INVALID', { file, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}
