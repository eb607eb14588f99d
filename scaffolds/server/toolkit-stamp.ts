import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What decides which blueprint a description becomes. */
const FOLDERS = ['../readers', '../selection', '../kit/src', '../../schemas/src'];

/** Changes whenever code that reads descriptions was written anew: by sizes and times, because it is asked with every build. */
export async function toolkitStamp(): Promise<string> {
  const lines = await Promise.all(
    FOLDERS.map(async (folder) => {
      const root = fileURLToPath(new URL(folder, import.meta.url));
      const names = (await readdir(root, { recursive: true })).filter(
        (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
      );
      return Promise.all(
        names.toSorted().map(async (name) => {
          const { size, mtimeMs } = await stat(join(root, name));
          return `${folder} ${name} ${size} ${mtimeMs}`;
        }),
      );
    }),
  );
  return createHash('sha256').update(lines.flat().join('\n')).digest('hex');
}
