import { effectOf, type LeftOut, type Misnamed, type Profile } from '@counterpart/schemas';
import { systemClock, type Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type {
  Catalog,
  CatalogChange,
  CatalogSource,
  CatalogView,
  ResourceUpdate,
  ServerOutcome,
  ToolDescription,
  UpstreamLists,
  ViewSelector,
} from '../kernel/ports.ts';
import { ChangeBursts } from './change-bursts.ts';
import { misnamedSettings } from './naming/misnamed.ts';
import { mergeSources, type Merged } from './merge.ts';
import { outcomesOf } from './outcomes.ts';
import { listedTools, presentationOf, selectProfile } from './profile.ts';
import { itemsOf, type Item, type Quarantined, type SourceItems } from './source-items.ts';
import { unlistedTool, type UnlistedRules } from './unlisted.ts';
import { MergedView, type ViewOptions } from './view.ts';

export interface CatalogOptions {
  readonly log: Logger;
  /** Why a tool must not be offered, such as a change that awaits approval; undefined when it may. Asked at every rebuild. */
  readonly quarantined?: Quarantined | undefined;
  /** Whether a tool of this name awaits the owner's word or was rejected, listed or not. */
  readonly held?: UnlistedRules['held'] | undefined;
  /** False for a tool that is to be as unknown as one that never was; asked anew at every change. */
  readonly visible?: ((tool: ToolDescription) => boolean) | undefined;
  readonly clock?: Clock | undefined;
}

export interface LiveCatalog extends Catalog {
  /** Replaces all sources; views of sources that did not change keep their serialised items. */
  set(sources: readonly CatalogSource[]): void;
  /** Replaces all profiles; the views of those that stay as they were are kept. */
  setProfiles(profiles: Readonly<Record<string, Profile>>): void;
  /** Replaces the old names of tools: each can be called as the name that it has now, and is listed nowhere. */
  setAliases(aliases: Readonly<Record<string, string>>): void;
  /** Settings that name what is not there at present. */
  misnamed(): readonly Misnamed[];
  /** Replaces what clients are told of servers that do not serve as they should, by id. */
  setOutcomes(outcomes: ReadonlyMap<string, ServerOutcome>): void;
  /** What may be offered of a server was decided anew. */
  recheck(server: string): void;
  /** What is left out at present, by server. */
  problems(server?: string): readonly LeftOut[];
  /** Stops listening to the upstreams. */
  close(): void;
}

const NOTHING: UpstreamLists = { tools: [], prompts: [], resources: [], resourceTemplates: [] };

/** A catalog without sources. */
export function createCatalog(options: CatalogOptions): LiveCatalog {
  return new SourceCatalog(options);
}

interface Entry {
  readonly items: SourceItems;
  /** What the server last said of itself, as text to compare. */
  readonly info: string | undefined;
  readonly stop: () => void;
}

class SourceCatalog implements LiveCatalog {
  readonly #log: Logger;
  readonly #quarantined: Quarantined;
  readonly #visible: (tool: ToolDescription) => boolean;
  readonly #unlistedRules: UnlistedRules;
  /** In order of id. */
  #entries = new Map<string, Entry>();
  #version = 0;
  /** Undefined when a server's items are others since it was made; the next reader makes it anew. */
  #merged: Merged | undefined;
  #all: CatalogView | undefined;
  /** What listeners know of. */
  #told: Merged;
  #profilesTold = true;
  readonly #servers = new Map<string, CatalogView>();
  #profiles: ReadonlyMap<string, Profile> = new Map();
  readonly #profileViews = new Map<string, CatalogView>();
  readonly #changes: ChangeBursts;
  readonly #resourceListeners = new Set<(update: ResourceUpdate) => void>();
  #reported = new Set<string>();
  readonly #warned = new Set<string>();
  #aliases: ReadonlyMap<string, string> = new Map();
  /** Ids of all servers, the disabled ones too. */
  #sources: readonly string[] = [];
  #outcomes: ReadonlyMap<string, ServerOutcome> = new Map();

  readonly #alias = (name: string): string | undefined => this.#aliases.get(name);

  constructor(options: CatalogOptions) {
    this.#log = options.log;
    this.#changes = new ChangeBursts(options.clock ?? systemClock, () => this.#changed());
    this.#quarantined = options.quarantined ?? (() => undefined);
    this.#visible = options.visible ?? (() => true);
    this.#unlistedRules = { visible: this.#visible, held: options.held ?? (() => false) };
    this.#told = mergeSources([]);
  }

  setOutcomes(outcomes: ReadonlyMap<string, ServerOutcome>): void {
    this.#outcomes = outcomes;
    this.#changes.expect();
  }

  #warnOfNames(): void {
    // Aliases are judged by hub doctor only: a tool that is not there yet may come with the first start of its server.
    for (const { setting, detail } of this.misnamed()) {
      const words = `${setting}: ${detail}`;
      if (!setting.startsWith('profiles.') || this.#warned.has(words)) continue;
      this.#warned.add(words);
      this.#log.warn({ setting }, words);
    }
  }

  set(sources: readonly CatalogSource[]): void {
    const before = this.#entries;
    this.#sources = sources.map(({ id }) => id);
    const wanted = sources.filter(({ enabled }) => enabled).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    this.#entries = new Map(wanted.map((source) => [source.id, this.#entry(source, before.get(source.id))]));
    for (const [id, entry] of before) if (this.#entries.get(id)?.stop !== entry.stop) entry.stop();
    this.#outdate();
  }

  recheck(server: string): void {
    const entry = this.#entries.get(server);
    if (!entry) return;
    const { source, lists } = entry.items;
    this.#entries.set(server, { ...entry, items: itemsOf(source, lists, this.#quarantined) });
    this.#outdate();
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

  setProfiles(profiles: Readonly<Record<string, Profile>>): void {
    const before = this.#profiles;
    this.#profiles = new Map(Object.entries(profiles));
    const changed = [...new Set([...before.keys(), ...this.#profiles.keys()])].filter(
      (name) => JSON.stringify(before.get(name)) !== JSON.stringify(this.#profiles.get(name)),
    );
    if (changed.length === 0) return;
    this.#version += 1;
    for (const name of changed) this.#profileViews.delete(name);
    this.#profilesTold = false;
    this.#changes.expect();
  }

  setAliases(aliases: Readonly<Record<string, string>>): void {
    this.#aliases = new Map(Object.entries(aliases));
  }

  misnamed(): readonly Misnamed[] {
    if (this.#profiles.size + this.#aliases.size === 0) return [];
    const { tools, withheld } = this.#mergedNow();
    return misnamedSettings(this.#profiles, this.#aliases, {
      servers: new Set([...this.#sources, ...this.#outcomes.keys()]),
      tools: new Set([...tools, ...withheld].map(({ item }) => item.key)),
    });
  }

  subscribe(listener: (change: CatalogChange) => void): () => void {
    return this.#changes.subscribe(listener);
  }

  onResourceUpdated(listener: (update: ResourceUpdate) => void): () => void {
    this.#resourceListeners.add(listener);
    return () => void this.#resourceListeners.delete(listener);
  }

  problems(server?: string): readonly LeftOut[] {
    const own = [...this.#entries.values()].flatMap(({ items }) => items.problems);
    const all = [...own, ...this.#mergedNow().problems];
    return server === undefined ? all : all.filter((problem) => problem.server === server);
  }

  close(): void {
    for (const { stop } of this.#entries.values()) stop();
    this.#entries.clear();
    this.#changes.clear();
    this.#resourceListeners.clear();
  }

  #entry(source: CatalogSource, before: Entry | undefined): Entry {
    const known = before?.items.source;
    const lists = source.upstream.lists ?? source.known ?? NOTHING;
    const same =
      known?.upstream === source.upstream && known.prefix === source.prefix && before?.items.lists === lists;
    // `known` and `enabled` of the new source do not matter once its lists are these.
    if (same && before) return before;
    const info = JSON.stringify(source.upstream.info);
    return { items: itemsOf(source, lists, this.#quarantined), info, stop: this.#follow(source) };
  }

  #follow(source: CatalogSource): () => void {
    const { upstream, id } = source;
    const stops = [
      upstream.on('lists-changed', (lists) => this.#relist(source, lists)),
      upstream.on('availability-changed', () => this.#renewInfo(id)),
      upstream.on('resource-updated', (uri, session) => {
        for (const listener of this.#resourceListeners) listener({ upstream, uri, session });
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  #relist(source: CatalogSource, lists: UpstreamLists): void {
    const entry = this.#entries.get(source.id);
    if (entry?.items.source !== source) return;
    this.#entries.set(source.id, { ...entry, items: itemsOf(source, lists, this.#quarantined) });
    this.#outdate();
  }

  /** A handshake may tell of other capabilities or instructions than were known. */
  #renewInfo(id: string): void {
    const entry = this.#entries.get(id);
    const info = entry && JSON.stringify(entry.items.source.upstream.info);
    if (!entry || info === entry.info) return;
    const { source, lists } = entry.items;
    this.#entries.set(id, { ...entry, info, items: itemsOf(source, lists, this.#quarantined) });
    this.#servers.delete(id);
    this.#profileViews.clear();
    this.#version += 1;
    this.#all = undefined;
  }

  #items(): SourceItems[] {
    return [...this.#entries.values()].map(({ items }) => this.#offered(items));
  }

  #offered(items: SourceItems): SourceItems {
    const { id } = items.source;
    const tools = items.tools.filter(({ own, hubName, value }) =>
      this.#visible({ server: id, name: own, hubName, effect: effectOf(value) }),
    );
    return tools.length === items.tools.length ? items : { ...items, tools };
  }

  /** Servers are put together by whoever reads first, so that hundreds that are listed at once do not cost as many mergers. */
  #outdate(): void {
    this.#version += 1;
    this.#merged = undefined;
    this.#all = undefined;
    this.#servers.clear();
    this.#profileViews.clear();
    this.#changes.expect();
  }

  #mergedNow(): Merged {
    return (this.#merged ??= mergeSources(this.#items()));
  }

  /** What is different from what listeners know; to be told to them. */
  #changed(): CatalogChange {
    const before = this.#told;
    const merged = this.#mergedNow();
    const profiles = !this.#profilesTold;
    this.#told = merged;
    this.#profilesTold = true;
    this.#reportProblems();
    this.#warnOfNames();
    return {
      tools: profiles || differ(before.tools, merged.tools),
      prompts: profiles || differ(before.prompts, merged.prompts),
      resources:
        profiles ||
        differ(before.resources, merged.resources) ||
        differ(before.resourceTemplates, merged.resourceTemplates),
    };
  }

  #whole(): CatalogView {
    const outcomes = this.#outcomesOf(() => true);
    const unlisted = this.#unlistedIn([...this.#entries.values()].map(({ items }) => items));
    return new MergedView(this.#version, this.#items(), this.#mergedNow(), {
      outcomes,
      alias: this.#alias,
      unlisted,
    });
  }

  /** `sources` with all that they list, also what is not offered. */
  #unlistedIn(sources: readonly SourceItems[]): ViewOptions['unlisted'] {
    return (name) => unlistedTool(name, sources, this.#unlistedRules);
  }

  #outcomesOf(concerns: (id: string) => boolean): () => string | undefined {
    return outcomesOf(() => this.#outcomes, concerns);
  }

  /** One server under its own names; built when somebody asks for it. */
  #serverView(id: string): CatalogView | undefined {
    const built = this.#servers.get(id);
    const items = this.#entries.get(id)?.items;
    if (built || !items) return built;
    const own = items.source.prefix === '' ? this.#offered(items) : this.#ownNames(items);
    const outcomes = this.#outcomesOf((server) => server === id);
    const asListed = { ...items, source: own.source };
    const view = new MergedView(this.#version, [own], mergeSources([own]), {
      outcomes,
      unlisted: this.#unlistedIn([asListed]),
    });
    this.#servers.set(id, view);
    return view;
  }

  /** The same tools as in the whole under the names that their server has for them. */
  #ownNames(items: SourceItems): SourceItems {
    const offered = new Map(this.#offered(items).tools.map(({ own, hubName }) => [own, hubName]));
    const renamed = itemsOf({ ...items.source, prefix: '' }, items.lists, this.#quarantined);
    const tools = renamed.tools.flatMap((tool) => {
      const hubName = offered.get(tool.own);
      return hubName === undefined ? [] : [{ ...tool, hubName }];
    });
    return { ...renamed, tools };
  }

  /** A selection of the whole; built when somebody asks for it. */
  #profileView(name: string): CatalogView | undefined {
    const built = this.#profileViews.get(name);
    const profile = this.#profiles.get(name);
    if (built || !profile) return built;
    const { servers, description } = profile;
    const sources = this.#items().filter(({ source }) => servers?.includes(source.id) ?? true);
    const merged = selectProfile(this.#mergedNow(), profile);
    const presentation = presentationOf(profile);
    const listed = listedTools(merged, profile, presentation);
    const outcomes = this.#outcomesOf((server) => servers?.includes(server) ?? true);
    const view = new MergedView(this.#version, sources, merged, {
      description,
      presentation,
      listed,
      outcomes,
      alias: this.#alias,
      unlisted: this.#unlistedInProfile(profile, sources),
    });
    this.#profileViews.set(name, view);
    return view;
  }

  /** A profile that chooses tools, or hides them behind the hub's own, has no others than it says. */
  #unlistedInProfile({ tools, mode }: Profile, sources: readonly SourceItems[]): ViewOptions['unlisted'] {
    if (tools !== undefined || mode !== 'full') return undefined;
    const offered = new Set(sources.map(({ source }) => source.id));
    const entries = [...this.#entries.values()].filter(({ items }) => offered.has(items.source.id));
    return this.#unlistedIn(entries.map(({ items }) => items));
  }

  /** Each problem is logged once, not at every change of the catalog. */
  #reportProblems(): void {
    const current = new Set<string>();
    for (const problem of this.problems()) {
      const key = `${problem.server}\0${problem.kind}\0${problem.name}\0${problem.code}`;
      current.add(key);
      if (!this.#reported.has(key))
        this.#log.warn(
          problem,
          `${problem.kind} ${problem.name} of ${problem.server} is left out: ${problem.detail}`,
        );
    }
    this.#reported = current;
  }
}

interface Listed {
  readonly item: Item;
}

const differ = (before: readonly Listed[], after: readonly Listed[]): boolean =>
  before.length !== after.length || before.some(({ item }, at) => item.json !== after[at]?.item.json);
