import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
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

let known: Promise<NodeFiles> | undefined;

/** Asked once: the running Node does not change. Rejects with SANDBOX_FAILED off Linux. */
export const nodeFiles = (): Promise<NodeFiles> => (known ??= find());

async function find(): Promise<NodeFiles> {
  const node = await realpath(process.execPath);
  try {
    const { stdout } = await run('ldd', [node]);
    return { node, libraries: librariesOf(stdout) };
  } catch (cause) {
    const detail = `ldd cannot tell what ${node} needs`;
    throw hubError('SANDBOX_FAILED', { sandbox: 'node', detail }, { cause });
  }
}
