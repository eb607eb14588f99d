import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hubError, toCounterpartError, type RoutingConfig, type ServerId } from '@counterpart/schemas';
import { z } from 'zod';
import type { Access } from '../../access/access.ts';
import { openBuilds, type Builds } from '../../builds/builds.ts';
import type { Claims, ProbeAnswer } from '../../builds/room.ts';
import type { ConfigStore } from '../../config/store.ts';
import type { RecentCalls } from '../../drift/recent-calls.ts';
import type { Variables } from '../../fleet/environment.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { Logger } from '../../kernel/log.ts';
import type { ToolCalls, Vault } from '../../kernel/ports.ts';
import type { Redactor } from '../../kernel/redact.ts';
import type { ProviderRoom } from '../../orchestrator/providers/generations.ts';
import { createProviders } from '../../orchestrator/providers/providers.ts';
import { openSandbox } from '../../sandbox/sandbox.ts';
import type { VersionsAt } from '../../versions/places.ts';
import type { Db } from '../../store/store.ts';

interface Desk {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventLog;
  readonly redactor: Redactor;
  readonly dataDir: string;
  readonly serversDir: string;
  readonly versions: VersionsAt;
  readonly fleet: Fleet;
  readonly calls: ToolCalls;
  readonly config: ConfigStore;
  readonly vault: Vault;
  readonly host: () => Variables;
  readonly providers: ProviderRoom;
  readonly recent: RecentCalls;
  readonly access: Access;
}

/** What compiles, checks and tests takes a processor each. */
const CONCURRENCY = 2;
/** What waits for the answer of a model takes memory only; a provider that runs here answers one after the other anyway. */
const MOST_ASKING = 6;
const Texts = z.looseObject({
  isError: z.boolean().default(false),
  content: z.array(z.looseObject({ text: z.string().default('') })).default([]),
});

/** The builds of a hub, given what they need of its other rooms. */
export async function buildDesk(desk: Desk): Promise<Builds> {
  const { fleet, redactor, calls } = desk;
  return await openBuilds({
    ...desk,
    models: createProviders(desk.providers),
    researchModel: () => researchModelOf(desk.config.current().routing),
    concurrency: CONCURRENCY,
    asking: MOST_ASKING,
    limits: () => desk.config.current().builder,
    openSandbox: (isUnsafeLocal) => openSandbox(desk.config.current().defaults.sandbox, isUnsafeLocal),
    clean: redactor.redact,
    reload: async (server) => {
      await fleet.reconcile();
      await fleet
        .get(server)
        .upstream.refresh()
        .catch(() => undefined); // Its state says why it does not start.
    },
    openBeside: (candidate) => fleet.openBeside(candidate),
    recentCalls: (server) => desk.recent.of(server),
    claims: claimsOf(desk),
    missingSettings: (server) => Promise.resolve(missingOf(fleet, server)),
    async callTool({ server, tool, input }, signal): Promise<ProbeAnswer> {
      try {
        const view = { kind: 'server', id: server } as const;
        const answer = Texts.parse(await calls.call({ view, tool, arguments: input, via: 'cli', signal }));
        return { isError: answer.isError, text: answer.content.map(({ text }) => text).join('\n') };
      } catch (cause) {
        signal.throwIfAborted();
        return { isError: true, text: toCounterpartError(cause).message };
      }
    },
  });
}

const claimsOf = ({ fleet, serversDir, access }: Desk): Claims => ({
  assertFree(server, person) {
    const isThere = fleet.members.has(server) || existsSync(join(serversDir, server));
    const isSpokenOf = access.isBound(server);
    if ((isThere || isSpokenOf) && !access.isTheirs(server, person))
      throw hubError('SERVER_EXISTS', { server });
  },
  bind: (server, person) => access.bind(server, person),
  sees: (person, server) => access.sees(person, server),
});

/** The first model that is named for research; of a pattern its provider's own choice. */
function researchModelOf({ categories }: RoutingConfig): string | undefined {
  const { provider, model, models = [] } = categories['research'] ?? {};
  const named = model ?? models[0];
  if (named === undefined || named.includes('*')) return provider;
  return named.includes('/') || provider === undefined ? named : `${provider}/${named}`;
}

/** What a server that is installed has no value for. */
function missingOf(fleet: Fleet, server: ServerId): string[] {
  const member = fleet.members.get(server);
  return member === undefined ? [] : [...member.missingSecrets];
}
