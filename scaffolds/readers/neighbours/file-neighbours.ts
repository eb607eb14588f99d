import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { decodeText } from '../decode-text.ts';
import type { Neighbour, NeighbourOptions, Neighbours } from './neighbours.ts';
import { readRemote } from './remote.ts';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

interface FileSource {
  /** Path of the source itself. */
  readonly file: string;
  /** Folder that holds everything it may refer to; its own unless told. */
  readonly folder?: string | undefined;
}

/**
 * Documents beside a file: read from the source's folder and below. A path that leads out of it, by `..` or by a symbolic
 * link, is refused unless allowed, and so is the network.
 */
export async function fileNeighbours(source: FileSource, options: NeighbourOptions): Promise<Neighbours> {
  const home = await realpath(source.file);
  const folder = source.folder === undefined ? dirname(home) : await realpath(source.folder);
  return {
    home: pathToFileURL(home).href,
    read(address) {
      const url = new URL(address);
      if (url.protocol === 'http:' || url.protocol === 'https:')
        return readRemote(url, { ...options, origin: undefined });
      if (url.protocol !== 'file:' || url.host !== '')
        return Promise.resolve({ kind: 'refused', reason: 'it is neither a file nor an http(s) address' });
      return readBeside(url, folder, options);
    },
  };
}

const OUTSIDE =
  'it is outside of the folder of the source; build from a folder that holds both, or allow it with --allow-outside';

async function readBeside(url: URL, folder: string, options: NeighbourOptions): Promise<Neighbour> {
  try {
    const path = fileURLToPath(url);
    // Asked before the disk is: whether a file outside exists is nobody's business either.
    if (options.allowOutside !== true && !isInside(path, folder)) return { kind: 'refused', reason: OUTSIDE };
    const real = await realpath(path);
    if (options.allowOutside !== true && !isInside(real, folder))
      return { kind: 'refused', reason: `${OUTSIDE} (a symbolic link leads there)` };
    const facts = await stat(real);
    if (!facts.isFile()) return { kind: 'missing', reason: 'it is not a file' };
    if (facts.size > MAX_FILE_BYTES) return { kind: 'refused', reason: 'it is larger than 64 MiB' };
    const bytes = await readFile(real, options.signal ? { signal: options.signal } : {});
    const name = relative(folder, real).split(sep).join('/');
    return { kind: 'text', text: decodeText(bytes), name };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { kind: 'missing', reason: problemOf(error) };
  }
}

const isInside = (path: string, folder: string): boolean => {
  const steps = relative(folder, path);
  return steps !== '..' && !steps.startsWith(`..${sep}`) && !/^(?:[a-z]:)?[\\/]/i.test(steps);
};

function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'reading it is not permitted';
  return error instanceof Error ? error.message : String(error);
}
