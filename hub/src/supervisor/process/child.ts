import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ChildIo, ChildOutput } from '../../kernel/ports.ts';
import type { StopStep } from '../state/state.ts';
import type { Exit } from './causes.ts';

/** One life of a process. */
export interface Child {
  readonly io: ChildIo;
  /** Resolves once it ended and what it wrote was delivered. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Resolves once nothing of it is left: not its group, nor what left the group. After `exited`; never rejects. */
  readonly gone: Promise<void>;
  /** `end` closes its standard input; the others go to its whole group. */
  signal(step: StopStep): void;
}

/** A process whose standard streams lead to us. */
export interface PipedProcess {
  readonly child: ChildProcess & { readonly stdin: Writable; readonly stderr: Readable };
  readonly output: ChildOutput;
  /** Resolves when it has ended and all that it and what it left behind wrote was delivered. */
  readonly closed: Promise<void>;
}
