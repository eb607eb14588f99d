import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing; one that is there stays as it is. Throws what the system says.
 * The platform's own recursive way never returns below `/proc`, and on a read-only disk it says that something is missing.
 */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (cause) {
    if (isFolder(path)) return;
    const above = dirname(path);
    const isAboveMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (!isAboveMissing || above === path || isFolder(above)) throw cause;
    makeFolder(above, mode);
    makeFolder(path, mode);
  }
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};
