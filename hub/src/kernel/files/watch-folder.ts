import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../log.ts';

interface Watching {
  readonly log: Logger;
  /** Hears of a change, with the name of what changed in the folder where that is known. */
  readonly heard: (file: string | null) => void;
  /** How the system is asked; default: Node's `watch`. */
  readonly begin?: (folder: string, heard: (file: string | null) => void) => FSWatcher;
  /** How often the folder is looked at where the system watches no more. */
  readonly pollMs?: number;
}

/** What a person may do about it. */
export const INOTIFY_ADVICE = 'raise fs.inotify.max_user_instances and fs.inotify.max_user_watches';

const POLL_MS = 2_000;
const byTheSystem = (folder: string, heard: (file: string | null) => void): FSWatcher =>
  watch(folder, { persistent: false }, (_, file) => heard(file));

/**
 * Watches what lies in a folder, until the returned function is called. A system that watches no more for this user, as editors
 * use up inotify, keeps nobody from working: the folder is then looked at every few seconds.
 */
export function watchFolder(
  folder: string,
  { log, heard, begin = byTheSystem, pollMs = POLL_MS }: Watching,
): () => void {
  let close = (): void => undefined;
  const poll = (cause: unknown): void => {
    close();
    log.warn(
      { folder, cause, advice: INOTIFY_ADVICE },
      `changes in a folder are looked for every ${pollMs / 1000} s`,
    );
    close = polled(folder, pollMs, heard);
  };
  try {
    const watcher = begin(folder, heard);
    watcher.on('error', poll);
    close = () => watcher.close();
  } catch (cause) {
    poll(cause);
  }
  return () => close();
}

function polled(folder: string, pollMs: number, heard: (file: null) => void): () => void {
  let before = stampOf(folder);
  const timer = setInterval(() => {
    const now = stampOf(folder);
    if (now === before) return;
    before = now;
    heard(null);
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Names, sizes and times of what lies in a folder; empty where there is none. */
function stampOf(folder: string): string {
  try {
    return readdirSync(folder)
      .map((name) => {
        const found = statSync(join(folder, name), { throwIfNoEntry: false });
        return `${name}\0${found?.size ?? ''}\0${found?.mtimeMs ?? ''}`;
      })
      .join('\n');
  } catch {
    return '';
  }
}
