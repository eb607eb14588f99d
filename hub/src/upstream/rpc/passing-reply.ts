import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { RawReply } from '../../kernel/ports.ts';
import { giveBack } from '../../kernel/protocol/spent-bytes.ts';
import type { LineTaker } from './framing.ts';
import { endsObject } from './reply-scan.ts';

/** The request whose answer passes. */
export interface PassingOwner {
  readonly server: string;
  /** Whether anybody waits for the answer still. */
  isOpen(): boolean;
  /** More of it came: the server is at work. */
  goesOn(): void;
  /** The answer passed on whole. */
  passed(reply: RawReply): void;
  fail(error: CounterpartError): void;
}

/**
 * A long answer that its caller is given while it comes. It is kept to its end all the same, because what the hub notes of an
 * answer may stand anywhere in it; with that its memory goes back at once.
 */
export class PassingReply implements LineTaker {
  readonly #owner: PassingOwner;
  readonly #head: RawReply;
  readonly #pass: (part: Buffer) => void;
  #parts: Buffer[];

  constructor(owner: PassingOwner, head: RawReply, pass: (part: Buffer) => void) {
    this.#owner = owner;
    this.#head = head;
    this.#pass = pass;
    this.#parts = [head.frame];
  }

  take(part: Buffer): void {
    if (!this.#owner.isOpen()) {
      this.#parts = [];
      return;
    }
    this.#owner.goesOn();
    this.#parts.push(part);
    this.#pass(part);
  }

  end(): void {
    if (!this.#owner.isOpen()) return;
    const parts = this.#parts;
    if (!endsObject(parts)) return this.#fail('an answer that is not JSON');
    this.#owner.passed({
      ...this.#head,
      get frame() {
        return Buffer.concat(parts);
      },
      spent: () => giveBack(parts),
    });
  }

  overflow(maxBytes: number): void {
    if (this.#owner.isOpen()) this.#fail(`an answer longer than ${maxBytes} bytes`);
    this.#parts = [];
  }

  #fail(detail: string): void {
    this.#owner.fail(hubError('UPSTREAM_PROTOCOL', { server: this.#owner.server, detail }));
  }
}
