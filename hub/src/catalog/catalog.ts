import type { Catalog, CatalogSource } from '../kernel/ports.ts';
import type { Logger } from '../kernel/log.ts';

/** Something of a server that is not offered, and why. */
export interface CatalogProblem {
  readonly server: string;
  readonly kind: 'tool' | 'prompt' | 'resource' | 'resourceTemplate';
  /** The server's own name of it. */
  readonly name: string;
  readonly code: 'NAME_COLLISION' | 'TOOL_INVALID';
  readonly detail: string;
}

export interface CatalogOptions {
  readonly log: Logger;
  /** True for a tool that must not be offered, such as one whose change awaits approval. */
  readonly quarantined?: ((server: string, tool: string) => boolean) | undefined;
}

export interface LiveCatalog extends Catalog {
  /** Replaces all sources; views of sources that did not change keep their serialised items. */
  set(sources: readonly CatalogSource[]): void;
  /** What is left out at present, by server. */
  problems(server?: string): readonly CatalogProblem[];
  /** Stops listening to the upstreams. */
  close(): void;
}

/** A catalog without sources. */
export declare function createCatalog(options: CatalogOptions): LiveCatalog;
