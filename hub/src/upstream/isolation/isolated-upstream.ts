import { toCounterpartError } from '@counterpart/schemas';
import type {
  JsonMembers,
  ProcessSnapshot,
  RelayRequest,
  RelaySink,
  RelayTicket,
  Supervised,
  Upstream,
  UpstreamEvents,
  UpstreamInfo,
  UpstreamLists,
} from '../../kernel/ports.ts';
import type { UpstreamOptions } from '../options.ts';
import { ASKING_METHODS } from './declared.ts';
import { Instances, type InstanceOptions } from './instances.ts';
import { LeasedCall } from './leased-call.ts';
import { SupervisedWhole } from './supervised-whole.ts';

const NOTHING_TO_CANCEL: RelayTicket = { cancel: () => undefined };

/**
 * A server of which each session, or each call, has a process or connection of its own. The shared one is asked what it
 * offers and followed for changes; whatever a client calls, gets or reads goes to an instance that knows only this client.
 */
export class IsolatedUpstream implements Upstream {
  readonly id: string;
  readonly process: Supervised | undefined;
  readonly #shared: Upstream;
  readonly #instances: Instances;
  #closed = false;

  constructor(options: InstanceOptions, shared: Upstream, create: (options: UpstreamOptions) => Upstream) {
    this.id = options.id;
    this.#shared = shared;
    this.#instances = new Instances(options, shared, create);
    this.process = shared.process && new SupervisedWhole(shared.process, () => this.#instances.close());
  }

  get info(): UpstreamInfo | undefined {
    return this.#shared.info;
  }

  get lists(): UpstreamLists | undefined {
    return this.#shared.lists;
  }

  get snapshot(): ProcessSnapshot {
    return this.#shared.snapshot;
  }

  forward(request: RelayRequest, sink: RelaySink): RelayTicket {
    if (this.#closed || !ASKING_METHODS.has(request.method)) return this.#shared.forward(request, sink);
    try {
      const instance = this.#instances.take(sink.caller);
      return new LeasedCall(sink, () => this.#instances.release(instance)).forward(instance, request);
    } catch (thrown) {
      sink.settle({ kind: 'failure', error: toCounterpartError(thrown) });
      return NOTHING_TO_CANCEL;
    }
  }

  request(
    method: string,
    params: JsonMembers,
    options?: Parameters<Upstream['request']>[2],
  ): Promise<JsonMembers> {
    return this.#shared.request(method, params, options);
  }

  refresh(signal?: AbortSignal): Promise<UpstreamLists> {
    return this.#shared.refresh(signal);
  }

  subscribeResource(uri: string): Promise<void> {
    return this.#shared.subscribeResource(uri);
  }

  unsubscribeResource(uri: string): Promise<void> {
    return this.#shared.unsubscribeResource(uri);
  }

  on<K extends keyof UpstreamEvents>(event: K, listener: (...args: UpstreamEvents[K]) => void): () => void {
    return this.#shared.on(event, listener);
  }

  async close(options: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#instances.close(options.drainMs), this.#shared.close(options)]);
  }
}
