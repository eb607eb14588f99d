import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hubError } from '@counterpart/schemas';

const run = promisify(execFile);

/** Where Node stands inside the walls. */
export const NODE_INSIDE = '/usr/local/bin/node';

/** What the running Node needs of this machine: itself, its loader and its libraries, each at the path it is looked for. */
export interface NodeFiles {
  readonly node: string;
  /** Absolute paths as the loader names them, sorted. */
  readonly libraries: readonly string[];
}

const LDD_LINE = /(?:=>\s*)?(\/\S+)\s+\(0x/;

/** The paths in the answer of `ldd`, sorted; the kernel's own page has none. */
export function librariesOf(answer: string): string[] {
  const paths = answer.split('\n').flatMap((line) => LDD_LINE.exec(line)?.[1] ?? []);
  return [...new Set(paths)].toSorted();
}

/** Parts of the C library that Node does not need and that native packages are linked with. */
const BESIDE_C = ['librt.so.1', 'libutil.so.1', 'libresolv.so.2'];

function besideC(libraries: readonly string[]): string[] {
  const c = libraries.find((path) => basename(path) === 'libc.so.6');
  const found = c === undefined ? [] : BESIDE_C.map((name) => join(dirname(c), name));
  return found.filter((path) => !libraries.includes(path) && existsSync(path));
}

let known: Promise<NodeFiles> | undefined;

/** Asked once: the running Node does not change. Rejects with SANDBOX_FAILED off Linux. */
export const nodeFiles = (): Promise<NodeFiles> => (known ??= find());

async function find(): Promise<NodeFiles> {
  const node = await realpath(process.execPath);
  try {
    const { stdout } = await run('ldd', [node]);
    const libraries = librariesOf(stdout);
    return { node, libraries: [...libraries, ...besideC(libraries)].toSorted() };
  } catch (cause) {
    const detail = `ldd cannot tell what ${node} needs`;
    throw hubError('SANDBOX_FAILED', { sandbox: 'node', detail }, { cause });
  }
}
