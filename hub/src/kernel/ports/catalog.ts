import type { CounterpartError, Effect, ToolDefinition } from '@counterpart/schemas';
import type { ViewMode } from '../tools/hub-tools.ts';
import type { JsonMembers, Upstream, UpstreamLists } from './upstream.ts';

// Between catalog and gateway: what one URL offers, and what the catalog is made of.

/** A page of a list, serialised once a catalog change: the JSON text of the array, without its brackets' siblings. */
export interface ListPage {
  /** JSON array text, such as `[{"name":"a__b",…}]`, as it is sent: nothing keeps it as a string beside that. */
  readonly items: Buffer;
  readonly nextCursor?: string | undefined;
}

export type ListKind = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/** How a server is that does not serve as it should: told to clients beside lists that it may be missing from. */
export interface ServerOutcome {
  /** `stale`: listed as it was last seen; `failed`: not listed; `quarantined`: not started until somebody says so. */
  readonly state: 'stale' | 'failed' | 'quarantined';
  /** Of the error catalogue. */
  readonly code: string;
}

/** An immutable snapshot of what one URL of the gateway offers. */
export interface CatalogView {
  readonly version: number;
  /** Tools of all pages together. */
  readonly toolCount: number;
  /** Undefined for a cursor this catalog did not hand out. */
  page(list: ListKind, cursor: string | undefined): ListPage | undefined;
  tool(hubName: string): ToolRoute | undefined;
  /** For a name that `tool` does not know: the server that may know a tool it does not list, if it may be asked. */
  unlisted(hubName: string): ToolRoute | undefined;
  /** All tools that can be called, by the names they have in this view. */
  readonly tools: ReadonlyMap<string, ToolRoute>;
  prompt(hubName: string): { readonly upstream: Upstream; readonly name: string } | undefined;
  resource(uri: string): { readonly upstream: Upstream; readonly uri: string } | undefined;
  /** Set for a server some of whose URIs have other names here, because another server has them too. */
  renameUri(server: string): RenameUri | undefined;
  /** Union of what the servers offer, as the gateway may advertise it. */
  readonly capabilities: JsonMembers;
  readonly instructions?: string | undefined;
  /** Why a tool that a server lists is not offered: TOOL_CHANGED. Undefined for any other name. */
  withheld(hubName: string): CounterpartError | undefined;
  /** Names near to one that is unknown, best first. */
  similarTools(hubName: string): readonly string[];
  /** JSON text of the servers that do not serve as they should, by id (`ServerOutcome`); undefined when all are well. */
  readonly outcomes?: string | undefined;
  /** All servers of the view, by id: where set-level requests go. */
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** All tools that can be called, by name in the hub; given only where most of them are found by search, not listed. */
  readonly searchable?: ReadonlyMap<string, ToolRoute> | undefined;
  /** Given where the view has tools of the hub's own. */
  readonly presentation?: Presentation | undefined;
}

/** How a view shows its tools and their results. */
export interface Presentation {
  readonly mode: ViewMode;
  /** Names of the hub's own tools here; no tool of a server is called by them. */
  readonly ownTools: ReadonlySet<string>;
  /** The most of a tool's result that is given at once; undefined: all of it. */
  readonly resultTokens: number | undefined;
}

/** A server's own URI as the view offers it; the same text for most. */
export type RenameUri = (own: string) => string;

/** A tool as policies tell it from others; decided once, when the catalog's snapshot is made. */
export interface ToolDescription {
  /** Id of its server. */
  readonly server: string;
  /** The server's own name of it. */
  readonly name: string;
  /** Its name at `/mcp`, also in views that call it otherwise. */
  readonly hubName: string;
  readonly effect: Effect;
}

/** Where a tool's call goes. One object a tool and snapshot: what is decided of it may be kept by it. */
export interface ToolRoute extends ToolDescription {
  readonly upstream: Upstream;
  readonly definition: ToolDefinition;
}

/** A URL of the gateway, and who looks. */
export type ViewSelector = (
  | { readonly kind: 'all' }
  | { readonly kind: 'server'; readonly id: string }
  | { readonly kind: 'profile'; readonly name: string }
) & {
  /** A person; absent: the owner. */
  readonly principal?: string | undefined;
};

export interface ListsChange {
  readonly tools: boolean;
  readonly prompts: boolean;
  readonly resources: boolean;
}

/** What changed for the owner. */
export interface CatalogChange extends ListsChange {
  /** For people to whom other lists are shown than before. */
  readonly people?: ReadonlyMap<string, ListsChange> | undefined;
}

export interface Catalog {
  /** The current snapshot; undefined for an unknown server or profile. Cheap: built once a change. */
  view(selector: ViewSelector): CatalogView | undefined;
  subscribe(listener: (change: CatalogChange) => void): () => void;
  /** A subscribed resource changed. */
  onResourceUpdated(listener: (update: ResourceUpdate) => void): () => void;
}

/** A change of a resource, by the server's own URI of it. */
export interface ResourceUpdate {
  readonly upstream: Upstream;
  readonly uri: string;
  /** Only for the session of this id; undefined: for all. */
  readonly session?: string | undefined;
}

/** What the catalog must know of each server, from the registry and the configuration. */
export interface CatalogSource {
  readonly id: string;
  /** Text before `__` in hub names; empty: names stay as they are. */
  readonly prefix: string;
  readonly upstream: Upstream;
  /** Lists known without a process: from the server's `tools.json` or from the last time it ran. */
  readonly known: UpstreamLists | undefined;
  readonly enabled: boolean;
  /** A built server: what it says is its owner's word. */
  readonly packaged?: boolean | undefined;
  /** It is never asked for a tool that it does not list: a built server has no other, and new ones may need an approval. */
  readonly onlyListed?: boolean | undefined;
}
