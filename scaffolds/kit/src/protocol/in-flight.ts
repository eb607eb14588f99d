import type { RpcId } from './rpc.ts';

/** A request that is not answered yet. */
export interface Call {
  readonly id: RpcId;
  readonly controller: AbortController;
  cancelled: boolean;
}

/** The requests of one session that are not answered yet; bounded by its user. */
export class InFlight {
  readonly #calls = new Map<RpcId, Call>();
  readonly #waiting = new Set<() => void>();

  get size(): number {
    return this.#calls.size;
  }

  has(id: RpcId): boolean {
    return this.#calls.has(id);
  }

  begin(id: RpcId): Call {
    const call: Call = { id, controller: new AbortController(), cancelled: false };
    this.#calls.set(id, call);
    return call;
  }

  /** True while the caller waits for it: neither answered nor cancelled. */
  isOpen(call: Call): boolean {
    return this.#calls.get(call.id) === call && !call.cancelled;
  }

  end(call: Call): void {
    this.#calls.delete(call.id);
    if (this.#calls.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  cancel(id: RpcId): void {
    const call = this.#calls.get(id);
    if (!call) return;
    call.cancelled = true;
    call.controller.abort(new Error('The caller cancelled the call.'));
  }

  abortAll(): void {
    for (const call of this.#calls.values()) call.controller.abort(new Error('The server is stopping.'));
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#calls.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.add(resolve));
  }
}
