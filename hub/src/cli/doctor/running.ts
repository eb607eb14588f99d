import type { HubStatus, ServerDetail } from '@counterpart/schemas';
import type { Context } from '../context.ts';
import { createHubApi } from '../api/hub-api.ts';
import { findHub, type HubPresence } from '../running/running-hub.ts';

/** What the running hub says; nothing but its presence when there is none that answers. */
export interface Running {
  readonly presence: HubPresence;
  readonly state: HubStatus | undefined;
  readonly servers: ReadonlyMap<string, ServerDetail>;
}

/** Asks the hub of this home, once for all checks. */
export async function askHub(context: Context): Promise<Running> {
  const presence = await findHub(context.home);
  if (presence.kind !== 'running') return { presence, state: undefined, servers: new Map() };
  const hub = createHubApi(presence.address, context.signal);
  const state = await hub.status();
  const details = await Promise.all(state.servers.map(({ id }) => hub.server(id)));
  return { presence, state, servers: new Map(details.map((detail) => [detail.id, detail])) };
}
