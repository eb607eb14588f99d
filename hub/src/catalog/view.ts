import { type CounterpartError, effectOf, hubError } from '@counterpart/schemas';
import type {
  CatalogView,
  JsonMembers,
  ListKind,
  ListPage,
  Presentation,
  RenameUri,
  ToolRoute,
  Upstream,
} from '../kernel/ports.ts';
import { unionCapabilities, unionInstructions } from './capabilities.ts';
import type { Merged } from './merge.ts';
import { Pages } from './pages.ts';
import { ResourceRoutes } from './resources/resource-routes.ts';
import { similarNames } from './naming/similar.ts';
import type { Owned, SourceItems, ToolItem } from './source-items.ts';

interface NameRoute {
  readonly upstream: Upstream;
  readonly name: string;
}

const joined = (first: string | undefined, second: string | undefined): string | undefined =>
  first !== undefined && second !== undefined ? `${first}\n\n${second}` : (first ?? second);

const pagesOf = (owned: readonly Owned[]): Pages => new Pages(owned.map(({ item }) => item));

const routeOf = ({ item, source }: Owned<ToolItem>): ToolRoute => ({
  server: source.id,
  upstream: source.upstream,
  name: item.own,
  hubName: item.hubName,
  effect: effectOf(item.value),
  definition: item.value,
});

/** In what a view differs from one that lists all it has. */
export interface ViewOptions {
  /** Said before the servers' own instructions. */
  readonly description?: string | undefined;
  readonly presentation?: Presentation | undefined;
  /** The tools that are listed; the others can be called all the same. */
  readonly listed?: readonly Owned<ToolItem>[] | undefined;
  /** The present name of a tool that was renamed. */
  readonly alias?: ((name: string) => string | undefined) | undefined;
  /** Where a call of a tool goes that nobody lists. */
  readonly unlisted?: ((name: string) => ToolRoute | undefined) | undefined;
  /** How its servers are that do not serve as they should; asked at every list. */
  readonly outcomes?: (() => string | undefined) | undefined;
}

/** A snapshot: nothing in it changes, so a request that holds it sees one catalog from start to end. */
export class MergedView implements CatalogView {
  readonly version: number;
  readonly toolCount: number;
  readonly capabilities: JsonMembers;
  readonly instructions: string | undefined;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly tools: ReadonlyMap<string, ToolRoute>;
  readonly searchable: ReadonlyMap<string, ToolRoute> | undefined;
  readonly presentation: Presentation | undefined;
  readonly #outcomes: () => string | undefined;
  readonly #alias: (name: string) => string | undefined;
  readonly #unlisted: (name: string) => ToolRoute | undefined;
  readonly #merged: Merged;
  readonly #lists: Readonly<Record<ListKind, Pages>>;
  readonly #prompts: ReadonlyMap<string, NameRoute>;
  readonly #resources: ResourceRoutes;

  constructor(
    version: number,
    sources: readonly SourceItems[],
    merged: Merged,
    {
      description,
      presentation,
      listed,
      alias = () => undefined,
      unlisted = () => undefined,
      outcomes = () => undefined,
    }: ViewOptions = {},
  ) {
    this.#outcomes = outcomes;
    this.#alias = alias;
    this.#unlisted = unlisted;
    this.version = version;
    this.toolCount = merged.tools.length;
    this.#merged = merged;
    this.capabilities = unionCapabilities(sources);
    this.instructions = joined(description, unionInstructions(sources));
    this.upstreams = new Map(sources.map(({ source }) => [source.id, source.upstream]));
    this.#lists = {
      tools: pagesOf(listed ?? merged.tools),
      prompts: pagesOf(merged.prompts),
      resources: pagesOf(merged.resources),
      resourceTemplates: pagesOf(merged.resourceTemplates),
    };
    this.tools = new Map(merged.tools.map((owned) => [owned.item.key, routeOf(owned)]));
    this.presentation = presentation;
    const isSearched = presentation !== undefined && presentation.mode !== 'full';
    this.searchable = isSearched ? this.tools : undefined;
    this.#prompts = new Map(
      merged.prompts.map(({ item, source }) => [item.key, { upstream: source.upstream, name: item.own }]),
    );
    this.#resources = new ResourceRoutes(
      merged,
      sources.map(({ source }) => source),
    );
  }

  get outcomes(): string | undefined {
    return this.#outcomes();
  }

  page(list: ListKind, cursor: string | undefined): ListPage | undefined {
    return this.#lists[list].page(cursor);
  }

  tool(hubName: string): ToolRoute | undefined {
    return this.tools.get(hubName) ?? this.tools.get(this.#alias(hubName) ?? '');
  }

  unlisted(hubName: string): ToolRoute | undefined {
    // An old name means the tool it leads to, also when that is not there.
    return this.#alias(hubName) === undefined ? this.#unlisted(hubName) : undefined;
  }

  prompt(hubName: string): NameRoute | undefined {
    return this.#prompts.get(hubName);
  }

  resource(uri: string): { readonly upstream: Upstream; readonly uri: string } | undefined {
    const route = this.#resources.find(uri);
    return route && { upstream: route.source.upstream, uri: route.uri };
  }

  renameUri(server: string): RenameUri | undefined {
    return this.#merged.renames.get(server);
  }

  withheld(hubName: string): CounterpartError | undefined {
    const names = new Set([hubName, this.#alias(hubName)]);
    const owned = this.#merged.withheld.find(({ item }) => names.has(item.key));
    if (!owned) return undefined;
    const { item, source } = owned;
    return hubError('TOOL_CHANGED', { server: source.id, tool: hubName, reason: item.withheld ?? '' });
  }

  similarTools(hubName: string): readonly string[] {
    return similarNames(
      hubName,
      this.#merged.tools.map(({ item }) => item),
    );
  }
}
