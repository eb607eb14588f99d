import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SearchHints } from '@counterpart/schemas';
import { z } from 'zod';

/** A file that is larger is none of ours. */
const MOST_BYTES = 4 * 1024 * 1024;

const Hints = z.record(z.string(), SearchHints);

/**
 * Words for search that the package in a folder holds, by name of tool. Never rejects: without them, or with a file that
 * is no such list, tools are found by their definitions alone.
 */
export async function readSearchHints(directory: string): Promise<ReadonlyMap<string, SearchHints>> {
  const file = join(directory, 'search.json');
  try {
    if ((await stat(file)).size > MOST_BYTES) return new Map();
    return new Map(Object.entries(Hints.parse(JSON.parse(await readFile(file, 'utf8')))));
  } catch {
    return new Map();
  }
}
