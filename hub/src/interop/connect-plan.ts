import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hubError, type Json } from '@counterpart/schemas';
import { openClientEntry } from './client-edit.ts';
import { readDocument } from './client-file.ts';
import { clientFacts, userFile, type ClientId, type EntryWords, type UserPlace } from './clients.ts';
import { isHub } from './import-plan.ts';
import { serversOf } from './server-blocks.ts';
import { toHubEntry } from './to-hub-entry.ts';

export interface ConnectRequest {
  readonly client: ClientId;
  readonly file: string;
  /** The folder may be made: it is named by hand or is a project's. */
  readonly create: boolean;
  /** Name of the entry. */
  readonly name: string;
  readonly remove: boolean;
  readonly entry: Json;
}

export interface ConnectPlan {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly outcome: 'added' | 'replaced' | 'removed' | 'same' | 'absent';
}

/** The file that a connection is written to. Throws USAGE for a client without project files. */
export function connectionFile(
  client: ClientId,
  place: UserPlace,
  options: { readonly file?: string | undefined; readonly project?: string | undefined },
): string {
  if (options.file !== undefined) return options.file;
  if (options.project === undefined) return userFile(client, place);
  const { projectFile, title } = clientFacts(client);
  if (projectFile === undefined)
    throw hubError('USAGE', {
      detail: `${title} has no configuration of a project.`,
      command: 'hub connect',
    });
  return join(options.project, projectFile);
}

/** How a client reaches the hub: at an address, or through a program that it launches. */
export type Reach =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[] };

/** The entry in the client's own words; with the token of a person the client is known as them. Pure. */
export function connectionEntry(
  client: ClientId,
  reach: Reach,
  { name, token }: { readonly name: string; readonly token?: string | undefined },
): Json {
  const { words } = clientFacts(client);
  if (reach.kind === 'url')
    return addressEntry(words, {
      name,
      url: reach.url,
      headers: token === undefined ? undefined : { Authorization: `Bearer ${token}` },
    });
  return commandEntry(words, {
    name,
    command: reach.command,
    args: [...reach.args],
    env: token === undefined ? undefined : { COUNTERPART_TOKEN: token },
  });
}

/** Goose waits so many seconds for a call; a build asked for by a model takes its time. */
const GOOSE_SECONDS = 300;

type Texts = Readonly<Record<string, string>>;

function addressEntry(
  words: EntryWords,
  {
    name,
    url,
    headers,
  }: { readonly name: string; readonly url: string; readonly headers: Texts | undefined },
): Json {
  const sent = headers === undefined ? {} : { headers };
  switch (words) {
    case 'common':
      return { url, ...sent };
    case 'typed':
      return { type: 'http', url, ...sent };
    case 'codex':
      return { url, ...(headers === undefined ? {} : { http_headers: headers }) };
    case 'gemini-cli':
      return { httpUrl: url, ...sent };
    case 'windsurf':
      return { serverUrl: url, ...sent };
    case 'opencode':
      return { type: 'remote', url, enabled: true, ...sent };
    case 'goose':
      return { enabled: true, type: 'streamable_http', name, uri: url, timeout: GOOSE_SECONDS, ...sent };
    case 'continue':
      return {
        name,
        type: 'streamable-http',
        url,
        ...(headers === undefined ? {} : { requestOptions: { headers } }),
      };
  }
}

interface Launched {
  readonly name: string;
  readonly command: string;
  readonly args: string[];
  readonly env: Texts | undefined;
}

function commandEntry(words: EntryWords, { name, command, args, env }: Launched): Json {
  const given = env === undefined ? {} : { env };
  switch (words) {
    case 'common':
    case 'codex':
    case 'gemini-cli':
    case 'windsurf':
      return { command, args, ...given };
    case 'typed':
      return { type: 'stdio', command, args, ...given };
    case 'opencode':
      return {
        type: 'local',
        command: [command, ...args],
        enabled: true,
        ...(env === undefined ? {} : { environment: env }),
      };
    case 'goose':
      return {
        enabled: true,
        type: 'stdio',
        name,
        cmd: command,
        args,
        timeout: GOOSE_SECONDS,
        ...(env === undefined ? {} : { envs: env }),
      };
    case 'continue':
      return { name, type: 'stdio', command, args, ...given };
  }
}

/** Decides the edit; nothing is written. Throws CLIENT_CONFIG_INVALID, CLIENT_NOT_FOUND. */
export function planConnection(request: ConnectRequest): ConnectPlan {
  const facts = clientFacts(request.client);
  const { file, name } = request;
  const present = openClientEntry(file, facts, name);
  if (!present.exists && !request.create && !existsSync(dirname(file)))
    throw hubError('CLIENT_NOT_FOUND', { client: facts.title, file });
  const before = present.text;
  const isThere = present.entry !== undefined;
  if (request.remove)
    return isThere
      ? { file, before, after: present.remove(), outcome: 'removed' }
      : { file, before, after: before, outcome: 'absent' };
  if (isThere && isDeepStrictEqual(present.entry, request.entry))
    return { file, before, after: before, outcome: 'same' };
  return { file, before, after: present.set(request.entry), outcome: isThere ? 'replaced' : 'added' };
}

/** Names of entries that lead to a hub on one of these ports. Throws CLIENT_CONFIG_INVALID. */
export function connectedNames(file: string, ports: readonly number[]): string[] {
  const refuse = (detail: string) => hubError('CLIENT_CONFIG_INVALID', { file, detail });
  return serversOf(readDocument(file) ?? {}, refuse)
    .filter(({ name, value }) => {
      const entry = toHubEntry(name, value, { file, homeDir: '' });
      return entry.kind === 'entry' && isHub(entry.entry, ports);
    })
    .map(({ name }) => name);
}
