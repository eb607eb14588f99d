import {
  listen,
  problemResponse,
  type AnswerRequest,
  type MirrorListener,
} from '@counterpart/scaffolds/mirror/modes/listener';
import { MirrorCore } from '@counterpart/scaffolds/mirror/modes/mirror-core';
import { type Blueprint, type HarEntry, type MirrorMemory, toCounterpartError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { type MirrorFolder, readRecordings } from './folder.ts';
import { createMemoryKeeper, type MemoryKeeper } from './memory-keeper.ts';
import { openRecording, type RecordingFile } from './recording-file.ts';
import type { LiveDoor } from './live-door.ts';
import type { MirrorRecord } from './records.ts';

export interface RunningOptions {
  readonly record: MirrorRecord;
  readonly blueprint: Blueprint;
  readonly folder: MirrorFolder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Looks up settings and credentials of the real service. */
  readonly env: (name: string) => string | undefined;
  readonly live: LiveDoor;
  /** Takes every secret that the hub knows out of a text. */
  readonly clean: (text: string) => string;
  /** Of the hub, for recordings. */
  readonly version: string;
}

/** A mirror of the hub in service: what it holds is kept in its folder, and it may listen on a port of its own. */
export class RunningMirror {
  readonly folder: MirrorFolder;
  readonly core: MirrorCore;
  /** Why it does not do all it should. */
  problem: string | undefined;
  readonly #options: RunningOptions;
  readonly #keeper: MemoryKeeper;
  #record: MirrorRecord;
  #recording: RecordingFile | undefined;
  #listener: MirrorListener | undefined;

  private constructor(options: RunningOptions, entries: readonly HarEntry[]) {
    const { record, folder, clock, log } = options;
    this.#options = options;
    this.#record = record;
    this.folder = folder;
    this.#keeper = createMemoryKeeper({
      clock,
      write: () => folder.saveMemory(this.core.memory()),
      failed: (problem) => log.warn({ mirror: record.name, problem }, 'what a mirror holds was not kept'),
    });
    this.core = this.#makeCore(entries);
  }

  /** Takes up what the mirror held before. */
  static async open(options: RunningOptions): Promise<RunningMirror> {
    const mirror = new RunningMirror(options, await entriesFor(options.record, options.folder));
    await mirror.#openRecording();
    return mirror;
  }

  get record(): MirrorRecord {
    return this.#record;
  }

  get name(): string {
    return this.#record.name;
  }

  /** Its own address; undefined while it has none. */
  get ownUrl(): string | undefined {
    return this.#listener?.url;
  }

  get ownPort(): number | undefined {
    return this.#listener?.port;
  }

  /** The first of what keeps it from doing all it should. */
  get complaint(): string | undefined {
    return this.problem ?? this.#keeper.problem;
  }

  /** Answers a request; one that would act as the hub has to be one that may. */
  readonly answer: AnswerRequest = (request, drop) => {
    const refusal = this.#record.settings.mode === 'live' ? this.#options.live.refusal(request) : undefined;
    return refusal ? Promise.resolve(problemResponse(refusal)) : this.core.answer(request, drop);
  };

  /** Goes on with other settings; a recording that was being written is closed. */
  async configure(record: MirrorRecord): Promise<void> {
    await this.#closeRecording();
    this.problem = undefined;
    this.core.configure(record.settings, await entriesFor(record, this.folder));
    this.#record = record;
    await this.#openRecording();
  }

  /** Writes what it holds, now: for changes that somebody asked for. Throws DATA_UNWRITABLE. */
  keep(): void {
    this.#keeper.flush();
  }

  /** Listens on a port of its own; 0 takes a free one. Rejects with PORT_TAKEN. */
  async listen(port: number): Promise<number> {
    await this.#listener?.close();
    this.#listener = undefined;
    this.#listener = await listen(this.answer, { port, attach: this.core.attach });
    return this.#listener.port;
  }

  /** Ends it: what it holds is written, its port is free. */
  async close(): Promise<void> {
    await this.#listener?.close();
    this.#listener = undefined;
    await this.#closeRecording();
    this.#keeper.close();
  }

  #makeCore(entries: readonly HarEntry[]): MirrorCore {
    const { record, blueprint, folder, clock, env, live } = this.#options;
    const make = (memory: MirrorMemory | undefined): MirrorCore =>
      new MirrorCore({
        name: record.name,
        blueprint,
        settings: record.settings,
        basePath: `/mirror/${record.name}`,
        memory,
        scenarios: () => folder.scenarios(),
        entries,
        env,
        server: record.server,
        callTool: live.call,
        now: () => clock.now(),
        record: (entry) => this.#keep(entry),
        changed: () => this.#keeper.touch(),
      });
    const memory = folder.memory((place) => {
      this.problem = `What it held could not be read and was put aside: ${place}`;
    });
    try {
      return make(memory);
    } catch (cause) {
      this.problem = toCounterpartError(cause).message;
      return make(undefined);
    }
  }

  async #openRecording(): Promise<void> {
    const { settings } = this.#record;
    if (settings.mode !== 'record') return;
    const { version, clean } = this.#options;
    this.#recording = await openRecording(this.folder.recordingFile(settings.recording), { version, clean });
  }

  async #closeRecording(): Promise<void> {
    const closing = this.#recording;
    this.#recording = undefined;
    await closing?.close();
  }

  /** The service has acted by now, so its answer is passed on even where it cannot be written down. */
  async #keep(entry: HarEntry): Promise<void> {
    try {
      await this.#recording?.append(entry);
    } catch (cause) {
      this.problem = toCounterpartError(cause).message;
      this.#options.log.warn({ mirror: this.name, problem: this.problem }, 'an exchange was not recorded');
    }
  }
}

/** What a mode replays: the chosen recording first, then all others. */
async function entriesFor({ settings }: MirrorRecord, folder: MirrorFolder): Promise<readonly HarEntry[]> {
  if (settings.mode !== 'replay' && settings.mode !== 'hybrid') return [];
  const others = folder.recordings().filter((name) => name !== settings.recording);
  return readRecordings(folder, [settings.recording, ...others]);
}
