import { createHash, type Hash } from 'node:crypto';
import type { ChatMessage } from '@counterpart/schemas';

const MOST = 1_000;

interface Called {
  readonly name: string;
  readonly arguments: string;
}

/**
 * Ids of calls that were handed to programs whose messages have no place for them. Models are told their own ids again, and what
 * the hub did before a call is found by its id. A call is known by all that was said before it: two talks that only call the same
 * have nothing to do with each other. Kept in memory: after a restart a call gets another id.
 */
export class CallIds {
  readonly #ids = new Map<string, string>();

  /** Follows the messages of one request. */
  thread(principal: string): CallThread {
    return new CallThread(this.#ids, principal);
  }
}

/** One request: what it says, in order, then what it is answered. */
export class CallThread {
  readonly #ids: Map<string, string>;
  readonly #said: Hash;

  constructor(ids: Map<string, string>, principal: string) {
    this.#ids = ids;
    this.#said = createHash('sha256').update(JSON.stringify(principal));
  }

  /** The next message of the request; the id of the function's call in it, where there is one. */
  heard(message: ChatMessage): string | undefined {
    const called = message.role === 'assistant' ? message.function_call : undefined;
    const key = called == null ? undefined : this.#keyOf(called);
    this.#said.update(JSON.stringify(message));
    return key === undefined ? undefined : (this.#ids.get(key) ?? `call_${key.slice(0, 24)}`);
  }

  /** A call with which the request is answered. */
  answered({ callId, ...called }: Called & { readonly callId: string }): void {
    this.#ids.set(this.#keyOf(called), callId);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > MOST && oldest !== undefined) this.#ids.delete(oldest);
  }

  #keyOf({ name, arguments: given }: Called): string {
    return this.#said
      .copy()
      .update(JSON.stringify([name, given]))
      .digest('hex');
  }
}
