import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const END = pathToFileURL(fileURLToPath(new URL('end.ts', import.meta.url))).href;

/** Ends a process that worked for so long; its code, and what V8 said about the collections of all its memory. */
function ended(workMs: number): { code: number | null; collections: number } {
  const program = `import { endProcess } from ${JSON.stringify(END)};
    const since = process.cpuUsage();
    while (process.cpuUsage(since).user < ${workMs * 1_000});
    endProcess(3);`;
  const args = ['--trace-gc', '--input-type=module', '--eval', program];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { code: status, collections: stdout.match(/Mark-Compact/g)?.length ?? 0 };
}

test('a process that worked ends with its code after a collection, so that no compiler waits for one', () => {
  const { code, collections } = ended(350);
  expect(code).toBe(3);
  expect(collections).toBeGreaterThan(0);
});

test('a short one ends at once', () => {
  expect(ended(0)).toEqual({ code: 3, collections: 0 });
});
