import type { LeftOut, Misnamed, Profile } from '@counterpart/schemas';
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
import { changeOf } from './shelves/difference.ts';
import { PeopleShelves, type PeopleSight } from './shelves/people-shelves.ts';
import { Shelf, type Stock } from './shelves/shelf.ts';
import { itemsOf, type Quarantined, type SourceItems } from './source-items.ts';
import type { UnlistedRules } from './unlisted.ts';

export interface CatalogOptions {
  readonly log: Logger;
  /** Why a tool must not be offered, such as a change that awaits approval; undefined when it may. Asked at every rebuild. */
  readonly quarantined?: Quarantined | undefined;
  /** Whether a tool of this name awaits the owner's word or was rejected, listed or not. */
  readonly held?: UnlistedRules['held'] | undefined;
  /** False for a tool that is to be as unknown as one that never was; asked anew at every change. */
  readonly visible?: ((tool: ToolDescription) => boolean) | undefined;
  readonly clock?: Clock | undefined;
  /** What people do not see of what the owner does. Default: nobody but the owner is known. */
  readonly sight?: PeopleSight | undefined;
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
  /** People see other servers than before, or are others. */
  resight(): void;
  /** What is left out at present, by server. */
  problems(server?: string): readonly LeftOut[];
  /** Stops listening to the upstreams. */
  close(): void;
}

const NOBODY: PeopleSight = { hiddenFrom: () => undefined, isOwners: () => false };
const EVERYTHING = (): boolean => true;
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
  readonly #unlistedRules: UnlistedRules;
  /** In order of id. */
  #entries = new Map<string, Entry>();
  #version = 0;
  /** Made anew when a server's items are others. */
  #own: Shelf;
  readonly #people: PeopleShelves;
  /** What listeners know of. */
  #told: Merged;
  #profilesTold = true;
  #profiles: ReadonlyMap<string, Profile> = new Map();
  readonly #changes: ChangeBursts;
  readonly #resourceListeners = new Set<(update: ResourceUpdate) => void>();
  #reported = new Set<string>();
  readonly #warned = new Set<string>();
  #aliases: ReadonlyMap<string, string> = new Map();
  /** Ids of all servers, the disabled ones too. */
  #sources: readonly string[] = [];
  #outcomes: ReadonlyMap<string, ServerOutcome> = new Map();

  readonly #stock = (): Stock => ({
    version: this.#version,
    items: [...this.#entries.values()].map(({ items }) => items),
    profiles: this.#profiles,
    outcomes: this.#outcomes,
    rules: this.#unlistedRules,
    quarantined: this.#quarantined,
    alias: (name) => this.#aliases.get(name),
  });

  constructor(options: CatalogOptions) {
    this.#log = options.log;
    this.#changes = new ChangeBursts(options.clock ?? systemClock, () => this.#changed());
    this.#quarantined = options.quarantined ?? (() => undefined);
    this.#unlistedRules = { visible: options.visible ?? (() => true), held: options.held ?? (() => false) };
    this.#own = new Shelf(this.#stock, EVERYTHING);
    this.#people = new PeopleShelves(this.#stock, options.sight ?? NOBODY);
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
    const { principal } = selector;
    return principal === undefined ? this.#own.view(selector) : this.#people.of(principal)?.view(selector);
  }

  resight(): void {
    this.#version += 1;
    this.#people.outdate();
    this.#changes.expect();
  }

  setProfiles(profiles: Readonly<Record<string, Profile>>): void {
    const before = this.#profiles;
    this.#profiles = new Map(Object.entries(profiles));
    const changed = [...new Set([...before.keys(), ...this.#profiles.keys()])].filter(
      (name) => JSON.stringify(before.get(name)) !== JSON.stringify(this.#profiles.get(name)),
    );
    if (changed.length === 0) return;
    this.#version += 1;
    for (const name of changed) {
      this.#own.dropProfile(name);
      this.#people.dropProfile(name);
    }
    this.#profilesTold = false;
    this.#changes.expect();
  }

  setAliases(aliases: Readonly<Record<string, string>>): void {
    this.#aliases = new Map(Object.entries(aliases));
  }

  misnamed(): readonly Misnamed[] {
    if (this.#profiles.size + this.#aliases.size === 0) return [];
    const { tools, withheld } = this.#own.merged;
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
    const all = [...own, ...this.#own.merged.problems];
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
    this.#version += 1;
    this.#own.renew(id);
    this.#people.outdate();
  }

  /** Servers are put together by whoever reads first, so that hundreds that are listed at once do not cost as many mergers. */
  #outdate(): void {
    this.#version += 1;
    this.#own = new Shelf(this.#stock, EVERYTHING);
    this.#people.outdate();
    this.#changes.expect();
  }

  /** What is different from what listeners know; to be told to them. */
  #changed(): CatalogChange {
    const before = this.#told;
    const merged = this.#own.merged;
    const profiles = !this.#profilesTold;
    this.#told = merged;
    this.#profilesTold = true;
    this.#reportProblems();
    this.#warnOfNames();
    const people = this.#people.changed(profiles);
    return { ...changeOf(before, merged, profiles), ...(people.size === 0 ? {} : { people }) };
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
