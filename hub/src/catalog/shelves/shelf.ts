import { effectOf, type Profile } from '@counterpart/schemas';
import type { CatalogView, ServerOutcome, ViewSelector } from '../../kernel/ports.ts';
import { mergeSources, type Merged } from '../merge.ts';
import { outcomesOf } from '../outcomes.ts';
import { listedTools, presentationOf, selectProfile } from '../profile.ts';
import { itemsOf, type Quarantined, type SourceItems } from '../source-items.ts';
import { unlistedTool, type UnlistedRules } from '../unlisted.ts';
import { MergedView, type ViewOptions } from '../view.ts';

/** What views are made of, as it is now. */
export interface Stock {
  readonly version: number;
  /** Of all servers, in the order of their ids. */
  readonly items: Iterable<SourceItems>;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly outcomes: ReadonlyMap<string, ServerOutcome>;
  readonly rules: UnlistedRules;
  readonly quarantined: Quarantined;
  readonly alias: (name: string) => string | undefined;
}

/**
 * The views of all who see the same servers. They are put together of these alone: what is hidden from somebody neither takes a
 * name from what they see nor is told of.
 */
export class Shelf {
  readonly #stock: () => Stock;
  readonly #shows: (server: string) => boolean;
  #merged: Merged | undefined;
  #all: CatalogView | undefined;
  readonly #servers = new Map<string, CatalogView>();
  readonly #profiles = new Map<string, CatalogView>();

  constructor(stock: () => Stock, shows: (server: string) => boolean) {
    this.#stock = stock;
    this.#shows = shows;
  }

  /** Everything of every server; made by whoever reads first. */
  get merged(): Merged {
    return (this.#merged ??= mergeSources(this.#items()));
  }

  view(selector: ViewSelector): CatalogView | undefined {
    switch (selector.kind) {
      case 'all':
        return (this.#all ??= this.#whole());
      case 'server':
        return this.#serverView(selector.id);
      case 'profile':
        return this.#profileView(selector.name);
    }
  }

  /** A server tells otherwise of itself, and lists what it did. */
  renew(server: string): void {
    this.#servers.delete(server);
    this.#profiles.clear();
    this.#all = undefined;
  }

  dropProfile(name: string): void {
    this.#profiles.delete(name);
  }

  /** With all that they list, also what is not offered. */
  #listed(): SourceItems[] {
    return [...this.#stock().items].filter(({ source }) => this.#shows(source.id));
  }

  #items(): SourceItems[] {
    return this.#listed().map((items) => this.#offered(items));
  }

  #offered(items: SourceItems): SourceItems {
    const { id } = items.source;
    const { visible } = this.#stock().rules;
    const tools = items.tools.filter(({ own, hubName, value }) =>
      visible({ server: id, name: own, hubName, effect: effectOf(value) }),
    );
    return tools.length === items.tools.length ? items : { ...items, tools };
  }

  #whole(): CatalogView {
    const { version, alias } = this.#stock();
    return new MergedView(version, this.#items(), this.merged, {
      outcomes: this.#outcomesOf(() => true),
      alias,
      unlisted: this.#unlistedIn(this.#listed()),
    });
  }

  #unlistedIn(sources: readonly SourceItems[]): ViewOptions['unlisted'] {
    return (name) => unlistedTool(name, sources, this.#stock().rules);
  }

  #outcomesOf(concerns: (id: string) => boolean): () => string | undefined {
    return outcomesOf(
      () => this.#stock().outcomes,
      (id) => this.#shows(id) && concerns(id),
    );
  }

  /** One server under its own names; built when somebody asks for it. */
  #serverView(id: string): CatalogView | undefined {
    const built = this.#servers.get(id);
    if (built) return built;
    const items = this.#listed().find(({ source }) => source.id === id);
    if (!items) return undefined;
    const own = items.source.prefix === '' ? this.#offered(items) : this.#ownNames(items);
    const asListed = { ...items, source: own.source };
    const view = new MergedView(this.#stock().version, [own], mergeSources([own]), {
      outcomes: this.#outcomesOf((server) => server === id),
      unlisted: this.#unlistedIn([asListed]),
    });
    this.#servers.set(id, view);
    return view;
  }

  /** The same tools as in the whole under the names that their server has for them. */
  #ownNames(items: SourceItems): SourceItems {
    const offered = new Map(this.#offered(items).tools.map(({ own, hubName }) => [own, hubName]));
    const renamed = itemsOf({ ...items.source, prefix: '' }, items.lists, this.#stock().quarantined);
    const tools = renamed.tools.flatMap((tool) => {
      const hubName = offered.get(tool.own);
      return hubName === undefined ? [] : [{ ...tool, hubName }];
    });
    return { ...renamed, tools };
  }

  /** A selection of the whole; built when somebody asks for it. */
  #profileView(name: string): CatalogView | undefined {
    const { version, profiles, alias } = this.#stock();
    const built = this.#profiles.get(name);
    const profile = profiles.get(name);
    if (built || !profile) return built;
    const { servers, description } = profile;
    const sources = this.#items().filter(({ source }) => servers?.includes(source.id) ?? true);
    const merged = selectProfile(this.merged, profile);
    const presentation = presentationOf(profile);
    const view = new MergedView(version, sources, merged, {
      description,
      presentation,
      listed: listedTools(merged, profile, presentation),
      outcomes: this.#outcomesOf((server) => servers?.includes(server) ?? true),
      alias,
      unlisted: this.#unlistedInProfile(profile, sources),
    });
    this.#profiles.set(name, view);
    return view;
  }

  /** A profile that chooses tools, or hides them behind the hub's own, has no others than it says. */
  #unlistedInProfile({ tools, mode }: Profile, sources: readonly SourceItems[]): ViewOptions['unlisted'] {
    if (tools !== undefined || mode !== 'full') return undefined;
    const offered = new Set(sources.map(({ source }) => source.id));
    return this.#unlistedIn(this.#listed().filter(({ source }) => offered.has(source.id)));
  }
}
