import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('../fixtures/mirrors/fill-disk.mjs', import.meta.url));
const Said = z.object({ failure: z.string(), entries: z.int(), read: z.int(), isDamaged: z.boolean() });

test('a disk that takes no more leaves a recording whole, with every entry that fitted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'full-'));
  try {
    // A limit on the size of files is as good as a full disk, and needs no disk.
    const command = 'ulimit -f 64; exec "$0" "$1" "$2"';
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      command,
      process.execPath,
      PROGRAM,
      join(folder, 'full.har'),
    ]);
    const said = Said.parse(JSON.parse(stdout));
    expect(said).toEqual({
      failure: 'DATA_UNWRITABLE',
      entries: said.read,
      read: said.read,
      isDamaged: false,
    });
    expect(said.read).toBeGreaterThan(10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
