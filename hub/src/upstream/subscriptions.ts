import { retryDelay } from '../kernel/async/retry-delay.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { JsonMembers } from '../kernel/ports.ts';
import { extensions } from '../kernel/protocol/extensions.ts';
import { membersOf } from '../kernel/protocol/members.ts';
import { RpcFailure } from './rpc-failure.ts';
import type { RpcSession } from './rpc/rpc-session.ts';

const METHOD_NOT_FOUND = -32601;

export interface SubscriptionOptions {
  readonly server: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps a server telling us what changes: one `subscriptions/listen` for a modern server, `resources/subscribe` for a legacy
 * one, renewed with every session. Subscriptions to one resource are counted; the server hears of the first and the last.
 */
export class Subscriptions {
  readonly #options: SubscriptionOptions;
  readonly #uris = new Map<string, number>();
  /** Tasks of a modern server, by its own ids. */
  readonly #tasks = new Map<string, number>();
  #session: RpcSession | undefined;
  #listening: AbortController | undefined;
  #retries = 0;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  /** Resources and tasks followed; while there are any, the server is in use. */
  get size(): number {
    return this.#uris.size + this.#tasks.size;
  }

  /** News of a task come until the returned function is called; a server that is not there yet is asked when it is. */
  followTask(taskId: string): () => void {
    const count = this.#tasks.get(taskId) ?? 0;
    this.#tasks.set(taskId, count + 1);
    if (count === 0 && this.#session?.era === 'modern') this.#listen();
    return () => {
      const left = (this.#tasks.get(taskId) ?? 1) - 1;
      if (left > 0) return void this.#tasks.set(taskId, left);
      this.#tasks.delete(taskId);
      if (this.#session?.era === 'modern') this.#listen();
    };
  }

  /** A new session: everything is subscribed anew. */
  open(session: RpcSession): void {
    this.#session = session;
    this.#retries = 0;
    if (session.era === 'modern') return this.#listen();
    for (const uri of this.#uris.keys())
      void this.#tell(session, 'resources/subscribe', uri).catch(this.#unheard);
  }

  lost(): void {
    this.#session = undefined;
    this.#listening = undefined;
  }

  async add(uri: string, session: RpcSession): Promise<void> {
    const count = this.#uris.get(uri) ?? 0;
    this.#uris.set(uri, count + 1);
    if (count > 0) return;
    try {
      await this.#tell(session, 'resources/subscribe', uri);
    } catch (thrown) {
      this.#uris.delete(uri);
      throw thrown;
    }
  }

  async remove(uri: string): Promise<void> {
    const count = this.#uris.get(uri);
    if (count === undefined) return;
    if (count > 1) return void this.#uris.set(uri, count - 1);
    this.#uris.delete(uri);
    if (this.#session) await this.#tell(this.#session, 'resources/unsubscribe', uri);
  }

  async #tell(session: RpcSession, method: string, uri: string): Promise<void> {
    if (session.era === 'modern') return this.#listen();
    await session.request(method, { uri });
  }

  /** Opens a listen request for what is wanted now, then gives up the one before it, so that nothing is missed between. */
  #listen(): void {
    const session = this.#session;
    const notifications = session && this.#wanted(session);
    const before = this.#listening;
    this.#listening = undefined;
    if (notifications) {
      const current = new AbortController();
      this.#listening = current;
      const capabilities = this.#tasks.size > 0 ? { extensions: { [extensions.tasks]: {} } } : undefined;
      const options = { timeoutMs: Number.POSITIVE_INFINITY, signal: current.signal, capabilities };
      session.request('subscriptions/listen', { notifications }, options).then(
        () => this.#ended(current),
        (thrown: unknown) => this.#ended(current, thrown),
      );
    }
    before?.abort();
  }

  #wanted(session: RpcSession): JsonMembers | undefined {
    const capabilities = session.info?.capabilities ?? {};
    const offers = (list: string, what: string): boolean => membersOf(capabilities[list])[what] === true;
    const wanted: JsonMembers = {};
    if (offers('tools', 'listChanged')) wanted['toolsListChanged'] = true;
    if (offers('prompts', 'listChanged')) wanted['promptsListChanged'] = true;
    if (offers('resources', 'listChanged')) wanted['resourcesListChanged'] = true;
    if (this.#uris.size > 0) wanted['resourceSubscriptions'] = [...this.#uris.keys()];
    if (this.#tasks.size > 0) wanted['taskIds'] = [...this.#tasks.keys()];
    return Object.keys(wanted).length === 0 ? undefined : wanted;
  }

  #ended(which: AbortController, thrown?: unknown): void {
    if (this.#listening !== which) return;
    this.#listening = undefined;
    if (thrown instanceof RpcFailure && thrown.code === METHOD_NOT_FOUND) return;
    const delayMs = retryDelay(this.#retries);
    this.#retries += 1;
    this.#options.clock.after(delayMs, () => {
      if (this.#session && !this.#listening) this.#listen();
    });
  }

  readonly #unheard = (thrown: unknown): void => {
    this.#options.log.debug(
      { server: this.#options.server, err: thrown },
      'a resource could not be subscribed to anew',
    );
  };
}
