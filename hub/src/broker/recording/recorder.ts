import { createRedaction } from '@counterpart/scaffolds/mirror/recording/redaction';
import { type Blueprint, HarEntry, type HarFile, hubError, type RecordingState } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { Recordings } from '../../kernel/ports.ts';
import type { Redact } from '../../kernel/redact.ts';
import { toEntry, type Taped } from './tape.ts';

export interface RecorderOptions {
  readonly clock: Clock;
  /** Takes out every secret that the hub knows. */
  readonly clean: Redact;
}

/** Of one recording; it is full with the exchange that goes beyond one of them. */
export interface RecordingLimits {
  readonly entries: number;
  readonly bytes: number;
}

const LIMITS: RecordingLimits = { entries: 2_000, bytes: 32 * 1024 * 1024 };
const NO_AUTH: Pick<Blueprint, 'auth'> = { auth: { schemes: {}, default: [] } };

interface Recording {
  readonly startedAt: number;
  /** As they stand in the file. */
  readonly lines: string[];
  bytes: number;
  state: RecordingState['state'];
}

/** What servers ask through the broker, kept in memory while somebody wants it; nothing secret is in it. */
export class Recorder implements Recordings {
  readonly #options: RecorderOptions;
  readonly #limits: RecordingLimits;
  readonly #recordings = new Map<string, Recording>();

  constructor(options: RecorderOptions, limits: RecordingLimits = LIMITS) {
    this.#options = options;
    this.#limits = limits;
  }

  start(server: string): RecordingState {
    this.#recordings.set(server, {
      startedAt: this.#options.clock.now(),
      lines: [],
      bytes: 0,
      state: 'running',
    });
    return stateOf(this.#known(server));
  }

  stop(server: string): RecordingState {
    const recording = this.#known(server);
    if (recording.state === 'running') recording.state = 'stopped';
    return stateOf(recording);
  }

  state(server: string): RecordingState | undefined {
    const recording = this.#recordings.get(server);
    return recording && stateOf(recording);
  }

  har(server: string): HarFile {
    const { lines } = this.#known(server);
    const entries = lines.map((line) => HarEntry.parse(JSON.parse(line)));
    return { log: { version: '1.2', creator: { name: 'counterpart', version: '1' }, entries } };
  }

  forget(server: string): void {
    this.#recordings.delete(server);
  }

  now(): number {
    return this.#options.clock.now();
  }

  /** Whether exchanges of this server are wanted now. */
  wants(server: string): boolean {
    return this.#recordings.get(server)?.state === 'running';
  }

  /** Keeps an exchange; `secrets` are texts that must not be in it. */
  keep(
    server: string,
    taped: Taped,
    facts: { blueprint: Blueprint | undefined; secrets: readonly string[] },
  ): void {
    const recording = this.#recordings.get(server);
    if (recording?.state !== 'running') return;
    const redaction = createRedaction(facts.blueprint ?? NO_AUTH, { secrets: facts.secrets });
    const line = this.#options.clean(JSON.stringify(toEntry(taped, redaction)));
    if (
      recording.lines.length >= this.#limits.entries ||
      recording.bytes + line.length > this.#limits.bytes
    ) {
      recording.state = 'full';
      return;
    }
    recording.lines.push(line);
    recording.bytes += line.length;
  }

  #known(server: string): Recording {
    const recording = this.#recordings.get(server);
    if (recording === undefined) throw hubError('TRAFFIC_UNRECORDED', { server });
    return recording;
  }
}

const stateOf = ({ startedAt, lines, bytes, state }: Recording): RecordingState => ({
  state,
  startedAt: new Date(startedAt).toISOString(),
  entries: lines.length,
  bytes,
});
