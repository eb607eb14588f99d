import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  HAR_FOOT,
  harHead,
  harLine,
  harText,
  parseHar,
} from '@counterpart/scaffolds/mirror/recording/har-text';
import { type HarEntry, hubError } from '@counterpart/schemas';
import { writeWhole } from '../kernel/files/write-whole.ts';

/** A recording that is being written: a whole HAR file after every entry. */
export interface RecordingFile {
  readonly entries: number;
  readonly bytes: number;
  /** Resolves when the entry is in the file. Rejects with DATA_UNWRITABLE; the entries before it stay whole. */
  append(entry: HarEntry): Promise<void>;
  close(): Promise<void>;
}

/** A recording is replayed from memory: a larger one takes no more entries. */
const MAX_BYTES = 256 * 1024 * 1024;
const FOOT = Buffer.from(HAR_FOOT);

/** Opens a recording for more entries; one that a killed hub left half written is made whole first. */
export async function openRecording(
  file: string,
  { version, clean }: { readonly version: string; readonly clean: (text: string) => string },
): Promise<RecordingFile> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const known = await readFile(file, 'utf8').catch(() => '');
    const entries = parseHar(known)?.entries ?? [];
    // Also puts the foot of another writer's file where this one expects it.
    if (!known.startsWith(harHead(version)) || !known.endsWith(HAR_FOOT) || entries.length === 0)
      writeWhole(file, harText(entries, version));
    return new AppendedFile(file, await open(file, 'r+'), entries.length, clean);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

const unwritable = (file: string, cause: unknown): Error =>
  hubError(
    'DATA_UNWRITABLE',
    { directory: file, detail: cause instanceof Error ? cause.message : String(cause) },
    { cause },
  );

class AppendedFile implements RecordingFile {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #clean: (text: string) => string;
  #entries: number;
  /** Of the whole file, its foot included; unknown before the first entry. */
  #size: number | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(file: string, handle: FileHandle, entries: number, clean: (text: string) => string) {
    this.#file = file;
    this.#handle = handle;
    this.#entries = entries;
    this.#clean = clean;
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#size ?? 0;
  }

  append(entry: HarEntry): Promise<void> {
    const appended = this.#queue.then(() => this.#append(entry));
    this.#queue = appended.catch(() => undefined);
    return appended;
  }

  async #append(entry: HarEntry): Promise<void> {
    this.#size ??= (await this.#handle.stat()).size;
    const line = Buffer.from(this.#clean(harLine(entry, this.#entries === 0)) + HAR_FOOT);
    if (this.#size + line.length > MAX_BYTES)
      throw unwritable(this.#file, new Error(`a recording holds ${MAX_BYTES} bytes at most`));
    const at = this.#size - FOOT.length;
    try {
      await writeAll(this.#handle, line, at);
      this.#size = at + line.length;
      this.#entries += 1;
    } catch (cause) {
      await this.#mend(at);
      throw unwritable(this.#file, cause);
    }
  }

  /** A full disk takes a part of a line: the file ends again where it ended before. */
  async #mend(at: number): Promise<void> {
    try {
      await this.#handle.truncate(at);
      await writeAll(this.#handle, FOOT, at);
    } catch {
      // Whoever reads it finds the whole entries by their lines.
    }
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#handle.sync().catch(() => undefined);
    await this.#handle.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
