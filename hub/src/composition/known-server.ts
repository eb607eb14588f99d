import { hubError, type HubStatus } from '@counterpart/schemas';
import type { Access } from '../access/access.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { OWNER, seenBy } from '../kernel/audit/principal.ts';
import { didYouMean } from '../kernel/nearest.ts';
import type { Catalog, Upstream } from '../kernel/ports.ts';

interface Served {
  readonly access: Pick<Access, 'sees'>;
  readonly fleet: Pick<Fleet, 'members'>;
  readonly catalog: Pick<Catalog, 'view'>;
}

/**
 * The name of a server, or of what the hub itself offers as one. Throws SERVER_UNKNOWN, in the same words for what a principal
 * does not see and for what never was.
 */
export function knownServer(served: Served, id: string, principal = OWNER): string {
  const { access, fleet } = served;
  const members = [...fleet.members.keys()].filter((member) => access.sees(principal, member));
  const ids = new Set([...members, ...upstreamsFor(served, principal).keys()]);
  if (ids.has(id)) return id;
  throw hubError('SERVER_UNKNOWN', { server: id, suggestion: didYouMean(id, ids) });
}

/** What the owner is offered by the hub itself. */
export const ownServers = (served: Served): HubStatus['ownServers'] =>
  [...upstreamsFor(served, OWNER)].flatMap(([id, { lists }]) =>
    served.fleet.members.has(id)
      ? []
      : [{ id, tools: lists?.tools.length ?? 0, prompts: lists?.prompts.length ?? 0 }],
  );

const NONE: ReadonlyMap<string, Upstream> = new Map();

const upstreamsFor = ({ catalog }: Served, principal: string): ReadonlyMap<string, Upstream> =>
  catalog.view(seenBy({ kind: 'all' }, principal))?.upstreams ?? NONE;
