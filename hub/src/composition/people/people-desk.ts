import type { Access } from '../../access/access.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { PeopleService } from '../../http/oversight/people-routes.ts';
import type { Catalog } from '../../kernel/ports.ts';
import { knownServer } from '../known-server.ts';

interface Desk {
  readonly access: Access;
  readonly fleet: Fleet;
  readonly catalog: Pick<Catalog, 'view'>;
}

/** People and what they see, as the owner of a hub orders it. */
export function peopleDesk({ access, fleet, catalog }: Desk): PeopleService {
  const known = (id: string): string => knownServer({ access, catalog, fleet }, id);
  return {
    people: () => access.people(),
    add: (name) => access.add(name),
    renew: (name) => access.renew(name),
    remove: (name) => access.remove(name),
    share: async (server, whom) => await access.share(known(server), whom),
    unshare: async (server, whom) => await access.unshare(known(server), whom),
    sharing: (server) => access.sharing(known(server)),
  };
}
