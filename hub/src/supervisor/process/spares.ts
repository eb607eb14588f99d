import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { ProcessSpec } from '../../kernel/ports.ts';
import type { PipedProcess } from './child.ts';
import type { Ledger } from './ledger.ts';
import { MARKER_VARIABLE, send } from './process-table.ts';
import { spawnPiped } from './output/spawn-piped.ts';
import { fitsSpare } from './spare-fit.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/spare.js', import.meta.url));

/** After the last start of any process: a machine that is starting servers has no time to spare. */
const QUIET_MS = 1_500;
/** Least memory that must be free, in bytes; a spare costs about a twentieth of it. */
const FREE_BYTES = 512 * 1024 * 1024;
const MEMORY_PAUSE_MS = 60_000;
/** Spares that may end unused before none is made any more. */
const MOST_FAILURES = 3;

export interface SpareOptions {
  /** How many wait at most. */
  readonly count: number;
  /** Their environment until they become a server; no secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Free memory in bytes. Default: what the system says. */
  readonly available?: (() => number) | undefined;
}

/** A process that is nobody yet, with the marker it was recorded under. */
export interface Spare {
  readonly process: PipedProcess;
  readonly marker: string;
}

interface SpareParts extends SpareOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  /** Shown with the process, so that people see whose it is. */
  readonly stateDir: string;
}

/** Keeps processes that have begun and wait to become a server; each serves one server, once. */
export class Spares {
  readonly #parts: SpareParts;
  readonly #idle = new Set<Spare>();
  #disarm: (() => void) | undefined;
  #failures = 0;
  #wanted = false;
  #closed = false;

  constructor(parts: SpareParts) {
    this.#parts = parts;
  }

  get pids(): readonly number[] {
    return [...this.#idle].flatMap(({ process: { child } }) => child.pid ?? []);
  }

  /** A server is there that could begin in a spare; until then none is made. */
  expect(spec: ProcessSpec): void {
    if (!fitsSpare(spec, this.#parts.env)) return;
    this.#wanted = true;
    if (!this.#disarm) this.#refillAfter(QUIET_MS);
  }

  /** A spare that is told to be this server from now on; undefined when there is none, or it would make a difference. */
  take(spec: ProcessSpec): Spare | undefined {
    if (this.#wanted) this.#refillAfter(QUIET_MS);
    if (!fitsSpare(spec, this.#parts.env)) return undefined;
    const spare = [...this.#idle].find(({ process: { child } }) => isRunning(child));
    if (!spare) return undefined;
    this.#idle.delete(spare);
    const { args, cwd, env } = spec;
    const order = { args, cwd, env: { ...env, [MARKER_VARIABLE]: spare.marker } };
    const [, , , orders] = spare.process.child.stdio;
    if (orders && 'end' in orders) orders.end(JSON.stringify(order));
    return spare;
  }

  /** Ends all that wait, and makes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm?.();
    await Promise.all(
      [...this.#idle].map(async ({ process: { child } }) => {
        const ended = once(child, 'exit');
        if (!isRunning(child)) return;
        send(-Number(child.pid), 'SIGKILL');
        await ended;
      }),
    );
  }

  #refillAfter(delayMs: number): void {
    this.#disarm?.();
    this.#disarm = this.#parts.clock.after(delayMs, () => void this.#refill());
  }

  async #refill(): Promise<void> {
    const { count, available = () => process.availableMemory(), ledger, log } = this.#parts;
    if (this.#closed || this.#idle.size >= count || this.#failures >= MOST_FAILURES) return;
    if (available() < FREE_BYTES) return this.#refillAfter(MEMORY_PAUSE_MS);
    try {
      const marker = await ledger.prepare();
      if (this.#closed) return;
      await this.#make(marker);
    } catch (cause) {
      this.#failures += 1;
      log.debug({ cause }, 'a spare process could not be made');
    }
    this.#refillAfter(QUIET_MS);
  }

  async #make(marker: string): Promise<void> {
    const { env, ledger, stateDir } = this.#parts;
    const begun = await spawnPiped({
      command: process.execPath,
      args: [PROGRAM, stateDir],
      cwd: '/',
      env: { ...env, [MARKER_VARIABLE]: marker },
      more: ['pipe'],
    });
    const { child } = begun;
    const spare: Spare = { process: begun, marker };
    for (const stream of child.stdio) stream?.on('error', () => undefined);
    child.once('exit', () => {
      if (!this.#idle.delete(spare)) return;
      this.#failures += 1;
      ledger.remove(Number(child.pid));
    });
    ledger.add(Number(child.pid));
    this.#idle.add(spare);
    if (this.#closed) await this.close();
  }
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null;
