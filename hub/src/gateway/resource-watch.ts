import type { CallerSession, CatalogView, ResourceUpdate, Upstream } from '../kernel/ports.ts';

/** A resource one client follows: where its server is now, and what that calls it. */
interface Bound {
  readonly upstream: Upstream;
  readonly uri: string;
}

export interface ResourceWatchOptions {
  /** What this client can see now; undefined when its URL offers nothing any more. */
  readonly view: () => CatalogView | undefined;
  /** Set for a legacy client. */
  readonly session: CallerSession | undefined;
  /** A subscription that nobody waits for was refused. */
  readonly refused: (uri: string, thrown: unknown) => void;
}

/** The resources that one client follows, by the URIs of its view; moved when another server comes to offer one. */
export class ResourceWatch {
  readonly #options: ResourceWatchOptions;
  readonly #bound = new Map<string, Bound | undefined>();

  constructor(options: ResourceWatchOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#bound.size;
  }

  has(uri: string): boolean {
    return this.#bound.has(uri);
  }

  /** Resolves when the server knows; rejects with its refusal. */
  async add(uri: string): Promise<void> {
    if (this.#bound.has(uri)) return;
    this.#bound.set(uri, undefined);
    await this.#bind(uri);
  }

  remove(uri: string): void {
    const bound = this.#bound.get(uri);
    this.#bound.delete(uri);
    if (bound) this.#leave(uri, bound);
  }

  clear(): void {
    for (const uri of this.#bound.keys()) this.remove(uri);
  }

  /** The catalog changed: what is no longer seen is left, what is offered elsewhere is followed there. */
  rebind(): void {
    for (const uri of this.#bound.keys())
      this.#bind(uri).catch((thrown: unknown) => this.#options.refused(uri, thrown));
  }

  /** What a change at a server is called here; empty when it is none of what is followed. */
  names({ upstream, uri, session }: ResourceUpdate): readonly string[] {
    if (session !== undefined && session !== this.#options.session?.id) return [];
    return [...this.#bound].flatMap(([name, bound]) => {
      if (bound?.upstream !== upstream) return [];
      if (bound.uri === uri) return [name];
      // A server may report a part of what was subscribed (2025-11-25, server/resources: sub-resources).
      const folder = bound.uri.endsWith('/') ? bound.uri : `${bound.uri}/`;
      return uri.startsWith(folder) ? [name + uri.slice(bound.uri.length)] : [];
    });
  }

  async #bind(uri: string): Promise<void> {
    const before = this.#bound.get(uri);
    const target = this.#options.view()?.resource(uri);
    if (before && target?.upstream === before.upstream && target.uri === before.uri) return;
    this.#bound.set(uri, target);
    if (before) this.#leave(uri, before);
    if (!target) return;
    try {
      await target.upstream.subscribeResource(target.uri, this.#options.session);
    } catch (thrown) {
      if (this.#bound.get(uri) === target) this.#bound.set(uri, undefined);
      throw thrown;
    }
  }

  #leave(uri: string, { upstream, uri: own }: Bound): void {
    const { session, refused } = this.#options;
    upstream.unsubscribeResource(own, session).catch((thrown: unknown) => refused(uri, thrown));
  }
}
