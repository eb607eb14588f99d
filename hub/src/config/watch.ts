import { dirname } from 'node:path';
import { watchFolder } from '../kernel/files/watch-folder.ts';
import type { Logger } from '../kernel/log.ts';

/** Editors write in several steps; the file is read once they have been quiet for so long. */
const QUIET_MS = 80;

/**
 * Calls `changed` after anything happened in the file's folder, one call at a time: editors that replace a file, and links
 * that are turned, are seen there only. Calls it once at the beginning, too. The returned function ends it.
 */
export function watchFile(file: string, log: Logger, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let queue = Promise.resolve();
  let closed = false;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      queue = queue.then(async () => {
        if (!closed) await changed();
      });
      queue = queue.catch((cause: unknown) =>
        log.error({ cause }, 'a change of the configuration was not taken in'),
      );
    }, QUIET_MS);
    timer.unref();
  };
  const unwatch = watchFolder(dirname(file), { log, heard: later });
  later();
  return () => {
    closed = true;
    clearTimeout(timer);
    unwatch();
  };
}
