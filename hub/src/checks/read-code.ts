import { lstat, readFile, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Diagnostic } from '@counterpart/schemas';
import type { SourceFile } from './parse.ts';

const CODE = /\.[cm]?[jt]sx?$/;
/** Made by tools from what stands beside it. */
const SKIPPED = new Set(['node_modules', 'dist', '.git']);
const MAX_FILES = 500;

export interface ServerCode {
  readonly files: readonly SourceFile[];
  /** Of what could not be taken as code: links that leave the folder, too many files. */
  readonly problems: readonly Diagnostic[];
}

/** All code in a server's folder, sorted by path; symbolic links are reported and never followed. */
export async function readServerCode(folder: string): Promise<ServerCode> {
  const files: SourceFile[] = [];
  const problems: Diagnostic[] = [];
  const visit = async (relative: string): Promise<void> => {
    const names = (await readdir(join(folder, relative))).toSorted();
    for (const name of names) {
      const path = posix.join(relative, name);
      const facts = await lstat(join(folder, path));
      if (facts.isSymbolicLink())
        problems.push(problem(path, 'link', 'is a symbolic link', 'Put the file itself there.'));
      else if (facts.isDirectory() && !SKIPPED.has(name)) await visit(path);
      else if (facts.isFile() && CODE.test(name)) {
        files.push({ file: path, text: await readFile(join(folder, path), 'utf8') });
      }
      if (files.length > MAX_FILES) return;
    }
  };
  await visit('');
  if (files.length > MAX_FILES) {
    problems.push(problem('.', 'too-long', `has more than ${MAX_FILES} files of code`, 'Split the server.'));
  }
  return { files, problems };
}

const problem = (file: string, rule: string, message: string, fix: string): Diagnostic => ({
  file,
  line: 1,
  column: 1,
  rule,
  severity: 'error',
  message,
  fix,
});
