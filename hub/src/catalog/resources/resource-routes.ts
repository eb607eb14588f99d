import type { CatalogSource } from '../../kernel/ports.ts';
import type { Merged } from '../merge.ts';
import { ownUri } from '../naming/names.ts';
import { templatePattern, type UriPattern } from './uri-template.ts';

/** A server and the URI that it knows. */
export interface ResourceRoute {
  readonly source: CatalogSource;
  readonly uri: string;
}

const LONGEST_URI = 8_192;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

const hasResources = (source: CatalogSource | undefined): boolean =>
  source?.upstream.info?.capabilities['resources'] !== undefined;

const schemeOf = (uri: string): string | undefined => SCHEME.exec(uri)?.[1]?.toLowerCase();

/**
 * Finds the server that has a resource: by its listed URI, a template, as the first that uses its scheme, or as the only
 * server there is: many answer for URIs that they list nowhere.
 */
export class ResourceRoutes {
  readonly #byUri: ReadonlyMap<string, ResourceRoute>;
  readonly #byServer: ReadonlyMap<string, CatalogSource>;
  readonly #templates: readonly { readonly pattern: UriPattern; readonly source: CatalogSource }[];
  readonly #schemes = new Map<string, CatalogSource>();
  readonly #only: CatalogSource | undefined;

  constructor(
    merged: Pick<Merged, 'resources' | 'resourceTemplates' | 'unlisted'>,
    sources: readonly CatalogSource[],
  ) {
    // Templates too, because a completion names one; what is listed goes before what a tool only refers to.
    const named = [...merged.resourceTemplates, ...merged.unlisted, ...merged.resources];
    this.#byUri = new Map(named.map(({ item, source }) => [item.key, { source, uri: item.own }]));
    this.#only = sources.length === 1 ? sources[0] : undefined;
    this.#byServer = new Map(sources.map((source) => [source.id, source]));
    this.#templates = merged.resourceTemplates.flatMap(({ item, source }) => {
      const pattern = item.key === item.own ? templatePattern(item.own) : undefined;
      return pattern ? [{ pattern, source }] : [];
    });
    for (const { item, source } of [...merged.resources, ...merged.resourceTemplates]) {
      const scheme = schemeOf(item.own);
      if (scheme !== undefined && !this.#schemes.has(scheme)) this.#schemes.set(scheme, source);
    }
  }

  find(uri: string): ResourceRoute | undefined {
    const listed = this.#byUri.get(uri);
    if (listed) return listed;
    if (uri.length > LONGEST_URI) return undefined;
    const rewritten = ownUri(uri);
    const owner = rewritten && this.#byServer.get(rewritten.server);
    if (rewritten && owner) return { source: owner, uri: rewritten.uri };
    const source =
      this.#templates.find(({ pattern }) => pattern.test(uri))?.source ??
      this.#schemes.get(schemeOf(uri) ?? '') ??
      (hasResources(this.#only) ? this.#only : undefined);
    return source && { source, uri };
  }
}
