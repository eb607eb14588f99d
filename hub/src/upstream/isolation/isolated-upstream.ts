import { toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import type {
  CallerSession,
  JsonMembers,
  ProcessSnapshot,
  ReadSearchHints,
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
import { extensions, withoutExtension } from '../../kernel/protocol/extensions.ts';
import { UpstreamEmitter } from '../emitter.ts';
import { ASKING_METHODS, TASK_METHODS } from './declared.ts';
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
  readonly searchHints: ReadSearchHints | undefined;
  readonly #shared: Upstream;
  readonly #instances: Instances;
  /** Of the instances; what the shared one says is heard from it. */
  readonly #emitter = new UpstreamEmitter();
  /** Resources that sessions with an instance follow, by the session's id. */
  readonly #followed = new Map<string, Set<string>>();
  /** A call's own process does not outlive it, and with it would go any task it left behind. */
  readonly #keepsTasks: boolean;
  #info: { readonly told: UpstreamInfo; readonly kept: UpstreamInfo } | undefined;
  #closed = false;

  constructor(options: InstanceOptions, shared: Upstream, create: (options: UpstreamOptions) => Upstream) {
    this.id = options.id;
    this.searchHints = shared.searchHints;
    this.#shared = shared;
    this.#keepsTasks = options.isolation === 'session';
    this.#instances = new Instances(options, shared, {
      create,
      made: (upstream, session) => this.#hear(upstream, session),
    });
    this.process = shared.process && new SupervisedWhole(shared.process, this.#instances);
  }

  get info(): UpstreamInfo | undefined {
    const told = this.#shared.info;
    if (told && this.#info?.told !== told) this.#info = { told, kept: this.#withoutLostTasks(told) };
    return told && this.#info?.kept;
  }

  get lists(): UpstreamLists | undefined {
    return this.#shared.lists;
  }

  get listProblem(): CounterpartError | undefined {
    return this.#shared.listProblem;
  }

  get instances(): readonly ProcessSnapshot[] {
    return this.#instances.open;
  }

  get snapshot(): ProcessSnapshot {
    return this.#shared.snapshot;
  }

  forward(request: RelayRequest, sink: RelaySink): RelayTicket {
    if (this.#closed || !this.#isForInstance(request, sink)) return this.#shared.forward(request, sink);
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

  async subscribeResource(uri: string, session?: CallerSession): Promise<void> {
    await this.#shared.subscribeResource(uri);
    if (!session || !this.#keepsTasks) return;
    const uris = this.#followed.get(session.id) ?? new Set<string>();
    if (uris.size === 0) session.ended.addEventListener('abort', () => this.#followed.delete(session.id));
    this.#followed.set(session.id, uris.add(uri));
    await this.#instances.of(session)?.subscribeResource(uri);
  }

  async unsubscribeResource(uri: string, session?: CallerSession): Promise<void> {
    if (session) this.#followed.get(session.id)?.delete(uri);
    await Promise.all([
      this.#shared.unsubscribeResource(uri),
      session && this.#instances.of(session)?.unsubscribeResource(uri),
    ]);
  }

  followTask(taskId: string): () => void {
    return this.#shared.followTask(taskId);
  }

  rootsChanged(session: CallerSession): void {
    this.#instances.rootsChanged(session);
  }

  on<K extends keyof UpstreamEvents>(event: K, listener: (...args: UpstreamEvents[K]) => void): () => void {
    const stops = [this.#shared.on(event, listener), this.#emitter.on(event, listener)];
    return () => stops.forEach((stop) => stop());
  }

  async close(options: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#instances.close(options.drainMs), this.#shared.close(options)]);
  }

  /** Questions can only come in these; what was begun in a session's instance goes on there. */
  #isForInstance({ method }: RelayRequest, { caller }: RelaySink): boolean {
    if (ASKING_METHODS.has(method)) return true;
    return TASK_METHODS.has(method) && caller.session !== undefined && this.#keepsTasks;
  }

  #hear(upstream: Upstream, session: CallerSession | undefined): void {
    upstream.on('notification', (method, params) => this.#emitter.emit('notification', method, params));
    if (!session) return;
    upstream.on('resource-updated', (uri) => this.#emitter.emit('resource-updated', uri, session.id));
    // One that was made after the subscription, or in place of one that ended, has not heard of it.
    for (const uri of this.#followed.get(session.id) ?? [])
      upstream.subscribeResource(uri).catch(() => undefined); // the shared one accepted it: this one ended meanwhile
  }

  /** A modern client has no session, so its calls have a process of their own in either kind of isolation. */
  #withoutLostTasks(info: UpstreamInfo): UpstreamInfo {
    const { tasks, ...others } = withoutExtension(info.capabilities, extensions.tasks);
    return { ...info, capabilities: tasks !== undefined && this.#keepsTasks ? { ...others, tasks } : others };
  }
}
