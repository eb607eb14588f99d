import { isDeepStrictEqual } from 'node:util';
import { HubConfig, hubError, JsonValue, type Json, type ServerEntry } from '@counterpart/schemas';
import { z } from 'zod';
import { objectAt, readConfiguration, readDocument } from './client-file.ts';
import { clientFacts, userFile, type ClientId, type UserPlace } from './clients.ts';
import { hideSecrets } from './hide-secrets.ts';
import { setMember } from '../kernel/files/jsonc-edit.ts';
import { parseJsonc, plainValue, type ObjectNode } from '../kernel/files/jsonc.ts';
import { serversOf, type NamedValue } from './server-blocks.ts';
import { toHubEntry } from './to-hub-entry.ts';

export interface ImportItem {
  /** Name in the client's file. */
  readonly name: string;
  /** Name in the hub. */
  readonly id: string;
  readonly file: string;
  readonly outcome: 'add' | 'replace' | 'same' | 'taken' | 'itself' | 'unusable';
  /** Without secrets. */
  readonly entry?: ServerEntry;
  /** Names of the variables that now hold secrets, each with its masked value's length. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export interface ImportSource {
  readonly title: string;
  readonly file: string;
}

export interface ImportRequest {
  readonly sources: readonly ImportSource[];
  readonly configFile: string;
  /** What lies in the secrets file already. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly homeDir: string;
  /** Only servers of these names; undefined: all. */
  readonly only?: readonly string[] | undefined;
  readonly replace: boolean;
  /** Where this hub answers. */
  readonly ownPorts: readonly number[];
}

export interface ImportPlan {
  readonly items: readonly ImportItem[];
  /** Texts of hub.config.json. */
  readonly before: string;
  readonly after: string;
  /** To be added to the secrets file. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A client's file as an import source. */
export function clientSource(id: ClientId, place: UserPlace): ImportSource {
  const { title } = clientFacts(id);
  return { title, file: userFile(id, place) };
}

/** Decides what an import would add; nothing is written. Throws CLIENT_CONFIG_INVALID, CLIENT_NOT_FOUND, CONFIG_INVALID. */
export function planImport(request: ImportRequest): ImportPlan {
  const config = readConfiguration(request.configFile, { comments: true, code: 'CONFIG_INVALID' });
  const known = plainMembers(objectAt(config, ['mcpServers']));
  const secrets: Record<string, string> = {};
  const items: ImportItem[] = [];
  let after = config.text;
  for (const { name, value, file } of request.sources.flatMap((source) => readServers(source))) {
    if (request.only && !request.only.includes(name)) continue;
    const item = planItem({ name, value, file }, { request, known, secrets });
    items.push(item);
    if (item.outcome !== 'add' && item.outcome !== 'replace') continue;
    known[item.id] = toJson(item.entry);
    Object.assign(secrets, item.secrets);
    after = setMember(after, ['mcpServers', item.id], toJson(item.entry));
  }
  if (after !== config.text) checkConfig(request.configFile, after);
  return { items, before: config.text, after, secrets };
}

interface Found extends NamedValue {
  readonly file: string;
}

function planItem(
  { name, value, file }: Found,
  state: {
    request: ImportRequest;
    known: Record<string, unknown>;
    secrets: Readonly<Record<string, string>>;
  },
): ImportItem {
  const { request, known } = state;
  const translated = toHubEntry(name, value, { file, homeDir: request.homeDir });
  const { id } = translated;
  const common = { name, id, file, secrets: {} };
  if (translated.kind === 'unusable') return { ...common, outcome: 'unusable', notes: [translated.reason] };
  if (isHub(translated.entry, request.ownPorts))
    return { ...common, outcome: 'itself', notes: ['this is the hub’s own connection'] };
  const hidden = hideSecrets(id, translated.entry, { ...request.secrets, ...state.secrets });
  const full = { ...common, entry: hidden.entry, secrets: hidden.secrets, notes: translated.notes };
  if (!(id in known)) return { ...full, outcome: 'add' };
  if (isDeepStrictEqual(known[id], toJson(hidden.entry))) return { ...full, outcome: 'same' };
  return { ...full, outcome: request.replace ? 'replace' : 'taken' };
}

/** Members that are undefined do not exist in JSON. */
const toJson = (entry: ServerEntry | undefined): Json =>
  JsonValue.parse(JSON.parse(JSON.stringify(entry ?? null)));

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** An entry that `hub connect` wrote for a hub on one of these ports: importing it would make the hub call itself. */
export function isHub(entry: ServerEntry, ports: readonly number[]): boolean {
  if ('url' in entry) {
    if (!URL.canParse(entry.url)) return false;
    const { hostname, port, pathname } = new URL(entry.url);
    return LOOPBACK.has(hostname) && ports.includes(Number(port)) && /^\/mcp(?:\/|$)/.test(pathname);
  }
  const words = [entry.command, ...(entry.args ?? [])];
  return words.includes('stdio') && words.some((word) => /(?:^|[\\/])hub(?:\.js)?$/.test(word));
}

function readServers({ file, title }: ImportSource): Found[] {
  const document = readDocument(file);
  if (document === undefined) throw hubError('CLIENT_NOT_FOUND', { client: title, file });
  const refuse = (detail: string) => hubError('CLIENT_CONFIG_INVALID', { file, detail });
  return serversOf(document, refuse).map((server) => ({ ...server, file }));
}

function plainMembers(object: ObjectNode | undefined): Record<string, unknown> {
  return Object.fromEntries((object?.members ?? []).map(({ key, value }) => [key, plainValue(value)]));
}

function checkConfig(file: string, text: string): void {
  const parsed = HubConfig.safeParse(plainValue(parseJsonc(text)));
  if (!parsed.success) throw hubError('CONFIG_INVALID', { file, detail: z.prettifyError(parsed.error) });
}
