import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildOutput, OutputTaker } from '../../../kernel/ports.ts';
import { pour } from './pour.ts';

/** Into which is read what comes before anybody takes it. */
const first = Buffer.alloc(64 * 1024);

/**
 * A stream socket of which one end becomes the standard output of a process. Node makes such a pair by itself for `pipe`, but
 * what comes through that is read into memory made for each read; a socket that the program opens is read where it says.
 */
export class Duct implements ChildOutput {
  /** For `spawn`; to be destroyed when the process has it. */
  readonly theirs: Socket;
  /** Resolves when all was read that will ever come, and at once after `drop`. */
  readonly closed: Promise<void>;
  readonly #ours: Socket;
  readonly #end: End;

  private constructor(theirs: Socket, ours: Socket, end: End) {
    this.theirs = theirs;
    this.#ours = ours;
    this.#end = end;
    this.closed = new Promise((resolve) => void ours.once('close', () => resolve()));
  }

  /** Rejects where no socket can be, such as without a folder for temporary files. */
  static async open(): Promise<Duct> {
    // A folder that nobody else may enter: whoever connects is this process.
    const folder = mkdtempSync(join(tmpdir(), 'counterpart-duct-'));
    const server = createServer({ pauseOnConnect: true });
    const end: End = { taker: undefined };
    try {
      const path = join(folder, 'o');
      server.listen(path);
      await once(server, 'listening');
      const ours = connect({ path, onread: onread(end) }).pause();
      const [[theirs]] = (await Promise.all([once(server, 'connection'), once(ours, 'connect')])) as [
        [Socket],
        unknown,
      ];
      for (const socket of [ours, theirs]) socket.on('error', () => undefined);
      return new Duct(theirs, ours, end);
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
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
    this.theirs.destroy();
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
