import { hubError, type CounterpartError } from '@counterpart/schemas';
import type {
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
} from '../kernel/ports.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import { membersOf } from '../kernel/protocol/members.ts';
import { UpstreamEmitter } from './emitter.ts';
import { HttpConnection } from './http/http-connection.ts';
import { EVERYTHING } from './isolation/declared.ts';
import { IsolatedUpstream } from './isolation/isolated-upstream.ts';
import { readLists } from './lists.ts';
import type { UpstreamOptions } from './options.ts';
import { ProcessConnection } from './stdio/process-connection.ts';
import type { RpcSession } from './rpc/rpc-session.ts';
import { Subscriptions } from './subscriptions.ts';
import { Unlisted } from './unlisted.ts';
import { WaitingCall } from './waiting-call.ts';

/** Servers announce changes in bursts; the lists are read once per burst. */
const DEBOUNCE_MS = 150;
const TOOLS = 'tools/list';
const CHANGED_LIST = /^notifications\/(?:tools|prompts|resources)\/list_changed$/;

/** What is told to the one client that knows the id in it. */
const CLIENTS_AFFAIR = new Set([
  'notifications/tasks',
  'notifications/tasks/status',
  'notifications/elicitation/complete',
]);

/** The hub's link to one server; nothing is started or connected before its first use. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { isolation = 'shared' } = options;
  if (isolation === 'shared') return new LinkedUpstream(options);
  const shared = new LinkedUpstream({ ...options, declare: EVERYTHING });
  return new IsolatedUpstream({ ...options, isolation }, shared, (instance) => new LinkedUpstream(instance));
}

class LinkedUpstream implements Upstream, ConnectionEvents {
  readonly id: string;
  readonly searchHints: ReadSearchHints | undefined;
  readonly #options: UpstreamOptions;
  readonly #emitter = new UpstreamEmitter();
  readonly #subscriptions: Subscriptions;
  readonly #connection: Connection;
  readonly #unlisted: Unlisted;
  #info: UpstreamInfo | undefined;
  #lists: UpstreamLists | undefined;
  #waiting = 0;
  #onNoneWaiting: (() => void) | undefined;
  #refreshing: Promise<UpstreamLists> | undefined;
  #refreshDue: (() => void) | undefined;
  /** The session whose lists were looked at: its tools may be called without more ado. */
  #reviewed: RpcSession | undefined;
  #closed = false;

  constructor(options: UpstreamOptions) {
    this.id = options.id;
    this.searchHints = options.searchHints;
    this.#options = options;
    this.#info = options.prior?.info;
    this.#subscriptions = new Subscriptions({ server: options.id, clock: options.clock, log: options.log });
    this.#connection = connectionOf(options, this);
    const retry = (): void => {
      this.#connection.touch(); // asleep it would not be asked again
      void this.#refreshAnew();
    };
    this.#unlisted = new Unlisted({ server: options.id, clock: options.clock, retry });
  }

  get info(): UpstreamInfo | undefined {
    return this.#info;
  }

  get snapshot(): ProcessSnapshot {
    return this.#connection.snapshot;
  }

  get listProblem(): CounterpartError | undefined {
    return this.#unlisted.problem;
  }

  get process(): Supervised | undefined {
    return this.#connection.process;
  }

  forward(request: RelayRequest, sink: RelaySink): RelayTicket {
    const { session } = this.#connection;
    if (!session || session !== this.#reviewed || this.#closed) return this.#forwardLater(request, sink);
    this.#connection.touch();
    return session.call(request, sink);
  }

  async request(
    method: string,
    params: JsonMembers,
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<JsonMembers> {
    const session = await this.#ready();
    this.#connection.touch();
    return session.request(method, params, options);
  }

  refresh(signal?: AbortSignal): Promise<UpstreamLists> {
    if (!this.#refreshing) {
      this.#refreshDue?.();
      this.#refreshDue = undefined;
      this.#refreshing = this.#read().finally(() => {
        this.#refreshing = undefined;
      });
    }
    return signal ? unlessAborted(this.#refreshing, signal, this.id) : this.#refreshing;
  }

  async subscribeResource(uri: string): Promise<void> {
    await this.#subscriptions.add(uri, await this.#ready());
  }

  unsubscribeResource(uri: string): Promise<void> {
    return this.#subscriptions.remove(uri);
  }

  followTask(taskId: string): () => void {
    this.#ready().catch((thrown: unknown) =>
      this.#options.log.warn({ server: this.id, err: thrown }, 'the server of a followed task did not start'),
    );
    return this.#subscriptions.followTask(taskId);
  }

  rootsChanged(): void {
    const { session } = this.#connection;
    const { declare } = this.#options;
    if (session?.era === 'legacy' && membersOf(declare?.['roots'])['listChanged'] === true)
      session.notify('notifications/roots/list_changed');
  }

  on<K extends keyof UpstreamEvents>(event: K, listener: (...args: UpstreamEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  get lists(): UpstreamLists | undefined {
    return this.#lists;
  }

  async close({ drainMs = 0 }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closed = true;
    this.#refreshDue?.();
    this.#unlisted.end();
    if (drainMs > 0) await this.#drain(drainMs);
    this.#subscriptions.lost();
    await this.#connection.close();
  }

  opened(session: RpcSession, info: UpstreamInfo): void {
    const before = this.#info;
    this.#info = info;
    if (JSON.stringify(before) !== JSON.stringify(info)) {
      this.#options.onInfo?.({ info, at: this.#options.clock.now() });
    }
    this.#subscriptions.open(session);
    const isReviewed = this.#options.readsLists === false || this.#listsAreVerified(info);
    this.#reviewed = isReviewed ? session : undefined;
    this.#emitter.emit('availability-changed', true);
    // Whoever reads the lists already made the connection for it.
    if (!this.#refreshing && !isReviewed) this.#refreshSoon();
  }

  lost(): void {
    this.#reviewed = undefined;
    this.#subscriptions.lost();
    this.#emitter.emit('availability-changed', false);
  }

  notification(method: string, params: JsonMembers): void {
    if (CHANGED_LIST.test(method)) return this.#refreshSoon();
    if (method === 'notifications/message') return this.#emitter.emit('log-message', params);
    if (CLIENTS_AFFAIR.has(method)) return this.#emitter.emit('notification', method, params);
    const { uri } = params;
    if (method === 'notifications/resources/updated' && typeof uri === 'string')
      this.#emitter.emit('resource-updated', uri);
  }

  waiting(): number {
    return this.#waiting + this.#subscriptions.size;
  }

  #forwardLater(request: RelayRequest, sink: RelaySink): RelayTicket {
    const { limits, clock } = this.#options;
    const call = new WaitingCall(request, sink, () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#onNoneWaiting?.();
    });
    const busy = this.#waiting >= limits.maxCalls;
    this.#waiting += 1;
    const session = busy
      ? Promise.reject(hubError('CALL_BUSY', { server: this.id, limit: limits.maxCalls }))
      : this.#admitted(request);
    call.follow(session, { server: this.id, clock, waitMs: limits.maxCallMs });
    return call;
  }

  /**
   * The session for a request that had to wait for it. A tool is called only after this process or connection has said what its
   * tools are now, and if the call may still go then; a server that cannot be listed is called as it was known.
   */
  async #admitted({ recheck }: RelayRequest): Promise<RpcSession> {
    const session = await this.#ready();
    if (!recheck) return session;
    // A list that was being read before may be that of the process before.
    for (let turn = 0; turn < 2 && this.#reviewed !== session; turn += 1)
      await this.refresh().catch(() => undefined);
    const refusal = recheck();
    if (refusal) throw refusal;
    const { session: current } = this.#connection;
    if (current === session) return session;
    throw hubError('UPSTREAM_LOST', { server: this.id, detail: 'it ended while its tools were listed' });
  }

  #ready(): Promise<RpcSession> {
    if (this.#closed)
      return Promise.reject(
        hubError('UPSTREAM_LOST', { server: this.id, detail: 'it was removed from the hub' }),
      );
    return this.#connection.ready();
  }

  async #read(): Promise<UpstreamLists> {
    const session = await this.#ready();
    const { info } = session;
    if (!info) throw hubError('UPSTREAM_LOST', { server: this.id, detail: 'it ended right after its start' });
    try {
      const lists = this.#connection.accept(await this.#listsOf(session, info));
      // One that was replaced has no say in what its successor may offer.
      if (!this.#closed) await this.#options.review?.(lists, info);
      this.#lists = lists;
      this.#emitter.emit('lists-changed', lists);
      return lists;
    } finally {
      const isUp = this.#connection.session === session;
      if (isUp) this.#reviewed = session;
      if (this.#unlisted.isNews()) this.#emitter.emit('availability-changed', isUp);
    }
  }

  async #listsOf(session: RpcSession, info: UpstreamInfo): Promise<UpstreamLists> {
    const { log, readsLists } = this.#options;
    const failures = new Map<string, unknown>();
    try {
      return await readLists(session, info, {
        before: this.#lists,
        warn: (words) => log.warn({ server: this.id }, `${this.id}: ${words}`),
        failed: (method, err) => {
          failures.set(method, err);
          log.warn({ server: this.id, err }, `${this.id}: ${method} failed`);
        },
      });
    } finally {
      // What was listed before goes on being offered, and one that ended is listed when it is back.
      const [first] = failures.keys();
      const method = failures.has(TOOLS)
        ? TOOLS
        : info.capabilities['tools'] === undefined
          ? first
          : undefined;
      const isUp = this.#connection.session === session && !this.#closed && readsLists !== false;
      if (method === undefined) this.#unlisted.end();
      else if (isUp && !this.#lists?.tools.length) this.#unlisted.begin(method, failures.get(method));
    }
  }

  /** Calls that wait for a start count like those in flight: nobody else would answer them. */
  async #drain(drainMs: number): Promise<void> {
    const patience = new Promise<void>((resolve) => {
      this.#options.clock.after(drainMs, resolve);
    });
    await Promise.race([this.#settled(), patience]);
  }

  async #settled(): Promise<void> {
    if (this.#waiting > 0) {
      await new Promise<void>((resolve) => {
        this.#onNoneWaiting = resolve;
      });
    }
    await this.#connection.session?.idle();
  }

  /** A built server proved its tools in the handshake; only what it has besides them must be read. */
  #listsAreVerified({ capabilities }: UpstreamInfo): boolean {
    const { expectTools } = this.#options;
    return (
      expectTools !== undefined &&
      capabilities['prompts'] === undefined &&
      capabilities['resources'] === undefined
    );
  }

  #refreshSoon(): void {
    if (this.#options.readsLists === false) return;
    this.#refreshDue ??= this.#options.clock.after(DEBOUNCE_MS, () => {
      this.#refreshDue = undefined;
      void this.#refreshAnew();
    });
  }

  /** A change announced while the lists were being read may have been missed: they are read once more. */
  async #refreshAnew(): Promise<void> {
    try {
      await this.#refreshing?.catch(() => undefined);
      if (this.#connection.session && !this.#closed) await this.refresh();
    } catch (thrown) {
      this.#options.log.warn(
        { server: this.id, err: thrown },
        `the lists of ${this.id} could not be read anew`,
      );
    }
  }
}

function connectionOf(options: UpstreamOptions, events: ConnectionEvents): Connection {
  if (options.process) return new ProcessConnection(options.process, options, events);
  if (options.remote) return new HttpConnection(options.remote, options, events);
  throw hubError('INTERNAL', { detail: `server ${options.id} has neither a process nor an address` });
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, server: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(hubError('UPSTREAM_LOST', { server, detail: 'reading its lists was given up' }));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
