import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { ServerId, type Blueprint } from '@counterpart/schemas';

const folder = fileURLToPath(new URL('../../../shared/specs/openapi/', import.meta.url));

/** Real descriptions; none where they are not at hand. */
export const descriptionFiles = existsSync(folder) ? readdirSync(folder).sort() : [];

/** Reads one of them for a mirror at `http://mirror.test`. */
export async function readDescription(file: string): Promise<Blueprint> {
  const id = ServerId.parse(file.replace(/\W.*/, '').toLowerCase());
  const { blueprint } = await readOpenApi(await loadSource(`${folder}${file}`), {
    id,
    baseUrl: 'http://mirror.test',
  });
  return blueprint;
}
