import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseHar } from '@counterpart/scaffolds/mirror/recording/har-text';
import { type HarFile, hubError } from '@counterpart/schemas';

/** Reads a HAR file, also one that breaks off; rejects with INPUT_INVALID for anything else. */
export async function readHarFile(cwd: string, file: string): Promise<HarFile> {
  const refuse = (detail: string, cause?: unknown): Error =>
    hubError('INPUT_INVALID', { subject: file, detail }, { cause });
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
  });
  const har = parseHar(text);
  if (!har) throw refuse('it is no HAR 1.2 file');
  if (har.entries.length === 0) throw refuse('it holds no exchange that is whole');
  return {
    log: { version: '1.2', creator: { name: 'counterpart', version: '1' }, entries: [...har.entries] },
  };
}
