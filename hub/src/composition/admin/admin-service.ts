import { hubError, ServerEntry, ServerId } from '@counterpart/schemas';
import type {
  AddServerRequest,
  HubConfig,
  HubStatus,
  ServerDetail,
  ToolDefinition,
  ToolEntry,
} from '@counterpart/schemas';
import { z } from 'zod';
import { approvalDesk, awaitingIn, noticesOf } from './approval-desk.ts';
import type { Access } from '../../access/access.ts';
import type { Approvals } from '../../approvals/approvals.ts';
import type { AuditLog } from '../../audit/audit.ts';
import type { LiveCatalog } from '../../catalog/catalog.ts';
import { needsRestart } from '../../config/needs-restart.ts';
import type { ConfigStore } from '../../config/store.ts';
import type { Variables } from '../../fleet/environment.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Walls } from '../../fleet/walls/walls.ts';
import { toDetail, toSummaries, toSummary } from '../../fleet/summary.ts';
import { buildsOf } from '../../builds/own-builds.ts';
import type { Builds } from '../../builds/builds.ts';
import type { AdminService, GivenCall } from '../../http/admin.ts';
import type { ProviderService } from '../../http/routes/provider-routes.ts';
import { OWNER, seenBy } from '../../kernel/audit/principal.ts';
import type { Clock } from '../../kernel/clock.ts';
import { lazily, type Lazy } from '../../kernel/lazily.ts';
import type { Recordings, Supervisor } from '../../kernel/ports.ts';
import type { Redactor } from '../../kernel/redact.ts';
import type { ToolCalls, Vault } from '../../kernel/ports.ts';
import type { Mirrors } from '../../mirrors/mirrors.ts';
import type { Grants } from '../../oauth/grants.ts';
import type { LendingKeys } from '../../oauth/lending.ts';
import type { Logins } from '../../oauth/logins.ts';
import type { Registry } from '../../registry/registry.ts';
import type { StoredEventLog } from '../../store/event-log.ts';
import type { Db } from '../../store/store.ts';
import type { Drift } from '../../drift/drift.ts';
import type { FlowDesk } from '../flows/flow-desk.ts';
import { hookDesk } from './hook-desk.ts';
import type { Inbox } from '../../inbox/inbox.ts';
import { logTail } from './log-tail.ts';
import { knownServer, ownServers } from '../known-server.ts';
import { peopleDesk } from '../people/people-desk.ts';
import { permissionDesk } from './permission-desk.ts';
import { memberOf, purge, remove } from './removal-desk.ts';
import { recordingDesk } from './recording-desk.ts';
import { reviewDesk } from '../review/review-desk.ts';
import type { RoutingDesk } from '../models/routing-desk.ts';
import { signInDesk } from './sign-in-desk.ts';
import { secretDesk } from './secret-desk.ts';
import { settingsDesk } from './settings-desk.ts';
import { pssOfEach } from '../../supervisor/process/memory.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import type { VersionsAt } from '../../versions/places.ts';
import { publicKeyText, readSigningKey } from '../../versions/signing/key.ts';

export interface AdminOptions {
  readonly version: string;
  readonly home: string;
  /** Whose token opens the hub. */
  readonly data: { readonly token: string };
  readonly dataDir: string;
  readonly versions: VersionsAt;
  readonly logFile: string;
  readonly url: () => string;
  readonly ready: () => boolean;
  readonly config: ConfigStore;
  /** The configuration as the hub was started with. */
  readonly started: HubConfig;
  readonly configFile: string;
  readonly fleet: Fleet;
  readonly supervisor: Supervisor;
  readonly walls: Pick<Walls, 'sparePids'>;
  readonly catalog: LiveCatalog;
  readonly calls: ToolCalls;
  readonly audit: AuditLog;
  readonly mirrors: Mirrors;
  readonly builds: Builds;
  readonly providers: ProviderService;
  readonly chats: AdminService['chats'];
  readonly flowDesk: FlowDesk;
  readonly inbox: Inbox;
  readonly drift: Drift;
  readonly registry: Registry;
  readonly approvals: Approvals;
  readonly access: Access;
  readonly vault: Vault;
  readonly grants: Grants;
  readonly logins: Logins;
  readonly lending: LendingKeys;
  readonly recordings: Recordings;
  readonly routing: Lazy<RoutingDesk>;
  readonly host: () => Variables;
  readonly events: StoredEventLog;
  readonly redactor: Redactor;
  readonly db: Db;
  readonly clock: Clock;
  readonly shutdown: () => void;
}

/** What `hub`'s commands ask of a running hub. */
export function createAdminService(options: AdminOptions): AdminService {
  const conversations = lazily(() => import('./conversation-desk.ts'));
  const approvals = approvalDesk(options);
  const permissions = permissionDesk(options);
  return {
    ...readings(options),
    ...changes(options),
    ...approvals,
    reviews: reviewDesk(options, { approvals, permissions }),
    audit: options.audit,
    mirrors: options.mirrors,
    buildsOf: (principal) => (principal === OWNER ? options.builds : buildsOf(options.builds, principal)),
    chats: options.chats,
    async flows() {
      const { prompts, flows } = await options.flowDesk.open();
      return { prompts, flows, refresh: () => options.flowDesk.refresh() };
    },
    hooks: hookDesk(options),
    conversationsOf: async (principal) => (await conversations.open()).conversationDesk(options, principal),
    settings: settingsDesk(options),
    people: peopleDesk(options),
    permissions,
    drift: options.drift,
    secrets: secretDesk(options),
    providers: options.providers,
    signIns: signInDesk(options),
    routing: async () => (await options.routing.open()).service,
    recordings: recordingDesk(options),
    call: caller(options),
  };
}

async function sparesOf({ supervisor, walls }: AdminOptions): Promise<HubStatus['spares']> {
  const pids = [...supervisor.sparePids, ...walls.sparePids];
  const sizes = await pssOfEach(pids);
  return { count: pids.length, pssBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
}

type Readings = Pick<
  AdminService,
  'status' | 'live' | 'ready' | 'servers' | 'server' | 'tools' | 'logs' | 'eventsSince' | 'followEvents'
>;

function readings(options: AdminOptions): Readings {
  const { fleet, config, events } = options;
  const servers = serversFor(options);
  const startedAt = new Date(options.clock.now()).toISOString();
  return {
    live: () => true,
    ready: options.ready,
    servers,
    async status(): Promise<HubStatus> {
      const problem = config.problem();
      return {
        version: options.version,
        pid: process.pid,
        url: options.url(),
        home: options.home,
        startedAt,
        ready: options.ready(),
        servers: await servers(),
        ownServers: ownServers(options),
        spares: await sparesOf(options),
        tools: fleet.toolCount(),
        profiles: profilesOf(options),
        config: {
          file: options.configFile,
          ...(problem === undefined ? {} : { problem }),
          notes: [...config.notes()],
          needsRestart: needsRestart(options.started, config.current()),
        },
        ...signingKeyOf(options),
        problems: [...fleet.problems].map(([server, error]) => ({
          server,
          code: error.code,
          detail: error.message,
          fix: error.fix,
        })),
        leftOut: [...options.catalog.problems()],
        misnamed: [...options.catalog.misnamed()],
      };
    },
    async server(id): Promise<ServerDetail> {
      const member = fleet.get(id);
      return toDetail(
        member,
        {
          health: await options.registry.health(id, 20),
          stderr: [...(member.upstream.process?.stderr() ?? [])],
          toolNames: entriesOf(options, id).map(({ name }) => name),
          notices: noticesOf(member),
          recording: options.recordings.state(id),
        },
        awaitingIn(options),
      );
    },
    tools: (server, principal) => entriesOf(options, server, principal),
    logs: ({ server, lines }) => logTail(options.logFile, server, lines),
    eventsSince: (id) => events.since(id),
    followEvents: (listener) => events.subscribe(listener),
  };
}

const serversFor =
  (options: AdminOptions): AdminService['servers'] =>
  (principal = OWNER) => {
    const { fleet, access } = options;
    const seen = [...fleet.members].flatMap(([id, one]) => (access.sees(principal, id) ? [one] : []));
    return toSummaries(seen, awaitingIn(options));
  };

/** For people to compare; a key that cannot be used is the problem of every server it signed. */
function signingKeyOf({ dataDir }: AdminOptions): Pick<HubStatus, 'signingKey'> {
  try {
    const key = readSigningKey(dataDir);
    return key === undefined ? {} : { signingKey: { id: key.id, publicKey: publicKeyText(key) } };
  } catch {
    return {};
  }
}

const profilesOf = ({ config, catalog, url }: AdminOptions): HubStatus['profiles'] =>
  Object.entries(config.current().profiles).map(([name, { mode }]) => ({
    name,
    url: `${url()}/mcp/p/${name}`,
    mode,
    tools: catalog.view({ kind: 'profile', name })?.toolCount ?? 0,
  }));

const ListedTools = z.array(
  z.looseObject({ name: z.string(), inputSchema: z.looseObject({ type: z.literal('object') }) }),
);

/** Every tool of all pages, with the name it has in the hub. */
function entriesOf(
  { catalog, fleet, access }: AdminOptions,
  server: string | undefined,
  principal = OWNER,
): ToolEntry[] {
  if (server !== undefined) knownServer({ access, catalog, fleet }, server, principal);
  const view = catalog.view(seenBy({ kind: 'all' }, principal));
  if (!view) return [];
  const listed: ToolDefinition[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = view.page('tools', cursor);
    listed.push(...ListedTools.parse(JSON.parse(page?.items.toString() ?? '[]')));
    cursor = page?.nextCursor;
  }
  return listed.flatMap((definition) => {
    const owner = view.tool(definition.name)?.upstream.id;
    return owner === undefined || (server !== undefined && owner !== server)
      ? []
      : [{ name: definition.name, server: owner, definition }];
  });
}

function caller(options: AdminOptions): AdminService['call'] {
  const { calls, redactor } = options;
  return async ({ tool, arguments: args, timeoutMs }: GivenCall, signal, principal = OWNER) => {
    const view = seenBy({ kind: 'all' }, principal);
    try {
      return await calls.call({
        view,
        tool,
        arguments: args,
        via: 'cli',
        exact: true,
        signal,
        timeoutMs,
      });
    } catch (cause) {
      if (!(cause instanceof RpcFailure)) throw cause;
      throw hubError('CALL_REFUSED', {
        server: options.catalog.view(view)?.tool(tool)?.server ?? 'The server',
        method: 'tools/call',
        tool,
        detail: redactor.redact(cause.message),
      });
    }
  };
}

type Changes = Pick<
  AdminService,
  'add' | 'remove' | 'purge' | 'setEnabled' | 'setTarget' | 'restart' | 'reload' | 'shutdown'
>;

function changes(options: AdminOptions): Changes {
  const { fleet, config } = options;
  const summary = (id: string) => toSummary(fleet.get(id), awaitingIn(options));
  return {
    async add(request) {
      const id = await addToConfig(request, options);
      await config.load();
      await fleet.reconcile();
      // The answer tells what it offers, or why it does not start; either way it stays in the configuration.
      await fleet
        .get(id)
        .upstream.refresh()
        .catch(() => undefined);
      return summary(id);
    },
    remove: (id) => remove(id, options),
    async purge(id) {
      const isThere = fleet.members.has(id) || fleet.problems.has(id);
      if (isThere) await remove(id, options);
      const act = { action: 'server.purge', subject: id } as const;
      const removed = await options.audit.acting(act, () => purge(id, options));
      await options.access.forget(id);
      if (!isThere && removed.length === 0) fleet.get(id);
      return { removed };
    },
    async setEnabled(id, enabled) {
      await fleet.setEnabled(id, enabled);
      return summary(id);
    },
    async setTarget(id, target) {
      if (fleet.get(id).desired.origin.kind !== 'built')
        throw hubError('INPUT_INVALID', { subject: id, detail: 'only a built server has a mirror' });
      await config.update((json) => {
        const overrides = memberOf(json, 'overrides');
        overrides[id] = { ...memberOf(overrides, id), target };
      });
      await config.load();
      await fleet.reconcile();
      // A mirror needs no secret: a build may be waiting for one.
      await options.builds.wakeAll();
      return summary(id);
    },
    async restart(id) {
      await fleet.get(id).upstream.process?.restart();
      return summary(id);
    },
    async reload(id) {
      if (id !== undefined) fleet.get(id);
      await config.load();
      await fleet.reconcile();
    },
    shutdown: options.shutdown,
  };
}

async function addToConfig(request: AddServerRequest, { config, fleet }: AdminOptions): Promise<string> {
  const id = ServerId.safeParse(request.name);
  if (!id.success) throw hubError('INPUT_INVALID', { subject: 'name', detail: z.prettifyError(id.error) });
  const entry = ServerEntry.safeParse(request.entry);
  if (!entry.success)
    throw hubError('INPUT_INVALID', { subject: id.data, detail: z.prettifyError(entry.error) });
  if (fleet.members.has(id.data) && request.replace !== true)
    throw hubError('SERVER_EXISTS', { server: id.data });
  await config.update((json) => {
    memberOf(json, 'mcpServers')[id.data] = entry.data;
  });
  return id.data;
}
