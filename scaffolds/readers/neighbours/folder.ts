import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from '../decode-text.ts';
import { entryOf, HEAD_CHARS, type Candidate, type Entry } from './entry-document.ts';

const MAX_FILES = 5_000;
const MAX_DEPTH = 6;
const SKIPPED = new Set(['node_modules', '__MACOSX']);

/** Path, from the folder, of the description that the other files of a folder belong to; or why there is none. */
export async function entryOfFolder(folder: string): Promise<Entry> {
  const candidates: Candidate[] = [];
  for (const path of await listDocuments(folder)) {
    candidates.push({ path, head: await headOf(join(folder, path)) });
  }
  return entryOf(candidates);
}

/** JSON and YAML files of a folder and below, without following links; nearest first. */
async function listDocuments(folder: string): Promise<string[]> {
  const found: string[] = [];
  let level: string[] = [''];
  for (let depth = 0; depth < MAX_DEPTH && found.length < MAX_FILES; depth += 1) {
    const held = await Promise.all(level.map((at) => listOne(folder, at)));
    found.push(...held.flatMap(({ files }) => files));
    level = held.flatMap(({ folders }) => folders);
  }
  return found.slice(0, MAX_FILES);
}

async function listOne(folder: string, at: string): Promise<{ files: string[]; folders: string[] }> {
  const entries = await readdir(join(folder, at), { withFileTypes: true });
  const pathOf = ({ name }: { name: string }): string => (at === '' ? name : `${at}/${name}`);
  const isOpen = ({ name }: { name: string }): boolean => !name.startsWith('.') && !SKIPPED.has(name);
  return {
    files: entries.filter((entry) => entry.isFile() && /\.(?:json|ya?ml)$/i.test(entry.name)).map(pathOf),
    folders: entries.filter((entry) => entry.isDirectory() && isOpen(entry)).map(pathOf),
  };
}

async function headOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_CHARS), 0, HEAD_CHARS, 0);
    return decodeText(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
