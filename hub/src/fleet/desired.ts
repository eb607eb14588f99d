import { createHash } from 'node:crypto';
import { canonicalJson, hubError, type CounterpartError } from '@counterpart/schemas';
import type { CommandServer, HubConfig, RemoteServer, ServerOverride } from '@counterpart/schemas';
import type { Discovery, FoundServer } from '../registry/discover.ts';
import { dependencyProblem, type Needing, needingOf } from '../versions/dependencies.ts';

export type Origin =
  | { readonly kind: 'built'; readonly found: FoundServer; readonly override: ServerOverride | undefined }
  | { readonly kind: 'command'; readonly entry: CommandServer }
  | { readonly kind: 'remote'; readonly entry: RemoteServer };

/** A server as folder and configuration want it. */
export interface DesiredServer {
  readonly id: string;
  readonly origin: Origin;
  readonly prefix: string;
  /** What the configuration says; undefined: the registry decides. */
  readonly enabled: boolean | undefined;
  /** Of everything that makes a restart necessary when it changes. */
  readonly hash: string;
}

export interface Desired {
  readonly servers: ReadonlyMap<string, DesiredServer>;
  /** Servers that cannot be had as they stand, by id or folder. */
  readonly problems: ReadonlyMap<string, CounterpartError>;
}

/**
 * What should run, from what lies in the servers folder and what the configuration names. `stampOf` changes with the secrets
 * that a server is given. Pure.
 */
export function toDesired(
  discovery: Discovery,
  config: HubConfig,
  stampOf: (id: string, origin: Origin) => string | undefined,
): Desired {
  const problems = new Map(discovery.problems);
  const servers = new Map<string, DesiredServer>();
  const add = (
    id: string,
    origin: Origin,
    settings: ServerOverride | CommandServer | RemoteServer | undefined,
  ) => {
    const stamp = stampOf(id, origin);
    const facts = [withoutPolicy(origin), config.defaults, ...(stamp === undefined ? [] : [stamp])];
    const hash = createHash('sha256').update(canonicalJson(facts)).digest('hex');
    servers.set(id, { id, origin, prefix: settings?.prefix ?? id, enabled: settings?.enabled, hash });
  };
  for (const [id, found] of discovery.servers) {
    const override = config.overrides[id];
    add(id, { kind: 'built', found, override }, override);
  }
  for (const [id, entry] of Object.entries(config.mcpServers)) {
    if (servers.has(id)) problems.set(id, hubError('SERVER_EXISTS', { server: id }));
    else add(id, 'command' in entry ? { kind: 'command', entry } : { kind: 'remote', entry }, entry);
  }
  return withoutUnmet(servers, problems);
}

/** A server whose needs are not met is none that can be had. */
function withoutUnmet(
  servers: ReadonlyMap<string, DesiredServer>,
  problems: Map<string, CounterpartError>,
): Desired {
  const needing = new Map(
    [...servers].map(([id, { origin }]): [string, Needing] => [
      id,
      origin.kind === 'built'
        ? needingOf(origin.found.manifest)
        : { version: undefined, needs: new Map<string, string>() },
    ]),
  );
  const met = new Map(servers);
  for (const id of servers.keys()) {
    const problem = dependencyProblem(id, needing);
    if (problem === undefined) continue;
    problems.set(id, problem);
    met.delete(id);
  }
  return { servers: met, problems };
}

/** What may be called is no matter of the process: a change of it restarts nothing. */
function withoutPolicy(origin: Origin): Origin {
  if (origin.kind === 'built')
    return { ...origin, override: origin.override && { ...origin.override, policy: undefined } };
  return origin.kind === 'command'
    ? { ...origin, entry: { ...origin.entry, policy: undefined } }
    : { ...origin, entry: { ...origin.entry, policy: undefined } };
}

export interface FleetChange {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Which servers must be started anew, and which must go, by comparing hashes. Pure. */
export function toChange(
  running: ReadonlyMap<string, { readonly hash: string }>,
  desired: Desired,
): FleetChange {
  const ids = [...desired.servers.keys()];
  return {
    added: ids.filter((id) => !running.has(id)),
    changed: ids.filter((id) => running.has(id) && running.get(id)?.hash !== desired.servers.get(id)?.hash),
    removed: [...running.keys()].filter((id) => !desired.servers.has(id)),
  };
}
