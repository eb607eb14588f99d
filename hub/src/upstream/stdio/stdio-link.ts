import type { CounterpartError } from '@counterpart/schemas';
import type { ChildIo } from '../../kernel/ports.ts';
import { inOneTurn } from '../../kernel/async/turn.ts';
import { FrameReader, MAX_FRAME_BYTES } from '../rpc/framing.ts';
import { locateIn } from '../rpc/reply-scan.ts';
import { RpcSession } from '../rpc/rpc-session.ts';
import type { SessionOptions } from '../rpc/session-options.ts';
import { Intake } from './intake.ts';
import { StdioWire } from './stdio-wire.ts';

/** A process whose output ended is expected to be gone within this time; one that is not is of no use any more. */
const LINGER_MS = 1_000;

/** A session over the pipes of one process; it lives exactly as long as that process. */
export class StdioLink {
  readonly session: RpcSession;
  /** Resolves when the link is closed. */
  readonly closed: Promise<void>;
  readonly #wire: StdioWire;
  readonly #child: ChildIo;
  #markClosed: () => void = () => undefined;
  #isClosed = false;
  #isEnding = false;

  /** `lingers` is called when the process closed its output and yet does not end. */
  constructor(child: ChildIo, options: SessionOptions, lingers: () => void) {
    this.#child = child;
    this.#wire = new StdioWire(child);
    this.session = new RpcSession(options, this.#wire);
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
    const { session } = this;
    const reader = new FrameReader({
      frame: (line) => session.receive(line),
      begun: (head) => session.begin(head),
      oversize: (head, tail) => session.receiveOversize(locateIn(head, tail), MAX_FRAME_BYTES),
    });
    const intake = new Intake(reader, options.clock);
    const take = (length: number): void => intake.took(length);
    child.stdout.readInto({
      room: () => intake.room(),
      took: (length) => {
        // Nobody listens any more when it is closed, but a pipe that is not drained would block a server that is flushing its last lines.
        if (!this.#isClosed) inOneTurn(take, length);
      },
      ended: () => {
        this.#isEnding = true;
        options.clock.after(LINGER_MS, () => {
          if (!this.#isClosed) lingers();
        });
      },
    });
  }

  /** The process is going or gone: what is sent now would be lost. */
  get ending(): boolean {
    return this.#isEnding || this.#isClosed;
  }

  /** What is sent now reaches the process. One that is being stopped had its input ended, long before its output ends. */
  get takesCalls(): boolean {
    return !this.ending && !this.#child.stdin.writableEnded;
  }

  /** Fails what is in flight with this error; nothing is read or written afterwards. */
  close(error: CounterpartError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wire.close();
    this.session.failAll(error);
    this.#markClosed();
  }
}
