import { hubError } from '@counterpart/schemas';
import type { Caller, CallerSession, ProcessSnapshot, Upstream } from '../../kernel/ports.ts';
import type { Isolation, UpstreamOptions } from '../options.ts';
import { declaredFor } from './declared.ts';
import { InstanceWords } from './instance-words.ts';

/** Processes or connections of one server beside the shared one, where nothing else is said. */
const MOST_INSTANCES = 16;

/** One process or connection, and who may use it. */
export interface Instance {
  readonly upstream: Upstream;
  /** `<server>#<number>`. */
  readonly name: string;
  /** Its legacy session; undefined: made for one call. */
  readonly session: string | undefined;
  /** The session of the client that it was made for, whether it outlives the call or not. */
  readonly client: string | undefined;
  /** Calls in flight. */
  calls: number;
  /** Called once when the instance ends, whatever ends it. */
  onEnd: (() => void) | undefined;
}

export interface InstanceOptions extends UpstreamOptions {
  readonly isolation: Exclude<Isolation, 'shared'>;
}

export interface InstanceHooks {
  create(options: UpstreamOptions): Upstream;
  /** Called once for each instance, before its first use. */
  made(upstream: Upstream, session: CallerSession | undefined): void;
}

/** The processes or connections of one server that serve one session or one call each: made, bounded, and ended here. */
export class Instances {
  readonly #options: InstanceOptions;
  readonly #shared: Upstream;
  readonly #hooks: InstanceHooks;
  /** In the order of use, least recent first. */
  readonly #open = new Set<Instance>();
  readonly #sessions = new Map<string, Instance>();
  readonly #ending = new Set<Promise<void>>();
  readonly #words = new InstanceWords();
  #made = 0;

  constructor(options: InstanceOptions, shared: Upstream, hooks: InstanceHooks) {
    this.#options = options;
    this.#shared = shared;
    this.#hooks = hooks;
  }

  /** Those that are open now. */
  get open(): readonly ProcessSnapshot[] {
    return [...this.#open].map(({ upstream }) => upstream.snapshot);
  }

  /** Last lines of standard error of these and of some that ended, each with the instance it is of. */
  stderr(): readonly string[] {
    return this.#words.lines(this.#open);
  }

  /** The caller's instance, with this call counted on it; throws INSTANCES_BUSY when there is no place for one more. */
  take(caller: Caller): Instance {
    const session = this.#sessionOf(caller);
    const known = session && this.#sessions.get(session.id);
    const instance = known ?? this.#make(caller, session);
    instance.calls += 1;
    this.#open.delete(instance);
    this.#open.add(instance);
    return instance;
  }

  /** The instance of a session, if it has one now. */
  of(session: CallerSession): Upstream | undefined {
    return this.#sessions.get(session.id)?.upstream;
  }

  /** Tells all that run for a session that its roots changed. */
  rootsChanged(session: CallerSession): void {
    for (const { client, upstream } of this.#open) if (client === session.id) upstream.rootsChanged(session);
  }

  /** A call is over; an instance made for it ends. Two calls of this for one `take` are one too many. */
  release(instance: Instance): void {
    instance.calls -= 1;
    // Not at once: the cancellation of its call, or an answer to its question, is still on the way to it.
    if (instance.session === undefined) setImmediate(() => this.#end(instance, 0));
  }

  /** Ends all; calls in flight may finish within this time. */
  async close(drainMs = 0): Promise<void> {
    for (const instance of this.#open) this.#end(instance, drainMs);
    await Promise.all(this.#ending);
  }

  /** A session that is over gets no instance that would outlive it. */
  #sessionOf({ session }: Caller): CallerSession | undefined {
    return this.#options.isolation === 'session' && session?.ended.aborted === false ? session : undefined;
  }

  #make(caller: Caller, session: CallerSession | undefined): Instance {
    const { id, limits, process, clock } = this.#options;
    const limit = limits.maxInstances ?? MOST_INSTANCES;
    // Those that are ending are still processes of this machine.
    if (this.#open.size + this.#ending.size >= limit && !this.#makeRoom())
      throw hubError('INSTANCES_BUSY', { server: id, limit });
    this.#made += 1;
    const { info } = this.#shared;
    const name = `${id}#${this.#made}`;
    const spec = process && {
      ...process.spec,
      id: name,
      instanceOf: id,
      // It is started by the next call, if there is one; what it knew of its session is gone either way.
      restart: 'temporary' as const,
    };
    const upstream = this.#hooks.create({
      ...this.#options,
      ...(process && spec ? { process: { ...process, spec } } : {}),
      prior: info ? { info, at: clock.now() } : this.#options.prior,
      declare: declaredFor(caller),
      readsLists: false,
      onInfo: undefined,
    });
    const instance: Instance = {
      upstream,
      name,
      session: session?.id,
      client: caller.session?.id,
      calls: 0,
      onEnd: undefined,
    };
    this.#open.add(instance);
    if (session) this.#follow(instance, session);
    this.#hooks.made(upstream, session);
    return instance;
  }

  #follow(instance: Instance, { id, ended }: CallerSession): void {
    const end = (): void => this.#end(instance, 0);
    this.#sessions.set(id, instance);
    ended.addEventListener('abort', end, { once: true });
    instance.onEnd = () => {
      this.#sessions.delete(id);
      ended.removeEventListener('abort', end);
    };
  }

  /** Ends the session's instance that was unused for longest; false when all are at work. */
  #makeRoom(): boolean {
    for (const instance of this.#open) {
      if (instance.calls > 0 || instance.session === undefined) continue;
      this.#end(instance, 0);
      return true;
    }
    return false;
  }

  #end(instance: Instance, drainMs: number): void {
    if (!this.#open.delete(instance)) return;
    instance.onEnd?.();
    const { id: server, log } = this.#options;
    const ended: Promise<void> = instance.upstream
      .close({ drainMs })
      .catch((thrown: unknown) => log.error({ server, err: thrown }, 'an instance of a server did not end'))
      .finally(() => {
        this.#ending.delete(ended);
        this.#words.ended(instance.upstream, instance.name);
      });
    this.#ending.add(ended);
  }
}
