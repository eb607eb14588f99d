import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { z } from 'zod';
import type { BuildOptions } from '../../../builder/options.ts';
import { didYouMean } from '../../../kernel/nearest.ts';
import type { Context } from '../../context.ts';
import { readServersFolder } from '../../server-folder.ts';

/**
 * The blueprint of a built server by its name, else of a description by file or URL, read with `options`. Throws
 * BLUEPRINT_INVALID beside the errors of readers.
 */
export async function readBlueprint(
  context: Context,
  source: string,
  options: Pick<BuildOptions, 'names' | 'include' | 'name'> = {},
): Promise<Blueprint> {
  const server = readServersFolder(context).servers.get(source);
  if (!server) {
    assertNoMisspelling(context, source);
    const { compileSource } = await import('../../../builder/source/compile-source.ts');
    const { blueprint } = await compileSource({
      ...options,
      from: source,
      serversDir: context.home.serversDir,
      cacheDir: compiledIn(context),
      signal: context.signal,
    });
    return blueprint;
  }
  const { directory, id, manifest } = server;
  const file = join(directory, manifest.blueprint?.path ?? 'blueprint.json');
  if (!existsSync(file)) {
    const detail =
      manifest.blueprint === undefined
        ? `${id} was written by hand and has no description`
        : 'the file is missing';
    throw hubError('BLUEPRINT_INVALID', { file, detail });
  }
  const parsed = Blueprint.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw hubError('BLUEPRINT_INVALID', { file, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}

/** Where this home keeps descriptions that were compiled. */
export const compiledIn = ({ home }: Context): string => join(home.dataDir, 'cache', 'descriptions');

/** A bare word that is no file was meant to be a server's name. Throws SERVER_UNKNOWN. */
function assertNoMisspelling(context: Context, source: string): void {
  if (!/^[\w-]+$/.test(source) || existsSync(resolve(context.io.cwd, source))) return;
  const known = [...readServersFolder(context).servers.keys()];
  const suggestion = `${didYouMean(source, known)} A description is given by its file or URL.`;
  throw hubError('SERVER_UNKNOWN', { server: source, suggestion });
}
