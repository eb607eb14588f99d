import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { latinLetters } from '@counterpart/scaffolds/readers/latin-letters';
import { type ConfigSlot, hubError } from '@counterpart/schemas';
import { maskLines } from './masked.ts';

/** Looked at, at the head of a file and at each of some places further in. */
const HEAD_BYTES = 64 * 1024;
const WINDOW_BYTES = 32 * 1024;
const WINDOWS = 6;
const MOST_FILES = 5;
const MOST_LINES = 40;
const LONGEST_LINE = 320;

/** A file or folder of the person that the server will read, and the setting through which it does. */
export interface GivenFile {
  readonly setting: string;
  readonly path: string;
}

/** Settings are named after what they stand for: `export.xml` becomes `EXPORT_SOURCE`. */
export function nameFiles(paths: readonly string[]): GivenFile[] {
  const taken = new Map<string, number>();
  return paths.map((path) => {
    const stem = latinLetters(basename(path))
      .replace(/(?:\.[A-Za-z0-9]{1,8}){1,2}$/, '')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .replace(/^[^A-Za-z]+|_+$/g, '')
      .toUpperCase();
    const name = stem === '' ? 'FILE' : stem;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return { setting: `${name}${count === 1 ? '' : `_${count}`}_SOURCE`, path };
  });
}

/** The settings of files, as a manifest declares them: each knows where its file is. */
export const fileSlots = (paths: readonly string[]): ConfigSlot[] =>
  nameFiles(paths).map(({ setting, path }) => ({
    name: setting,
    description: `Path of ${basename(path)}, or of what is to be read instead.`,
    default: path,
    required: true,
  }));

/**
 * What an author is told of files: their settings, sizes, and how their lines look, with every value masked. The files may
 * be of any size; some hundred kilobytes of each are looked at. Rejects with SOURCE_UNREADABLE.
 */
export async function sketchFiles(paths: readonly string[]): Promise<string[]> {
  const sketches: string[] = [];
  for (const { setting, path } of nameFiles(paths)) sketches.push(await sketch(setting, path));
  return sketches;
}

async function sketch(setting: string, path: string): Promise<string> {
  try {
    const facts = await stat(path);
    if (!facts.isDirectory())
      return `${setting}: one file, ${basename(path)}, ${facts.size} bytes\n${await looks(path, facts.size)}`;
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).toSorted();
    const parts: string[] = [];
    for (const name of names.slice(0, MOST_FILES)) {
      const { size } = await stat(join(path, name));
      parts.push(`  ${name}, ${size} bytes\n${await looks(join(path, name), size)}`);
    }
    return `${setting}: a folder of ${names.length} files\n${parts.join('\n')}`;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('SOURCE_UNREADABLE', { source: path, detail }, { cause });
  }
}

async function looks(path: string, size: number): Promise<string> {
  const file = await open(path);
  try {
    const head = await readAt(file, 0, HEAD_BYTES);
    if (head[0] === 0x1f && head[1] === 0x8b) return '    (gzip)';
    const wide = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : undefined;
    if (wide === undefined && head.subarray(0, 4_096).includes(0)) return '    (not text)';
    const text = new TextDecoder(wide ?? 'utf-8').decode(head).split(/\r?\n/);
    // The last line is cut off somewhere, in the midst of a value as likely as not.
    if (size > HEAD_BYTES && text.length > 1) text.pop();
    const further = wide === undefined ? await windows(file, size) : [];
    return maskLines([...text, ...further])
      .slice(0, MOST_LINES)
      .map((line) => `    ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line}`)
      .join('\n');
  } finally {
    await file.close();
  }
}

/** Whole lines from places further in: kinds of records that come late are seen too. */
async function windows(file: Awaited<ReturnType<typeof open>>, size: number): Promise<string[]> {
  const lines: string[] = [];
  for (let window = 1; window <= WINDOWS; window += 1) {
    const at = Math.floor((size * window) / (WINDOWS + 1));
    if (at < HEAD_BYTES || at + WINDOW_BYTES > size) continue;
    const text = new TextDecoder('utf-8').decode(await readAt(file, at, WINDOW_BYTES));
    lines.push(...text.split(/\r?\n/).slice(1, -1));
  }
  return lines;
}

async function readAt(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  bytes: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}
