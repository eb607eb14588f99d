import { readFileSync } from 'node:fs';
import type { Manifest } from '@counterpart/schemas';
import { entryOf, StdioPeer } from './peer.ts';
import type { Service } from './service.ts';

/** A value that nothing but a leak can bring into an output. */
export const canary = (name: string): string => `canary-${name.toLowerCase()}-4f1c`;

/** A server under test, and everything its tests open. */
export class Bench {
  readonly manifest: Manifest;
  readonly #root: URL;
  readonly #peers = new Set<StdioPeer>();
  readonly #services = new Set<Service>();

  /** `root` is the server's directory. */
  constructor(root: URL) {
    this.#root = root;
    this.manifest = JSON.parse(readFileSync(new URL('manifest.json', root), 'utf8')) as Manifest;
  }

  /** Variables that say where the service is. */
  get addressNames(): string[] {
    return this.manifest.config.map(({ name }) => name).filter((name) => name.endsWith('_BASE_URL'));
  }

  /** Starts the server, every secret set to its canary, its service at `baseUrl`. */
  start(baseUrl = 'http://127.0.0.1:9'): StdioPeer {
    const secrets = this.manifest.secrets.map(({ name }) => [name, canary(name)] as const);
    const addresses = this.addressNames.map((name) => [name, baseUrl] as const);
    const peer = new StdioPeer(entryOf(this.#root), Object.fromEntries([...secrets, ...addresses]));
    this.#peers.add(peer);
    return peer;
  }

  /** Closes the service with the rest. */
  keep<S extends Service>(service: S): S {
    this.#services.add(service);
    return service;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#peers].map((peer) => peer.signal('SIGKILL')));
    await Promise.all([...this.#services].map((service) => service.close()));
    this.#peers.clear();
    this.#services.clear();
  }
}
