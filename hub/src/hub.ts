import type { Readable, Writable } from 'node:stream';
import { hubError, type HubStatus, type ToolEntry } from '@counterpart/schemas';
import { createAdminService } from './composition/admin/admin-service.ts';
import { lender, openSignIns } from './composition/admin/lending-desk.ts';
import { openBase, type Base } from './composition/base.ts';
import { begin } from './composition/begin.ts';
import { chatsAndFlows, offered, type OwnSources } from './composition/flows/chats-and-flows.ts';
import { createDomain } from './composition/domain.ts';
import { openMirrors } from './composition/mirrors.ts';
import { lazyRouting } from './composition/models/lazy-routing.ts';
import { identifier, openSurfaces } from './composition/surfaces.ts';
import { openWalls } from './composition/walls.ts';
import { builderSource } from './composition/work/builder-source.ts';
import { driftWatch } from './composition/work/drift-desk.ts';
import { openWork } from './composition/work/work-desk.ts';
import type { Gateway } from './gateway/gateway.ts';
import { OWNER, seenBy } from './kernel/audit/principal.ts';
import type { AdminService } from './http/admin.ts';
import type { ViewSelector } from './kernel/ports.ts';
import { Scope } from './kernel/scope.ts';
import { createLendingKeys } from './oauth/lending.ts';

export interface HubOptions {
  /** Folder of hub.config.json. */
  readonly home: string;
  /** Instead of the configured one; 0 takes a free one. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** For one command's time: no folder or file is watched. */
  readonly ephemeral?: boolean | undefined;
  /** Where variables and references are looked up. Default: this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface Hub {
  readonly url: string;
  readonly token: string;
  status(): Promise<HubStatus>;
  /** Tools of all servers, as the admin API lists them. */
  tools(): readonly ToolEntry[];
  /** Resolves when a client asked the hub to stop. */
  readonly stopRequested: Promise<void>;
  /**
   * Serves a client that speaks newline-delimited JSON-RPC; resolves when its input ended and its calls were answered. Rejects
   * with AUTH_REQUIRED for a token that is nobody's; without one it is the owner's client.
   */
  serveStdio(
    input: Readable,
    output: Writable,
    client: { readonly selector: ViewSelector; readonly token?: string | undefined },
  ): Promise<void>;
  /** Ends calls, processes, streams and files; no process is left. */
  close(): Promise<void>;
}

/** How long calls go on whose client closed its input: a script that sends a call and no more wants the answer. */
const FINISH_MS = 30_000;

/**
 * Composes all rooms into a running hub. Rejects with HUB_ALREADY_RUNNING, DATA_UNWRITABLE, PORT_TAKEN or CONFIG_INVALID,
 * and has then undone what it began.
 */
export async function createHub(options: HubOptions): Promise<Hub> {
  const scope = new Scope();
  try {
    return await compose(options, scope);
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function compose(options: HubOptions, scope: Scope): Promise<Hub> {
  const base = await openBase({ home: options.home, env: options.env ?? process.env, scope });
  // A hub of one command is gone before anybody could come back to it.
  const isLasting = options.ephemeral !== true;
  const address = { url: '' };
  const lending = createLendingKeys();
  const mirrors = await openMirrors(base, {
    scope,
    domain: () => domain,
    url: () => (isLasting ? address.url : undefined),
  });
  const walls = await openWalls(base, {
    scope,
    givenUp: (server, detail) => void domain.fleet.giveUp(server, detail),
    sparing: isLasting,
  });
  const own: OwnSources = {};
  const watch = driftWatch();
  const domain = createDomain(base, {
    scope,
    roomSources: () => offered(own, base.config.current().builder.tools),
    watching: watch.policy,
    walls,
    mirrors,
    mirrorUrl: (id) => `${address.url}/mirror/${id}`,
    lend: lender(address, lending),
    sparing: isLasting,
  });
  const state = { ready: false };
  const { promise: stopRequested, resolve: stop } = Promise.withResolvers<void>();
  const work = { ...base, ...domain, calls: domain.gateway.calls, generations: base.providers };
  const { builds, drift } = await openWork(work, { scope, watch, url: () => address.url });
  const routing = lazyRouting({ ...work, principal: OWNER }, scope);
  const secrets = () => service.secrets;
  const { chats, flows } = chatsAndFlows({ ...work, builds, routing, secrets });
  own.flows = flows;
  const service: AdminService = createAdminService({
    chats: () => chats.open(),
    flowDesk: flows,
    ...work,
    walls,
    mirrors,
    builds,
    drift,
    ...openSignIns(base, domain.fleet, { scope, lending }),
    recordings: walls.broker.recordings,
    routing,
    url: () => address.url,
    ready: () => state.ready,
    shutdown: () => stop(),
  });
  own.builder = builderSource({ ...base, builds, fleet: domain.fleet, service });
  const { url, socket } = await openSurfaces(base, { ...domain, mirrors, service, chats, scope, options });
  address.url = url;
  // Before the servers end: what a flow is about to do is left to the next hub, not failed.
  scope.add(() => flows.close());
  await begin(base, { fleet: domain.fleet, mirrors, builds, flows, scope, isLasting });
  state.ready = true;
  if (isLasting) base.data.announce(url, socket);
  base.log.info({ url, servers: domain.fleet.members.size }, 'hub is ready');
  return toHub({ url, base, service, gateway: domain.gateway, stopRequested, scope });
}

interface HubParts extends Pick<Hub, 'url' | 'stopRequested'> {
  readonly service: AdminService;
  readonly gateway: Gateway;
  readonly scope: Scope;
  readonly base: Base;
}

/** What whoever started a hub holds of it. */
function toHub({ service, gateway, scope, base, ...own }: HubParts): Hub {
  const identify = identifier(base);
  return {
    ...own,
    token: base.data.token,
    status: () => service.status(),
    tools: () => service.tools(undefined),
    async serveStdio(input, output, { selector, token }) {
      const asker = token === undefined ? OWNER : identify(token);
      if (asker === undefined) throw hubError('AUTH_REQUIRED', { subject: 'stdio' });
      await gateway.connectStdio({ input, output, finishMs: FINISH_MS }, seenBy(selector, asker)).closed;
    },
    close: () => scope.close(),
  };
}
