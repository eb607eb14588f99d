import { parseHar } from '@counterpart/scaffolds/mirror/recording/har-text';
import { type HarFile, hubError } from '@counterpart/schemas';
import { readText } from './read-text.ts';

/** Reads a HAR file, also one that breaks off; rejects with INPUT_INVALID for anything else. */
export async function readHarFile(cwd: string, file: string): Promise<HarFile> {
  const refuse = (detail: string): Error => hubError('INPUT_INVALID', { subject: file, detail });
  const har = parseHar(await readText(cwd, file));
  if (!har) throw refuse('it is no HAR 1.2 file');
  if (har.entries.length === 0) throw refuse('it holds no exchange that is whole');
  return {
    log: { version: '1.2', creator: { name: 'counterpart', version: '1' }, entries: [...har.entries] },
  };
}
