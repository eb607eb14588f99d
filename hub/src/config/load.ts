import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  canonicalJson,
  CounterpartError,
  HubConfig,
  hubError,
  JsonValue,
  toCounterpartError,
} from '@counterpart/schemas';
import { z } from 'zod';
import { rewriteMembers } from '../kernel/files/jsonc-edit.ts';
import { systemReason } from '../kernel/files/system-reason.ts';
import { writeWhole } from '../kernel/files/write-whole.ts';
import { changedMembers } from './changed-members.ts';
import { parseMembers, readConfig, type ReadPackagedTools } from './decode.ts';
import { translate } from './dialects.ts';
import type { ConfigFollower, ConfigStore } from './store.ts';
import { watchFile } from './watch.ts';

/** A configuration file that is read again when it changes; the last valid reading stays current. */
export const createConfigStore = (
  file: string,
  packaged?: ReadPackagedTools,
  recording: Recording = (_, write) => write(),
): ConfigStore => new FileConfigStore(file, packaged, recording);

/** Notes which members an edit changes, as JSON Pointers, and lets it be written. */
export type Recording = (changed: readonly string[], write: () => Promise<void>) => Promise<void>;

class FileConfigStore implements ConfigStore {
  readonly #file: string;
  #current = HubConfig.parse({});
  #problem: string | undefined;
  #notes: readonly string[] = [];
  /** Edits of this process, one after the other. */
  #edits: Promise<void> = Promise.resolve();

  readonly #packaged: ReadPackagedTools | undefined;
  readonly #recording: Recording;

  constructor(file: string, packaged: ReadPackagedTools | undefined, recording: Recording) {
    this.#file = file;
    this.#packaged = packaged;
    this.#recording = recording;
  }

  current(): HubConfig {
    return this.#current;
  }

  problem(): string | undefined {
    return this.#problem;
  }

  notes(): readonly string[] {
    return this.#notes;
  }

  async load(): Promise<HubConfig> {
    const file = this.#file;
    try {
      const text = await readText(file);
      const { config, notes } =
        text === undefined
          ? { config: HubConfig.parse({}), notes: [] }
          : readConfig(text, file, this.#packaged);
      this.#current = config;
      this.#notes = notes;
      this.#problem = undefined;
      return config;
    } catch (thrown) {
      const error = toCounterpartError(thrown);
      this.#problem = error.message;
      throw error;
    }
  }

  watch(follower: ConfigFollower): () => void {
    let told = this.#current;
    return watchFile(this.#file, follower.log, async () => {
      const before = this.#problem;
      try {
        await this.load();
      } catch (thrown) {
        const problem = toCounterpartError(thrown);
        if (problem.message !== before) follower.rejected(problem);
        return;
      }
      const previous = told;
      told = this.#current;
      if (canonicalJson(previous) === canonicalJson(told)) return;
      await follower.changed(told, previous);
    });
  }

  update(edit: (json: Record<string, unknown>) => void): Promise<void> {
    const done = this.#edits.then(() => this.#write(edit));
    this.#edits = done.catch(() => undefined);
    return done;
  }

  async #write(edit: (json: Record<string, unknown>) => void): Promise<void> {
    const file = this.#file;
    const before = await readText(file);
    const raw = before === undefined ? {} : parseMembers(before, file).value;
    const { json, issues } = translate(raw);
    // Two servers of one id: writing would lose one of them.
    if (before !== undefined && issues.length > 0) readConfig(before, file);
    // Written in another program's form: our own takes its place, and with it go layout and comments.
    const foreign = canonicalJson(raw) !== canonicalJson(json);
    const base = toMembers(raw);
    edit(json);
    const wanted = toMembers(translate(json).json);
    const after =
      before === undefined || foreign
        ? `${JSON.stringify(wanted, undefined, 2)}\n`
        : rewriteMembers(before, base, wanted);
    readConfig(after, file, this.#packaged);
    await this.#recording(changedMembers(toMembers(translate(base).json), wanted), async () => {
      if (fingerprint(await readText(file)) !== fingerprint(before))
        throw hubError('CONFIG_CONFLICT', { file });
      if (before !== undefined && foreign) writeWhole(`${file}.bak`, before);
      writeWhole(file, after);
    });
  }
}

/** As JSON has it: a copy without members that are undefined. */
const toMembers = (value: object) => Members.parse(JSON.parse(JSON.stringify(value)));
const Members = z.record(z.string(), JsonValue);

const fingerprint = (text: string | undefined): string =>
  text === undefined ? 'none' : createHash('sha256').update(text).digest('hex');

/** Editors of Windows save other encodings, too; read as UTF-8, their letters would be others in silence. */
function asText(file: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const isWide = bytes[0] === 0xff || bytes[0] === 0xfe;
  const found = isWide ? 'It is UTF-16 text' : 'It is no UTF-8 text';
  throw hubError('CONFIG_INVALID', { file, detail: `✖ ${found}: save it as UTF-8` });
}

/** Text of the file; undefined when there is none. Rejects with CONFIG_INVALID when it cannot be read. */
async function readText(file: string): Promise<string | undefined> {
  try {
    return asText(file, await readFile(file));
  } catch (cause) {
    if (cause instanceof CounterpartError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'ENOENT') return undefined;
    throw hubError(
      'CONFIG_INVALID',
      { file, detail: `✖ It cannot be read: ${systemReason(cause)}` },
      { cause },
    );
  }
}
