import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from '@counterpart/scaffolds/server/source-files';
import { diffLines } from '../../interop/line-diff.ts';
import type { FileChange } from '../../kernel/ports.ts';

/** Larger ones are compiled from something, or data. */
const MOST_BYTES = 200_000;
/** Of one file; a person who wants more opens it. */
const MOST_LINES = 600;
/** Bundled from what is shown. */
const BUNDLE = /^(?:dist|node_modules)\//;

/** What differs between two packages, code first. Without a package before, everything is new. */
export async function fileChanges(now: string, before: string | undefined): Promise<FileChange[]> {
  const here = await filesOf(now);
  const there = before === undefined ? [] : await filesOf(before);
  const changes: FileChange[] = [];
  for (const path of [...new Set([...here, ...there])].toSorted(byPlace)) {
    const old = there.includes(path) && before !== undefined ? await readFile(join(before, path)) : undefined;
    const text = here.includes(path) ? await readFile(join(now, path)) : undefined;
    if (old !== undefined && text !== undefined && old.equals(text)) continue;
    const change = old === undefined ? 'added' : text === undefined ? 'removed' : 'changed';
    changes.push({ path, change, bytes: (text ?? old)?.length ?? 0, ...linesOf(path, old, text) });
  }
  return changes;
}

const filesOf = async (folder: string): Promise<string[]> =>
  (await listFiles(folder, '')).filter((path) => !path.startsWith('node_modules/'));

const rank = (path: string): number =>
  ['src/', 'test/', ''].findIndex((folder) => path.startsWith(folder)) + (BUNDLE.test(path) ? 1 : 0);
const byPlace = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1);

function linesOf(
  path: string,
  old: Buffer | undefined,
  text: Buffer | undefined,
): Pick<FileChange, 'lines' | 'more' | 'unshown'> {
  if (BUNDLE.test(path)) return { unshown: 'bundled from src/' };
  const both = [old, text].flatMap((bytes) => bytes ?? []);
  if (both.some(({ length }) => length > MOST_BYTES)) return { unshown: 'too long to be read here' };
  if (both.some((bytes) => bytes.includes(0))) return { unshown: 'not text' };
  const lines = diffLines(old?.toString('utf8') ?? '', text?.toString('utf8') ?? '');
  return { lines: lines.slice(0, MOST_LINES), more: Math.max(0, lines.length - MOST_LINES) };
}
