import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { ChildIo } from '../../kernel/ports.ts';
import { FrameReader, MAX_FRAME_BYTES } from '../rpc/framing.ts';
import { locateIn } from '../rpc/reply-scan.ts';
import { RpcSession, type SessionOptions } from '../rpc/rpc-session.ts';
import { StdioWire } from './stdio-wire.ts';

/** A session over the pipes of one process; it lives exactly as long as that process. */
export class StdioLink {
  readonly session: RpcSession;
  readonly #wire: StdioWire;
  readonly #child: ChildIo;
  #closed = false;

  constructor(child: ChildIo, options: SessionOptions) {
    this.#child = child;
    this.#wire = new StdioWire(child);
    const session = new RpcSession(options, this.#wire);
    this.session = session;
    const reader = new FrameReader({
      frame: (line) => session.receive(line),
      oversize: (head, tail) => session.receiveOversize(locateIn(head, tail), MAX_FRAME_BYTES),
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.#closed) reader.push(chunk);
    });
    child.stdout.on('error', () => undefined);
    child.stdout.on('end', () => {
      this.close(
        hubError('UPSTREAM_LOST', { server: options.server, detail: 'it closed its standard output' }),
      );
    });
  }

  /** Fails what is in flight with this error; nothing is read or written afterwards. */
  close(error: CounterpartError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wire.close();
    this.session.failAll(error);
    // Nobody listens any more, but a pipe that is not drained would block a server that is flushing its last lines.
    this.#child.stdout.resume();
  }
}
