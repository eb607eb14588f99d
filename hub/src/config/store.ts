import type { CounterpartError, HubConfig } from '@counterpart/schemas';
import type { Logger } from '../kernel/log.ts';

/** Who hears of a changed file; the next change waits for the promise. */
export interface ConfigFollower {
  /** For what keeps the file from being watched. */
  readonly log: Logger;
  /** The file changed and is valid. */
  changed(config: HubConfig, previous: HubConfig): void | Promise<void>;
  /** The file changed and is not valid, for another reason than before: what was current stays. */
  rejected(problem: CounterpartError): void;
}

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
  /** Tells the follower of every change of the file; the returned function ends it. */
  watch(follower: ConfigFollower): () => void;
  /**
   * Edits the file's JSON, servers under `mcpServers` by their ids, and writes it durably; comments and layout stay. A file in
   * another program's form is written anew in ours, and kept as `<file>.bak`. Rejects with CONFIG_INVALID or CONFIG_CONFLICT, and has then written nothing.
   */
  update(edit: (json: Record<string, unknown>) => void): Promise<void>;
}
