import { buildsOf } from '../../builds/own-builds.ts';
import type { Builds } from '../../builds/builds.ts';
import { builderServer } from '../../builds/client/builder-tools.ts';
import type { ConfigStore } from '../../config/store.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { AdminService } from '../../http/admin.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { CatalogSource } from '../../kernel/ports.ts';
import { toolSource } from '../../kernel/tools/tool-server.ts';
import { pagesFor } from '../admin/secret-desk.ts';

interface Desk {
  readonly events: EventLog;
  readonly config: ConfigStore;
  readonly builds: Builds;
  readonly fleet: Fleet;
  readonly service: Pick<AdminService, 'secrets' | 'servers'>;
}

/** The builder's tools as a server's, with what they may ask a client's person. */
export const builderSource = ({ events, config, builds, fleet, service }: Desk): CatalogSource =>
  toolSource(
    builderServer({
      events,
      course: (person) => ({
        builds: person === undefined ? builds : buildsOf(builds, person),
        servers: () => service.servers(person),
        // What is installed on a hub is its owner's word.
        mayDecide: () => person === undefined && config.current().builder.clientApproval,
        secretPages: (server) => Promise.resolve(pagesFor(server, fleet, service.secrets)),
      }),
    }),
  );
