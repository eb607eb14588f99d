import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hubError, type Json } from '@counterpart/schemas';
import { readConfiguration, objectAt } from './client-file.ts';
import { clientFacts, userFile, type ClientId, type UserPlace } from './clients.ts';
import { removeMember, setMember } from '../kernel/files/jsonc-edit.ts';
import { plainValue } from '../kernel/files/jsonc.ts';
import { isHub } from './import-plan.ts';
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
export function connectionEntry(client: ClientId, reach: Reach, token?: string): Json {
  const { namesTransport } = clientFacts(client);
  if (reach.kind === 'url')
    return {
      ...(namesTransport ? { type: 'http' } : {}),
      url: reach.url,
      ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
    };
  return {
    ...(namesTransport ? { type: 'stdio' } : {}),
    command: reach.command,
    args: [...reach.args],
    ...(token === undefined ? {} : { env: { COUNTERPART_TOKEN: token } }),
  };
}

/** Decides the edit; nothing is written. Throws CLIENT_CONFIG_INVALID, CLIENT_NOT_FOUND. */
export function planConnection(request: ConnectRequest): ConnectPlan {
  const { key, title, comments } = clientFacts(request.client);
  const { file, name } = request;
  const configuration = readConfiguration(file, { comments });
  if (!configuration.exists && !request.create && !existsSync(dirname(file)))
    throw hubError('CLIENT_NOT_FOUND', { client: title, file });
  const member = objectAt(configuration, [key])?.members.findLast((each) => each.key === name);
  const present = member !== undefined;
  const before = configuration.text;
  if (request.remove) {
    const after = present ? removeMember(before, [key, name]) : before;
    return { file, before, after, outcome: present ? 'removed' : 'absent' };
  }
  if (member && isDeepStrictEqual(plainValue(member.value), request.entry))
    return { file, before, after: before, outcome: 'same' };
  const after = setMember(before, [key, name], request.entry);
  return { file, before, after, outcome: present ? 'replaced' : 'added' };
}

/** Names of entries that lead to a hub on one of these ports. Throws CLIENT_CONFIG_INVALID. */
export function connectedNames(client: ClientId, file: string, ports: readonly number[]): string[] {
  const { key } = clientFacts(client);
  const members = objectAt(readConfiguration(file, { comments: true }), [key])?.members ?? [];
  return members
    .filter((member) => {
      const entry = toHubEntry(member.key, plainValue(member.value), { file, homeDir: '' });
      return entry.kind === 'entry' && isHub(entry.entry, ports);
    })
    .map((member) => member.key);
}
