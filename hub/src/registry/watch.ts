import { watch } from 'chokidar';
import { makeFolder } from '../kernel/files/make-folder.ts';

/** Files of a package that decide what is served; anything else is noise. */
const DECIDING =
  /(?:^|[\\/])(?:manifest|tools|blueprint)\.json$|[\\/]dist[\\/]server\.js$|[\\/]src[\\/].*\.[cm]?[jt]s$/;

/** Changes of one save or one install come in bursts; they are reported once. */
const QUIET_MS = 150;

/**
 * Calls `changed` after packages below `root` were added, changed or removed. Staging folders (`.staging-*`) are not looked at.
 * The returned function ends the watch; `ready` resolves once changes are seen.
 */
export function watchServers(
  root: string,
  changed: () => void,
): { readonly ready: Promise<void>; close(): Promise<void> } {
  makeFolder(root);
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(root, {
    ignoreInitial: true,
    depth: 5,
    ignored: (path) => /[\\/](?:node_modules|\.[^\\/]+|source)(?:[\\/]|$)/.test(path.slice(root.length)),
  });
  watcher.on('all', (event, path) => {
    if (event !== 'unlinkDir' && !DECIDING.test(path)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  });
  return {
    ready: new Promise((resolve) => {
      watcher.once('ready', () => resolve());
    }),
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
