import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type HubStatus, toCounterpartError, type ToolEntry } from '@counterpart/schemas';
import packageFile from '../package.json' with { type: 'json' };
import { createAdminService } from './admin-service.ts';
import type { Builds } from './builds/builds.ts';
import { builderSource } from './builder-source.ts';
import type { Chats } from './chat-desk.ts';
import { createApprovals } from './approvals/approvals.ts';
import { createBroker } from './broker/broker.ts';
import { ensureBundle } from './builder/ensure-bundle.ts';
import { createCatalog } from './catalog/catalog.ts';
import { createConfigStore } from './config/load.ts';
import { needsRestart } from './config/needs-restart.ts';
import { builtVariables } from './fleet/environment.ts';
import { directoryOf } from './fleet/directory-of.ts';
import { Fleet } from './fleet/fleet.ts';
import { createWalls, type Walls } from './fleet/walls/walls.ts';
import { packagedTools } from './fleet/packaged-tools.ts';
import { OWNER } from './gateway/relay/tool-gate.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { driftWatch } from './drift-desk.ts';
import type { AdminService } from './http/admin.ts';
import { lender, openSignIns } from './lending-desk.ts';
import { startHttp } from './http/server.ts';
import { createInbox } from './inbox/inbox.ts';
import { readSecrets, secretsFile } from './interop/secrets-file.ts';
import { systemClock } from './kernel/clock.ts';
import { tidyWhenIdle } from './kernel/idle-memory.ts';
import type {
  Broker,
  CallPolicy,
  Catalog,
  CatalogSource,
  ToolDescription,
  ViewSelector,
} from './kernel/ports.ts';
import { takeDataFolder } from './kernel/data-folder.ts';
import type { Lazy } from './kernel/lazily.ts';
import { createLog } from './kernel/log.ts';
import { createRedactor } from './kernel/redact.ts';
import { sweepUnfinished } from './kernel/write-whole.ts';
import { Scope } from './kernel/scope.ts';
import { createMirrors, type Mirrors } from './mirrors/mirrors.ts';
import { lazyChats } from './lazy-chats.ts';
import { createLendingKeys } from './oauth/lending.ts';
import { chainPolicies } from './policy/chain.ts';
import { configPolicy } from './policy/config-policy.ts';
import { providerDesk } from './provider-desk.ts';
import { routingDesk } from './routing-desk.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createRegistry } from './registry/registry.ts';
import { watchServers } from './registry/watch.ts';
import { createEventLog } from './store/event-log.ts';
import { openStore } from './store/store.ts';
import { createSupervisor } from './supervisor/driver.ts';
import { KEY_VARIABLE, OLD_KEY_VARIABLE, sweepKeyFile } from './vault/key-ring.ts';
import { openWork } from './work-desk.ts';
import { createVault } from './vault/vault.ts';
import { versionsIn } from './versions/places.ts';
import { sweepStaging } from './versions/staging.ts';

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
  /** Serves a client that speaks newline-delimited JSON-RPC; resolves when its input ended and its calls were answered. */
  serveStdio(input: Readable, output: Writable, selector: ViewSelector): Promise<void>;
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
  const base = withRooms(await openBase(options, scope));
  const address = { url: '' };
  const lending = createLendingKeys();
  // A build that was killed between its two renames left the version in service aside; it is put back.
  await sweepStaging(base.serversDir);
  const mirrors: Mirrors = await openMirrors(base, {
    fleet: () => domain.fleet,
    // A hub of one command is gone before anybody could go there.
    url: () => (options.ephemeral === true ? undefined : address.url),
  });
  scope.add(() => mirrors.close());
  const broker = await openBroker(base, (server, detail) => void domain.fleet.giveUp(server, detail));
  scope.add(() => broker.close());
  const own: { builder?: CatalogSource } = {};
  const watch = driftWatch();
  const domain = createDomain(base, {
    scope,
    builderSources: () => (own.builder && base.config.current().builder.tools ? [own.builder] : []),
    watching: watch.policy,
    walls: createWalls(broker, base.started.defaults.sandbox),
    mirrors,
    mirrorUrl: (id) => `${address.url}/mirror/${id}`,
    lend: lender(address, lending),
    // A hub of one command is gone before a spare process would pay.
    sparing: options.ephemeral !== true,
  });
  const state = { ready: false };
  const { promise: stopRequested, resolve: stop } = Promise.withResolvers<void>();
  const work = { ...base, ...domain, calls: domain.gateway.calls };
  const { builds, drift } = await openWork(work, { scope, watch });
  const routing = await routingDesk({ ...base, generations: base.providers, principal: OWNER, scope });
  const chats = lazyChats(() => {
    const { router } = routing;
    const secrets = () => service.secrets;
    return { ...work, generations: base.providers, builds, router, secrets };
  });
  const service: AdminService = createAdminService({
    chats: () => chats.open(),
    ...base,
    ...domain,
    mirrors,
    builds,
    drift,
    ...openSignIns(base, domain.fleet, { scope, lending }),
    calls: domain.gateway.calls,
    recordings: broker.recordings,
    routing,
    version: packageFile.version,
    startedAt: new Date(base.clock.now()).toISOString(),
    url: () => address.url,
    ready: () => state.ready,
    shutdown: () => stop(),
  });
  own.builder = builderSource({ ...base, builds, fleet: domain.fleet, secrets: service.secrets });
  const { url } = await openSurfaces(base, { ...domain, mirrors, service, chats, scope, options });
  address.url = url;
  await begin(base, { fleet: domain.fleet, mirrors, builds, scope, isLasting: options.ephemeral !== true });
  state.ready = true;
  // A hub of one command would be gone before another program had used it: others wait for it to end.
  if (options.ephemeral !== true) base.data.announce(url);
  base.log.info({ url, servers: domain.fleet.members.size }, 'hub is ready');
  return toHub({ url, token: base.data.token, service, gateway: domain.gateway, stopRequested, scope });
}

/** The mirrors of a hub: of its servers, and what else is simulated. */
const openMirrors = (
  base: Base,
  { fleet, url }: { readonly fleet: () => Fleet; readonly url: () => string | undefined },
): Promise<Mirrors> =>
  createMirrors({
    ...base,
    directory: join(base.dataDir, 'mirrors'),
    directoryOf: (id) => directoryOf(fleet(), id),
    serverIds: () => [...fleet().members.keys()],
    env: base.host,
    clean: base.redactor.redact,
    version: packageFile.version,
    url,
    toolsChanged: () => fleet().publish(),
  });

/** The way out for servers inside walls. */
const openBroker = (base: Base, givenUp: (server: string, detail: string) => void): Promise<Broker> =>
  createBroker({ ...base, directory: join(base.dataDir, 'run'), givenUp, clean: base.redactor.redact });

interface Beginning {
  readonly fleet: Fleet;
  readonly mirrors: Mirrors;
  readonly builds: Builds;
  readonly scope: Scope;
  /** A hub of one command follows nothing, and goes on with nothing of its own accord. */
  readonly isLasting: boolean;
}

/** Takes up servers, mirrors and builds as the hub before left them. */
async function begin(base: Base, { fleet, mirrors, builds, scope, isLasting }: Beginning): Promise<void> {
  await fleet.reconcile();
  await mirrors.restore({ listening: isLasting });
  if (!isLasting) return;
  await follow(base, fleet, scope);
  const ended = new AbortController();
  scope.add(() => ended.abort());
  base.providers.follow(ended.signal);
  scope.add(tidyWhenIdle(base));
  await builds.resume();
}

interface HubParts extends Pick<Hub, 'url' | 'token' | 'stopRequested'> {
  readonly service: AdminService;
  readonly gateway: Gateway;
  readonly scope: Scope;
}

/** What whoever started a hub holds of it. */
function toHub({ service, gateway, scope, ...own }: HubParts): Hub {
  return {
    ...own,
    status: () => service.status(),
    tools: () => service.tools(undefined),
    serveStdio: (input, output, selector) =>
      gateway.connectStdio({ input, output, finishMs: FINISH_MS }, selector).closed,
    close: () => scope.close(),
  };
}

const withRooms = (base: Awaited<ReturnType<typeof openBase>>) => ({
  ...base,
  inbox: createInbox(base),
  providers: providerDesk(base),
});

type Base = ReturnType<typeof withRooms>;

/** Configuration, data folder, log and database: what every room stands on. */
async function openBase(options: HubOptions, scope: Scope) {
  const { home } = options;
  const clock = systemClock;
  const configFile = join(home, 'hub.config.json');
  const config = createConfigStore(configFile, (read) => packagedTools(resolve(home, read.serversDir), read));
  const started = await config.load();
  const { dataDir: dataName, serversDir: serversName, log: logging } = started;
  const dataDir = resolve(home, dataName);
  const data = takeDataFolder(dataDir, home);
  scope.add(() => data.release());
  const logFile = join(dataDir, 'hub.log');
  for (const file of [configFile, join(dataDir, 'token'), secretsFile(dataDir)])
    sweepUnfinished(file, clock.now());
  const redactor = createRedactor();
  redactor.add(data.token);
  const log = createLog({ level: logging.level, file: logFile, redact: redactor.redact });
  const db = await openStore(join(dataDir, 'hub.db'));
  scope.add(() => db.destroy());
  const events = await createEventLog({ db, clock, log });
  scope.add(() => events.flush());
  const approvals = await createApprovals({ db, clock, events, log });
  const env = options.env ?? process.env;
  for (const name of [KEY_VARIABLE, OLD_KEY_VARIABLE]) redactor.add(env[name]?.trim());
  sweepKeyFile(dataDir, clock.now());
  const vault = createVault({ db, clock, dataDir, env, redactor });
  const host = () => {
    const secrets = readSecrets(dataDir);
    for (const value of Object.values(secrets)) redactor.add(value);
    // The master key is the hub's alone: no server can be configured to be given it.
    return { ...secrets, ...env, [KEY_VARIABLE]: undefined, [OLD_KEY_VARIABLE]: undefined };
  };
  const serversDir = resolve(home, serversName);
  const versions = versionsIn(started, {
    dataDir,
    serversDir,
    toolkit: packageFile.version,
    path: env['PATH'],
    note: (text) => log.warn(text),
  });
  return {
    home,
    clock,
    db,
    configFile,
    config,
    started,
    dataDir,
    serversDir,
    versions,
    data,
    logFile,
    log,
    events,
    redactor,
    registry: createRegistry({ db, clock }),
    metrics: createMetrics(),
    approvals,
    vault,
    host,
  };
}

interface DomainOptions {
  readonly scope: Scope;
  readonly walls: Walls;
  /** Hears of every call. */
  readonly watching: CallPolicy;
  readonly mirrors: Mirrors;
  /** Tools with which clients build servers, where they are offered. */
  readonly builderSources: () => readonly CatalogSource[];
  readonly mirrorUrl: (id: string) => string;
  readonly lend: (id: string) => { readonly url: string; readonly key: string };
  /** Whether processes may wait to become a server. */
  readonly sparing: boolean;
}

/** Supervisor, catalog, fleet, and the gateway before them. */
function createDomain(base: Base, options: DomainOptions) {
  const { scope, walls, mirrors, builderSources, mirrorUrl, lend, sparing } = options;
  const { clock, log, config, dataDir, redactor, events, registry, approvals, metrics } = base;
  const { spawnConcurrency, warmSpares } = config.current().defaults;
  const supervisor = createSupervisor({
    clock,
    log,
    redact: redactor.redact,
    stateDir: join(dataDir, 'processes'),
    spawnConcurrency,
    spares: { count: sparing ? warmSpares : 0, env: builtVariables(base.host()) },
  });
  scope.add(() => supervisor.shutdown());
  scope.add(
    supervisor.subscribe((server, { state, problem: detail }) => {
      const failed = (cause: unknown) => log.error({ server, cause }, 'health was not kept');
      events.publish({ kind: 'server-state', server, state, ...(detail === undefined ? {} : { detail }) });
      registry.updateHealth(server, state, detail).catch(failed);
      fleet.judge();
    }),
  );
  const policy = chainPolicies([configPolicy(() => config.current()), options.watching, metrics.policy]);
  const visible = (tool: ToolDescription) => policy.visible?.(tool, OWNER) ?? true;
  const catalog = createCatalog({
    log,
    visible,
    // Tools of the hub's own are what this program says they are: nobody else can change them.
    quarantined: (server, tool) =>
      mirrors.offers(server) || builderSources().some(({ id }) => id === server)
        ? undefined
        : approvals.withheld(server, tool),
    held: (server, tool) => approvals.held(server, tool),
  });
  scope.add(() => catalog.close());
  scope.add(approvals.subscribe((server) => catalog.recheck(server)));
  const fleet = new Fleet({
    ...base,
    config: () => config.current(),
    supervisor,
    catalog,
    ensureBundle: async (directory) => void (await ensureBundle(directory)),
    ownSources: () => [...mirrors.sources, ...builderSources()],
    mirrorUrl,
    lend,
    walls,
    hubData: dataDir,
    versions: base.versions,
    compiledDir: join(dataDir, 'compiled'),
  });
  const serverInfo = { name: 'counterpart', version: packageFile.version };
  const gateway = createGateway({ catalog, clock, log, policy, serverInfo });
  return { supervisor, catalog, fleet, gateway };
}

interface Surfaces {
  readonly catalog: Catalog;
  readonly gateway: Gateway;
  readonly fleet: Fleet;
  readonly mirrors: Mirrors;
  readonly service: AdminService;
  readonly chats: Lazy<Chats>;
  readonly scope: Scope;
  readonly options: HubOptions;
}

/** The gateway, the admin API and mirrors behind one listener. */
async function openSurfaces(
  base: Base,
  { catalog, gateway, fleet, mirrors, service, chats, scope, options }: Surfaces,
): Promise<{ url: string }> {
  const { log, config, data } = base;
  const { listen } = config.current();
  let address = '';
  const twin = { catalog, calls: gateway.calls, version: packageFile.version, url: () => address };
  const web = async () => {
    const { createWeb } = await import('./http/web.ts');
    return createWeb({ service, twin, log, mirror: mirrors.handle });
  };
  const http = await startHttp({
    host: options.host ?? listen.host,
    port: options.port ?? listen.port,
    token: data.token,
    access: () => {
      const { listen: addresses, auth } = config.current();
      const { allowedHosts, allowedOrigins } = addresses;
      return { allowedHosts, allowedOrigins, mcpNeedsToken: auth.mcp === 'token' };
    },
    mcp: (req, res, selector) => gateway.handle(req, res, selector),
    mcpLines: (socket, selector) => gateway.connectStdio({ input: socket, output: socket }, selector).closed,
    chat: async () => (await chats.open()).surface,
    health: service,
    web,
  });
  address = http.url;
  scope.add(() => http.close());
  scope.add(async () => await (await chats.opened())?.close());
  // Closed before the listener: streams get their last word while their connections stand,
  scope.add(() => gateway.close());
  // and so do calls in flight,
  scope.add(() => fleet.close());
  // while nothing new comes in.
  scope.add(() => {
    gateway.refuse();
    http.refuse();
  });
  return { url: http.url };
}

/** Folder and file are watched; what cannot be brought about is logged and leaves what runs as it is. */
async function follow(
  { serversDir, config, started, log, events }: Base,
  fleet: Fleet,
  scope: Scope,
): Promise<void> {
  const reconcile = () =>
    fleet.reconcile().catch((cause: unknown) => {
      log.error({ problem: toCounterpartError(cause).message }, 'servers could not be brought in line');
    });
  const watch = watchServers(serversDir, () => void reconcile());
  scope.add(() => watch.close());
  const unwatch = config.watch({
    log,
    async changed(current) {
      const settings = needsRestart(started, current);
      if (settings.length > 0) log.warn({ settings }, 'these settings take effect after a restart');
      await reconcile();
      events.publish({ kind: 'config-loaded' });
    },
    rejected({ message: problem }) {
      log.warn({ problem }, 'the configuration is not valid: the one before stays');
      events.publish({ kind: 'config-rejected', problem });
    },
  });
  scope.add(unwatch);
  await watch.ready;
}
