import type { HubConfig } from '@counterpart/schemas';
import type { Logger } from '../kernel/log.ts';

/** A listener of configuration changes; the next change waits for its promise. */
export type ConfigListener = (config: HubConfig, previous: HubConfig) => void | Promise<void>;

/** The configuration file, as last read and valid. */
export interface ConfigStore {
  /** The last valid configuration; defaults before the first `load` and when there is no file. */
  current(): HubConfig;
  /** Why the file, as it stands now, is not in use; undefined when it is. */
  problem(): string | undefined;
  /** What decoding changed silently otherwise, such as a server's name made legal. */
  notes(): readonly string[];
  /** Reads the file; rejects with CONFIG_INVALID and keeps what was current. */
  load(): Promise<HubConfig>;
  /** Calls `listener` after every change of the file that is valid; the returned function ends it. */
  watch(listener: ConfigListener): () => void;
  /**
   * Edits the file's JSON, servers under `mcpServers` by their ids, and writes it durably; a copy with what is lost, such as
   * comments, is kept as `<file>.bak`. Rejects with CONFIG_INVALID or CONFIG_CONFLICT, and has then written nothing.
   */
  update(edit: (json: Record<string, unknown>) => void): Promise<void>;
}

export interface ConfigStoreOptions {
  readonly file: string;
  readonly log: Logger;
}
