import { closeSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import type { ChildOutput, OutputTaker } from '../../../kernel/ports.ts';
import { pour } from './pour.ts';
import { socketPair } from './socket-pair.ts';

/** Into which is read what comes before anybody takes it. */
const first = Buffer.alloc(64 * 1024);

/**
 * A stream socket of which one end becomes the standard output of a process. Node makes such a pair by itself for `pipe`, but
 * what comes through that is read into memory made for each read, and holds less than a long result; a socket that the program
 * opens is read where it says.
 */
export class Duct implements ChildOutput {
  /** Resolves when all was read that will ever come, and at once after `drop`. */
  readonly closed: Promise<void>;
  readonly #ours: Socket;
  /** Of the process; gone once it has it. */
  #theirs: number | undefined;
  readonly #end: End;

  private constructor(theirs: number, ours: Socket, end: End) {
    this.#theirs = theirs;
    this.#ours = ours;
    this.#end = end;
    this.closed = new Promise((resolve) => void ours.once('close', () => resolve()));
  }

  /** Undefined where there can be none. */
  static open(): Duct | undefined {
    const pair = socketPair();
    if (pair === undefined) return undefined;
    const [fd, theirs] = pair;
    const end: End = { taker: undefined };
    // Node's type knows `onread` of connections only.
    const options: SocketConstructorOpts & { onread: object } = { fd, readable: true, onread: onread(end) };
    const ours = new Socket(options).pause();
    ours.on('error', () => undefined);
    return new Duct(theirs, ours, end);
  }

  /** For `spawn`: a file descriptor. */
  get theirs(): number | undefined {
    return this.#theirs;
  }

  /** The process has its end, or there is none. */
  handOver(): void {
    if (this.#theirs !== undefined) closeSync(this.#theirs);
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
