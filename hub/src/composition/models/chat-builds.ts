import type { HubEvent } from '@counterpart/schemas';
import type { Builds } from '../../builds/builds.ts';
import { buildsOf } from '../../builds/own-builds.ts';
import { OWNER } from '../../kernel/audit/principal.ts';
import { untilRest } from '../../builds/client/until-rest.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { SecretService } from '../../http/secrets/secret-routes.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { ChatBuilds } from '../../orchestrator/loop/building/chat-builds.ts';

interface Desk {
  readonly builds: Builds;
  readonly events: EventLog;
  readonly fleet: Fleet;
  readonly secrets: () => Pick<SecretService, 'openPage'>;
}

/** The builds of a hub, as chats of a principal speak of them. */
export function chatBuilds({ builds: all, events, fleet, secrets }: Desk, principal: string): ChatBuilds {
  const builds = principal === OWNER ? all : buildsOf(all, principal);
  return {
    start: (order) => builds.start({ ...order }),
    show: (id) => builds.show(id),
    async follow(id, told, signal) {
      let last = '';
      const stop = events.subscribe((event) => {
        const line = lineOf(event, id);
        if (line === undefined || line === last) return;
        last = line;
        told(line);
      });
      try {
        return await untilRest(id, { builds, events, signal });
      } finally {
        stop();
      }
    },
    decide: async (id, decision, hash) => void (await builds.decide(id, { decision, hash, via: 'chat' })),
    cancel: async (id) => void (await builds.cancel(id)),
    skip: async (id) => void (await builds.skip(id)),
    missingSecrets: (server) => [...(fleet.members.get(server)?.missingSecrets ?? [])],
    secretPage: (server, name) => secrets().openPage(name, { server }).url,
  };
}

/** What a stage is told as: its name, the repair it belongs to, and what came of it. */
function lineOf(event: HubEvent, build: string): string | undefined {
  if (event.kind !== 'build-changed' || event.build !== build || event.stage === undefined) return undefined;
  const { stage, round = 0, detail } = event;
  const repair = round > 0 ? ` (repair ${round})` : '';
  return `${stage}${repair}${detail === undefined ? '' : `: ${detail}`}`;
}
