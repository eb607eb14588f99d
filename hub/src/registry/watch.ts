import { watch, type FSWatcher } from 'chokidar';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { INOTIFY_ADVICE } from '../kernel/files/watch-folder.ts';
import type { Logger } from '../kernel/log.ts';

/** Files of a package that decide what is served; anything else is noise. */
const DECIDING =
  /(?:^|[\\/])(?:manifest|tools|blueprint)\.json$|[\\/]dist[\\/]server\.js$|[\\/]src[\\/].*\.[cm]?[jt]s$/;

/** Changes of one save or one install come in bursts; they are reported once. */
const QUIET_MS = 150;

/** How often files are looked at where the system watches no more of them. */
const POLL_MS = 2_000;

/**
 * Calls `changed` after packages below `root` were added, changed or removed. Staging folders (`.staging-*`) are not looked at.
 * Where the system watches no more files for this user, as editors use up inotify, they are looked at every few seconds.
 * The returned function ends the watch; `ready` resolves once changes are seen.
 */
export function watchServers(
  root: string,
  changed: () => void,
  { log, begin = watch }: { readonly log: Logger; readonly begin?: typeof watch },
): { readonly ready: Promise<void>; close(): Promise<void> } {
  makeFolder(root);
  let timer: NodeJS.Timeout | undefined;
  const ready = Promise.withResolvers<void>();
  const start = (usePolling: boolean): FSWatcher => {
    const started = begin(root, {
      ignoreInitial: true,
      depth: 5,
      ignored: (path) => /[\\/](?:node_modules|\.[^\\/]+|source)(?:[\\/]|$)/.test(path.slice(root.length)),
      usePolling,
      interval: POLL_MS,
    });
    started.on('all', (event, path) => {
      if (event !== 'unlinkDir' && !DECIDING.test(path)) return;
      clearTimeout(timer);
      timer = setTimeout(changed, QUIET_MS);
    });
    started.once('ready', () => ready.resolve());
    // An error that nobody hears ends the process.
    started.on('error', (cause) => {
      log.warn({ folder: root, cause, advice: INOTIFY_ADVICE }, 'changes of servers are not seen at once');
      if (usePolling || started !== watcher) return;
      watcher = start(true);
      void closeQuietly(started);
    });
    return started;
  };
  let watcher = start(false);
  return {
    ready: ready.promise,
    async close() {
      clearTimeout(timer);
      await closeQuietly(watcher);
    },
  };
}

/** Closing takes its listeners away, and what it had begun may still fail. */
function closeQuietly(watcher: FSWatcher): Promise<void> {
  const closed = watcher.close();
  watcher.on('error', () => undefined);
  return closed;
}
