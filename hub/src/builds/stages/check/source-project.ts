import { rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError } from '@counterpart/schemas';

const own = createRequire(import.meta.url);
const HOME = fileURLToPath(new URL('../../../../../', import.meta.url));

/** A candidate as a project of TypeScript. */
export interface SourceProject {
  readonly candidate: string;
  /** Above it: what compilers tell is relative to this. */
  readonly folder: string;
  /** The project's file. */
  readonly file: string;
}

/** Makes a project of a candidate for as long as the work takes: it has no packages of its own and is lent the hub's. */
export async function withProject<T>(
  candidate: string,
  work: (project: SourceProject) => Promise<T>,
): Promise<T> {
  const folder = dirname(candidate);
  const packages = join(folder, 'node_modules');
  const file = join(folder, 'tsconfig.json');
  try {
    await rm(packages, { force: true });
    await symlink(join(HOME, 'node_modules'), packages, 'dir');
    await writeFile(
      file,
      JSON.stringify({
        extends: join(HOME, 'tsconfig.base.json'),
        compilerOptions: { typeRoots: [join(HOME, 'node_modules', '@types')] },
        include: [join(candidate, 'src'), join(candidate, 'test')],
      }),
    );
    return await work({ candidate, folder, file });
  } finally {
    await rm(packages, { force: true });
    await rm(file, { force: true });
  }
}

/** Path of a program of a package that an installation may have left out. Throws TESTS_UNAVAILABLE. */
export function programOf(name: string, path: string): string {
  try {
    return join(dirname(own.resolve(`${name}/package.json`)), path);
  } catch {
    throw hubError('TESTS_UNAVAILABLE', { server: 'a candidate', detail: `${name} is not installed` });
  }
}
