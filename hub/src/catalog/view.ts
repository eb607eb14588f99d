import type { CatalogView, JsonMembers, ListKind, ListPage, Upstream } from '../kernel/ports.ts';
import type { ToolDefinition } from '@counterpart/schemas';
import { unionCapabilities, unionInstructions } from './capabilities.ts';
import type { Merged, Owned } from './merge.ts';
import { Pages } from './pages.ts';
import { ResourceRoutes } from './resource-routes.ts';
import { similarNames } from './similar.ts';
import type { SourceItems } from './source-items.ts';

interface ToolRoute {
  readonly upstream: Upstream;
  readonly name: string;
  readonly definition: ToolDefinition;
}

interface NameRoute {
  readonly upstream: Upstream;
  readonly name: string;
}

const pagesOf = (owned: readonly Owned[]): Pages => new Pages(owned.map(({ item }) => item));

/** A snapshot: nothing in it changes, so a request that holds it sees one catalog from start to end. */
export class MergedView implements CatalogView {
  readonly version: number;
  readonly toolCount: number;
  readonly capabilities: JsonMembers;
  readonly instructions: string | undefined;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly #merged: Merged;
  readonly #lists: Readonly<Record<ListKind, Pages>>;
  readonly #tools: ReadonlyMap<string, ToolRoute>;
  readonly #prompts: ReadonlyMap<string, NameRoute>;
  readonly #resources: ResourceRoutes;

  constructor(version: number, sources: readonly SourceItems[], merged: Merged) {
    this.version = version;
    this.toolCount = merged.tools.length;
    this.#merged = merged;
    this.capabilities = unionCapabilities(sources);
    this.instructions = unionInstructions(sources);
    this.upstreams = new Map(sources.map(({ source }) => [source.id, source.upstream]));
    this.#lists = {
      tools: pagesOf(merged.tools),
      prompts: pagesOf(merged.prompts),
      resources: pagesOf(merged.resources),
      resourceTemplates: pagesOf(merged.resourceTemplates),
    };
    this.#tools = new Map(
      merged.tools.map(({ item, source }) => [
        item.key,
        { upstream: source.upstream, name: item.own, definition: item.value },
      ]),
    );
    this.#prompts = new Map(
      merged.prompts.map(({ item, source }) => [item.key, { upstream: source.upstream, name: item.own }]),
    );
    this.#resources = new ResourceRoutes(
      merged,
      sources.map(({ source }) => source),
    );
  }

  page(list: ListKind, cursor: string | undefined): ListPage | undefined {
    return this.#lists[list].page(cursor);
  }

  tool(hubName: string): ToolRoute | undefined {
    return this.#tools.get(hubName);
  }

  prompt(hubName: string): NameRoute | undefined {
    return this.#prompts.get(hubName);
  }

  resource(uri: string): { readonly upstream: Upstream; readonly uri: string } | undefined {
    const route = this.#resources.find(uri);
    return route && { upstream: route.source.upstream, uri: route.uri };
  }

  similarTools(hubName: string): readonly string[] {
    return similarNames(
      hubName,
      this.#merged.tools.map(({ item }) => item),
    );
  }
}
