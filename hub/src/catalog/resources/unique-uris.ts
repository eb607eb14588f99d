import { isMembers, membersOf } from '../../kernel/protocol/members.ts';
import type { CatalogSource, JsonMembers, RenameUri } from '../../kernel/ports.ts';
import { hubUri } from '../naming/names.ts';
import { templatePattern } from './uri-template.ts';
import type { Item, Owned, SourceItems, ToolItem } from '../source-items.ts';

/** All resources of a view under URIs of which no two are the same. */
export interface UniqueUris {
  readonly resources: readonly Owned[];
  readonly resourceTemplates: readonly Owned[];
  /** Resources that tools name without their server listing them (MCP Apps): found by their URI all the same. */
  readonly unlisted: readonly Owned[];
  /** By server, where some of its URIs have another form here. */
  readonly renames: ReadonlyMap<string, RenameUri>;
}

/** What one server must be called otherwise. */
interface Taken {
  readonly uris: Set<string>;
  readonly templates: Set<string>;
}

/** A URI that an earlier server has is offered in a rewritten form, because a resource cannot be renamed by configuration. */
export function uniqueUris(sources: readonly SourceItems[]): UniqueUris {
  const taken = new Map<CatalogSource, Taken>();
  const takenOf = (source: CatalogSource): Taken => {
    const found = taken.get(source) ?? { uris: new Set<string>(), templates: new Set<string>() };
    taken.set(source, found);
    return found;
  };
  const uris = new Owners((source, uri) => takenOf(source).uris.add(uri));
  const templates = new Owners((source, template) => takenOf(source).templates.add(template));
  const parts = sources.map((items) => ({ ...items, named: namedByTools(items) }));
  for (const { source, resources, resourceTemplates, named } of parts) {
    for (const { own } of [...resources, ...named]) uris.claim(source, own);
    for (const { own } of resourceTemplates) templates.claim(source, own);
  }
  return {
    resources: parts.flatMap(({ source, resources }) =>
      resources.map((item) => owned(source, item, 'uri', takenOf(source).uris)),
    ),
    resourceTemplates: parts.flatMap(({ source, resourceTemplates }) =>
      resourceTemplates.map((item) => owned(source, item, 'uriTemplate', takenOf(source).templates)),
    ),
    unlisted: parts.flatMap(({ source, named }) =>
      named.map((item) => owned(source, item, 'uri', takenOf(source).uris)),
    ),
    renames: new Map(
      [...taken]
        .filter(([, { uris: own, templates: patterns }]) => own.size + patterns.size > 0)
        .map(([source, renamed]) => [source.id, renameOf(source.id, renamed)]),
    ),
  };
}

/** The first server that has a URI keeps it. */
class Owners {
  readonly #owners = new Map<string, string>();
  readonly #late: (source: CatalogSource, uri: string) => void;

  constructor(late: (source: CatalogSource, uri: string) => void) {
    this.#late = late;
  }

  claim(source: CatalogSource, uri: string): void {
    const owner = this.#owners.get(uri);
    if (owner === undefined) this.#owners.set(uri, source.id);
    else if (owner !== source.id) this.#late(source, uri);
  }
}

function owned(source: CatalogSource, item: Item, member: string, renamed: ReadonlySet<string>): Owned {
  if (!renamed.has(item.own)) return { item, source };
  const key = hubUri(source.id, item.own);
  return { item: { ...item, key, json: JSON.stringify({ ...item.value, [member]: key }) }, source };
}

function renameOf(server: string, { uris, templates }: Taken): RenameUri {
  const patterns = [...templates].flatMap((template) => templatePattern(template) ?? []);
  return (own) =>
    uris.has(own) || templates.has(own) || patterns.some((pattern) => pattern.test(own))
      ? hubUri(server, own)
      : own;
}

/** The interfaces of a server's tools that it does not list as resources. */
function namedByTools({ tools, resources }: SourceItems): Item[] {
  const known = new Set(resources.map(({ own }) => own));
  const uris = new Set(tools.flatMap(({ value }) => interfaceOf(value['_meta']) ?? []));
  return [...uris]
    .filter((uri) => !known.has(uri))
    .map((uri) => ({ key: uri, own: uri, value: { uri }, json: JSON.stringify({ uri }) }));
}

/** Where a tool's `_meta` names its interface: now, and before MCP Apps was an extension. */
const LEGACY_INTERFACE = 'ui/resourceUri';

function interfaceOf(meta: unknown): string | undefined {
  const members = membersOf(meta);
  const uri = membersOf(members['ui'])['resourceUri'] ?? members[LEGACY_INTERFACE];
  return typeof uri === 'string' ? uri : undefined;
}

/** The tool with its interface under the URI that it has here. */
export function withRenamedInterface(item: ToolItem, rename: RenameUri | undefined): ToolItem {
  const meta = membersOf(item.value['_meta']);
  const uri = interfaceOf(meta);
  if (!rename || uri === undefined || rename(uri) === uri) return item;
  const renamed: JsonMembers = { ...meta };
  const { ui } = meta;
  if (isMembers(ui)) renamed['ui'] = { ...ui, resourceUri: rename(uri) };
  if (meta[LEGACY_INTERFACE] !== undefined) renamed[LEGACY_INTERFACE] = rename(uri);
  const value = { ...item.value, _meta: renamed };
  return { ...item, value, json: JSON.stringify({ ...value, name: item.key }) };
}
