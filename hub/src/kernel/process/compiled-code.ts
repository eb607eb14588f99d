import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/**
 * The variable by which a program of the hub's own finds its code compiled, where the hub keeps its own so; for no other program,
 * since compiled code is believed when it is read.
 */
export function compiledCode(): Readonly<Record<string, string>> {
  const folder = getCompileCacheDir();
  // Node adds the folder of its version itself.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
