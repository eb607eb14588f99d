import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FlowHouse, FlowParts, Served } from './flow-house.ts';
import { watchFolder } from '../../kernel/files/watch-folder.ts';
import { lazily, type Lazy } from '../../kernel/lazily.ts';
import type { Logger } from '../../kernel/log.ts';
import type { CatalogSource } from '../../kernel/ports.ts';

/** Prompt templates and flows of a hub, opened when there are some, or somebody asks for them. */
export interface FlowDesk extends Lazy<FlowHouse> {
  /** Tools and prompts that they are, as last read. */
  readonly sources: readonly CatalogSource[];
  /** Names of flows as models. */
  readonly models: readonly string[];
  /** Reads the files; where clients are to be offered something else, they are told. */
  refresh(): Promise<void>;
  /** Goes on with runs that the hub before was cut off from, and follows the files until `signal` is aborted. */
  follow(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface FlowDeskOptions {
  readonly home: string;
  readonly dataDir: string;
  readonly log: Logger;
  /** What the rooms are made of. */
  readonly parts: () => Promise<FlowParts>;
  /** Lets the catalog have the sources. */
  readonly publish: () => void;
  /** Calls back after the catalog's tools changed. */
  readonly onTools: (changed: () => void) => () => void;
}

const FOLDERS = ['flows', 'prompts'];
/** Editors write in several steps. */
const QUIET_MS = 100;
const NOTHING: Served = { sources: [], models: [], errors: [], stamp: '' };

/** The desk of prompts and flows; nothing is read before `refresh`. */
export function flowDesk({ home, dataDir, log, parts, publish, onTools }: FlowDeskOptions): FlowDesk {
  const house = lazily(async () => {
    const { openFlowHouse } = await import('./flow-house.ts');
    return openFlowHouse(await parts());
  });
  const errors = new ErrorLog(log);
  let served = NOTHING;
  let reading: Promise<void> = Promise.resolve();
  const read = async (): Promise<void> => {
    const isThere = FOLDERS.some((folder) => existsSync(join(home, folder)));
    if (!isThere && served === NOTHING) return;
    const now = await (await house.open()).served();
    errors.tell(now.errors);
    if (now.stamp === served.stamp) return;
    served = now;
    publish();
  };
  const refresh = (): Promise<void> => {
    reading = reading
      .then(read)
      .catch((cause: unknown) => log.error({ cause }, 'flows and prompts could not be read'));
    return reading;
  };
  return {
    ...house,
    get sources() {
      return served.sources;
    },
    get models() {
      return served.models;
    },
    refresh,
    async follow(signal) {
      const folders = watchFolders(home, () => void refresh(), log);
      const stop = onTools(() => void refresh());
      signal.addEventListener('abort', () => {
        folders();
        stop();
      });
      if (existsSync(join(dataDir, 'flows'))) await (await house.open()).flows.resume();
    },
    async close() {
      await reading;
      await (await house.opened())?.flows.close();
    },
  };
}

/** Writes each error of a file once, and again when it came back. */
class ErrorLog {
  readonly #log: Logger;
  #told: ReadonlySet<string> = new Set();

  constructor(log: Logger) {
    this.#log = log;
  }

  tell(errors: Served['errors']): void {
    const texts = new Set<string>();
    for (const { file, line, path, message, fix } of errors) {
      const text = `${file}:${line} ${path === '' ? '' : `${path}: `}${message}`;
      if (!this.#told.has(text)) this.#log.warn({ fix }, `a flow cannot be run: ${text}`);
      texts.add(text);
    }
    this.#told = texts;
  }
}

/** Calls back after anything happened in the folders, also when one of them comes into being. The returned function ends it. */
function watchFolders(home: string, changed: () => void, log: Logger): () => void {
  const watchers = new Map<string, () => void>();
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      look();
      changed();
    }, QUIET_MS);
    timer.unref();
  };
  const follow = (path: string, heard: (file: string | null) => void): void => {
    if (watchers.has(path) || !existsSync(path)) return;
    watchers.set(path, watchFolder(path, { log, heard }));
  };
  const look = (): void => {
    for (const folder of FOLDERS) {
      const path = join(home, folder);
      // One that was removed and made again is another folder.
      if (!existsSync(path)) {
        watchers.get(path)?.();
        watchers.delete(path);
      }
      follow(path, later);
    }
  };
  follow(home, (file) => {
    if (file === null || FOLDERS.includes(basename(file))) later();
  });
  look();
  return () => {
    clearTimeout(timer);
    for (const unwatch of watchers.values()) unwatch();
  };
}
