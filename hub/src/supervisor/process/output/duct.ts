import { once } from 'node:events';
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildOutput, OutputTaker } from '../../../kernel/ports.ts';
import { pour } from './pour.ts';

/** Both ends are in this process: more than a turn or two means that something is wrong. */
const OPEN_MS = 2_000;

/** Into which is read what comes before anybody takes it. */
const first = Buffer.alloc(64 * 1024);

/**
 * A stream socket of which one end becomes the standard output of a process. Node makes such a pair by itself for `pipe`, but
 * what comes through that is read into memory made for each read; a socket that the program opens is read where it says.
 */
export class Duct implements ChildOutput {
  /** Resolves when all was read that will ever come, and at once after `drop`. */
  readonly closed: Promise<void>;
  readonly #ours: Socket;
  /** Gone once the process has it: it knows the socket that it came from, which listened. */
  #theirs: Socket | undefined;
  readonly #end: End;

  private constructor(theirs: Socket, ours: Socket, end: End) {
    this.#theirs = theirs;
    this.#ours = ours;
    this.#end = end;
    this.closed = new Promise((resolve) => void ours.once('close', () => resolve()));
  }

  /** Rejects where no socket can be, such as without a folder for temporary files or when too many files are open. */
  static async open(): Promise<Duct> {
    // A folder that nobody else may enter: whoever connects is this process.
    const folder = mkdtempSync(join(tmpdir(), 'counterpart-duct-'));
    const server = createServer({ pauseOnConnect: true });
    const end: End = { taker: undefined };
    const path = join(folder, 'o');
    // A connection for which no file is left is dropped, and nobody told.
    const signal = AbortSignal.timeout(OPEN_MS);
    let ours: Socket | undefined;
    try {
      server.listen(path);
      await once(server, 'listening', { signal });
      ours = connect({ path, onread: onread(end) }).pause();
      ours.on('error', () => undefined);
      const accepted = once(server, 'connection', { signal });
      const [[theirs]] = (await Promise.all([accepted, once(ours, 'connect', { signal })])) as [
        [Socket],
        unknown,
      ];
      theirs.on('error', () => undefined);
      return new Duct(theirs, ours, end);
    } catch (cause) {
      ours?.destroy();
      throw cause;
    } finally {
      server.close();
      // To look into the folder would take a file more.
      rmSync(path, { force: true });
      rmdirSync(folder);
    }
  }

  /** For `spawn`. */
  get theirs(): Socket | undefined {
    return this.#theirs;
  }

  /** The process has its end, or there is none. */
  handOver(): void {
    this.#theirs?.destroy();
    this.#theirs = undefined;
  }

  readInto(taker: OutputTaker): void {
    this.#end.taker = taker;
    this.#ours.once('close', () => taker.ended());
    this.#ours.resume();
  }

  /** Nobody will read it, unless somebody does already. */
  release(): void {
    if (this.#end.taker === undefined) this.#ours.resume();
  }

  /** There is no process that could write. */
  drop(): void {
    this.handOver();
    this.#ours.destroy();
  }
}

interface End {
  taker: OutputTaker | undefined;
}

const onread = (end: End) => ({
  buffer: () => end.taker?.room() ?? first,
  callback: (length: number, buffer: Uint8Array): boolean => {
    const { taker } = end;
    if (taker !== undefined && buffer !== first) taker.took(length);
    else if (taker !== undefined) pour(buffer.subarray(0, length), taker);
    return true;
  },
});
