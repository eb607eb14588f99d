import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FSWatcher, watch } from 'chokidar';
import { expect, test, vi } from 'vitest';
import { createLog } from '../kernel/log.ts';
import { watchServers } from './watch.ts';

test('where the system watches no more files, those of servers are looked at', async () => {
  const root = mkdtempSync(join(tmpdir(), 'servers-'));
  const asked: (boolean | undefined)[] = [];
  const begin: typeof watch = (paths, options) => {
    asked.push(options?.usePolling);
    if (options?.usePolling === true) return watch(paths, { ...options, interval: 20 });
    const refused = new FSWatcher(options);
    setImmediate(() => {
      for (let file = 0; file < 2; file += 1)
        refused.emit('error', Object.assign(new Error('EMFILE: watch'), { code: 'EMFILE' }));
    });
    return refused;
  };
  const changed = vi.fn<() => void>();
  const watching = watchServers(root, changed, { log: createLog({ level: 'silent' }), begin });
  await watching.ready;
  mkdirSync(join(root, 'notes'));
  writeFileSync(join(root, 'notes', 'manifest.json'), '{}');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), 5_000);
  await watching.close();
  rmSync(root, { recursive: true });
  expect(asked).toEqual([false, true]);
});
