import type { Writable } from 'node:stream';
import type { CounterpartError, ServerState } from '@counterpart/schemas';
import type { BoxedProcess } from './sandbox.ts';

// Between supervisor and upstream: processes, and what the supervisor must be told of one.

/** How a process is run. `env` is complete: nothing else is inherited. */
export interface ProcessSpec {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly startTimeoutMs: number;
  /** From the end of stdin to SIGTERM, and from SIGTERM to SIGKILL. */
  readonly shutdownMs: number;
  /** Stopped after this long without a call; 0: never. */
  readonly idleMs: number;
  /** Between liveness probes while ready; 0: none. */
  readonly probeMs: number;
  readonly dependsOn: readonly string[];
  /** Asked before every start; a rejection is why there is none. */
  readonly verify?: (() => Promise<void>) | undefined;
  /** Its first argument is a module for the Node that runs the hub: it may begin in a process kept ready for that. */
  readonly warm?: boolean | undefined;
  /** Makes the process inside walls, instead of `command`, with its environment and these; rejects with a reason. */
  readonly openBox?: ((env: Readonly<Record<string, string>>) => Promise<BoxedProcess>) | undefined;
  /** One of several processes of this server: its state is not the server's, and is not published. */
  readonly instanceOf?: string | undefined;
}

export interface ChildIo {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: ChildOutput;
}

/** What a process writes to its standard output, for one reader. */
export interface ChildOutput {
  /** All of it is put there, from the first byte on. To be called once. */
  readInto(taker: OutputTaker): void;
}

/** Gives the memory that output is read into. */
export interface OutputTaker {
  /** Where the next bytes are to be put; asked anew after every `took`, and never empty. */
  room(): Buffer;
  /** So many bytes are there now. */
  took(length: number): void;
  /** There will be no more. */
  ended(): void;
}

/** What the supervisor must be told of a process it knows nothing about. */
export interface ProcessProtocol {
  /** Once a process: resolves when it answered the handshake and lists what its manifest says; rejects to fail the start. */
  handshake(child: ChildIo, signal: AbortSignal): Promise<void>;
  /** Liveness; a rejection counts as a failure. */
  probe(signal: AbortSignal): Promise<void>;
  /** The process is gone, wanted or not: fail what is in flight. Called exactly once for every `handshake` begun. */
  lost(reason: CounterpartError): void;
  /** Calls in flight; the idle timer waits while there are any. */
  inFlight(): number;
  /** What the process wrote in place of the protocol, as the end of a sentence; empty when it kept to it. */
  strayWords(): string;
}

export interface ProcessSnapshot {
  readonly state: ServerState;
  readonly pid?: number | undefined;
  readonly restarts: number;
  readonly since: number;
  /** The last failure in words; cleared when ready. */
  readonly problem?: string | undefined;
  /** Its code in the error catalogue. */
  readonly code?: string | undefined;
}

export interface Supervised {
  readonly snapshot: ProcessSnapshot;
  /** Resolves when ready, starting the process if it is stopped or waiting; rejects with SERVER_START_FAILED, SERVER_START_TIMEOUT, SERVER_QUARANTINED. */
  ready(): Promise<void>;
  /** A call was made: the idle time starts anew. */
  touch(): void;
  /** A real call failed (`false`) or succeeded (`true`): passive health. */
  observe(ok: boolean): void;
  stop(): Promise<void>;
  /** Stops it, forgets its failures, and starts it anew. Leaves quarantine. */
  restart(): Promise<void>;
  /** Forgets failures without starting. Leaves quarantine. */
  reset(): void;
  /** Last lines of standard error, oldest first, without secrets; bounded. */
  stderr(): readonly string[];
  /** Stops it and forgets it. */
  remove(): Promise<void>;
}

export interface Supervisor {
  supervise(spec: ProcessSpec, protocol: ProcessProtocol): Supervised;
  /** Every change of any process's state. */
  subscribe(listener: (id: string, snapshot: ProcessSnapshot) => void): () => void;
  /** Processes that are no server yet and wait to become one. */
  readonly sparePids: readonly number[];
  /** Stops all in reverse order of dependency; no process is left. */
  shutdown(): Promise<void>;
}
