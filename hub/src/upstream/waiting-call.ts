import { hubError, toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { RelayRequest, RelaySink, RelayTicket } from '../kernel/ports.ts';
import type { RpcSession } from './rpc/rpc-session.ts';

/** A call to a server that is not there yet: it is sent as soon as the server answers its handshake. */
export class WaitingCall implements RelayTicket {
  readonly #request: RelayRequest;
  readonly #sink: RelaySink;
  readonly #left: () => void;
  #sent: RelayTicket | undefined;
  #over = false;

  /** `left` is called once, when the call no longer waits. */
  constructor(request: RelayRequest, sink: RelaySink, left: () => void) {
    this.#request = request;
    this.#sink = sink;
    this.#left = left;
  }

  /** Waits for the session, at most this long. */
  follow(session: Promise<RpcSession>, limit: { server: string; clock: Clock; waitMs: number }): void {
    const stop = limit.clock.after(limit.waitMs, () => {
      const { server, waitMs } = limit;
      this.#fail(hubError('CALL_TIMEOUT', { server, method: this.#request.method, timeoutMs: waitMs }));
    });
    session.then(
      (opened) => {
        stop();
        if (this.#leave()) this.#sent = opened.call(this.#request, this.#sink);
      },
      (thrown: unknown) => {
        stop();
        this.#fail(toCounterpartError(thrown));
      },
    );
  }

  cancel(reason?: string): void {
    if (!this.#leave()) this.#sent?.cancel(reason);
  }

  #fail(error: CounterpartError): void {
    if (this.#leave()) this.#sink.settle({ kind: 'failure', error });
  }

  #leave(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#left();
    return true;
  }
}
