import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type HubStatus, toCounterpartError } from '@counterpart/schemas';
import packageFile from '../package.json' with { type: 'json' };
import { type AdminOptions, createAdminService } from './admin-service.ts';
import { ensureBundle } from './builder/bundle.ts';
import { createCatalog } from './catalog/catalog.ts';
import { createConfigStore } from './config/load.ts';
import { Fleet } from './fleet/fleet.ts';
import { createGateway } from './gateway/gateway.ts';
import { createAdminApp } from './http/admin.ts';
import { startHttp } from './http/server.ts';
import { systemClock } from './kernel/clock.ts';
import { takeDataFolder } from './kernel/data-folder.ts';
import { createLog, type Logger } from './kernel/log.ts';
import { createRedactor } from './kernel/redact.ts';
import { Scope } from './kernel/scope.ts';
import { createMirrors } from './mirrors/mirrors.ts';
import { createRegistry } from './registry/registry.ts';
import { watchServers } from './registry/watch.ts';
import { createEventLog } from './store/event-log.ts';
import { openStore } from './store/store.ts';
import { createSupervisor } from './supervisor/driver.ts';

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
  /** Resolves when a client asked the hub to stop. */
  readonly stopRequested: Promise<void>;
  /** Ends calls, processes, streams and files; no process is left. */
  close(): Promise<void>;
}

/** Answers repeat from run to run. */
const MIRROR_SEED = 1;

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
  const { home } = options;
  const clock = systemClock;
  const startedAt = new Date(clock.now()).toISOString();
  const configFile = join(home, 'hub.config.json');
  const config = createConfigStore({ file: configFile, log: createLog({ level: 'silent' }) });
  const { dataDir: dataName, serversDir: serversName, listen, log: logging } = await config.load();
  const dataDir = resolve(home, dataName);
  const serversDir = resolve(home, serversName);
  const data = takeDataFolder(dataDir, home);
  scope.add(() => data.release());
  const logFile = join(dataDir, 'hub.log');
  const log = createLog({ level: logging.level, file: logFile });
  const db = await openStore(join(dataDir, 'hub.db'));
  scope.add(() => db.destroy());
  const registry = createRegistry({ db, clock });
  const events = await createEventLog({ db, clock, log });
  scope.add(() => events.flush());
  const redactor = createRedactor();
  redactor.add(data.token);
  const { spawnConcurrency } = config.current().defaults;
  const supervisor = createSupervisor({ clock, log, stateDir: join(dataDir, 'processes'), spawnConcurrency });
  scope.add(() => supervisor.shutdown());
  scope.add(
    supervisor.subscribe((server, { state, problem }) => {
      const detail = problem === undefined ? {} : { detail: redactor.redact(problem) };
      events.publish({ kind: 'server-state', server, state, ...detail });
      registry
        .updateHealth(server, state, detail.detail)
        .catch((cause: unknown) => log.error({ server, cause }, 'health was not kept'));
    }),
  );
  const catalog = createCatalog({ log });
  scope.add(() => catalog.close());
  const gateway = createGateway({
    catalog,
    clock,
    log,
    serverInfo: { name: 'counterpart', version: packageFile.version },
  });
  const host = () => ({ ...secretsFile(join(dataDir, 'secrets.env')), ...(options.env ?? process.env) });
  const fleet = new Fleet({
    config: () => config.current(),
    host,
    home,
    serversDir,
    supervisor,
    registry,
    redactor,
    catalog,
    events,
    clock,
    log,
    ensureBundle,
    mirrorUrl: (id) => `${address.url}/mirror/${id}`,
  });
  scope.add(() => fleet.close());
  const mirrors = createMirrors({ seed: MIRROR_SEED, directoryOf: (id) => directoryOf(fleet, id) });
  const state = { ready: false };
  const address = { url: '' };
  let stop: () => void = () => undefined;
  const stopRequested = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const service = createAdminService({
    version: packageFile.version,
    home,
    dataDir,
    logFile,
    startedAt,
    url: () => address.url,
    ready: () => state.ready,
    config,
    configFile,
    fleet,
    catalog,
    registry,
    events,
    redactor,
    clock,
    shutdown: () => stop(),
  } satisfies AdminOptions);
  const http = await startHttp({
    host: options.host ?? listen.host,
    port: options.port ?? listen.port,
    token: data.token,
    access: () => ({ ...config.current().listen, mcpNeedsToken: config.current().auth.mcp === 'token' }),
    mcp: (req, res, selector) => gateway.handle(req, res, selector),
    admin: createAdminApp(service, log),
    mirror: (request) => mirrors.handle(request),
  });
  scope.add(() => http.close());
  // After (so, when closing, before) the listener: streams get their last word while their connections stand.
  scope.add(() => gateway.close());
  address.url = http.url;
  await fleet.reconcile();
  if (options.ephemeral !== true) await follow({ fleet, config, serversDir, scope, log, events });
  state.ready = true;
  data.announce(http.url);
  log.info({ url: http.url, servers: fleet.members.size }, 'hub is ready');
  return {
    url: http.url,
    token: data.token,
    status: () => service.status(),
    stopRequested,
    close: () => scope.close(),
  };
}

interface Followed {
  readonly fleet: Fleet;
  readonly config: ReturnType<typeof createConfigStore>;
  readonly serversDir: string;
  readonly scope: Scope;
  readonly log: Logger;
  readonly events: Awaited<ReturnType<typeof createEventLog>>;
}

/** Folder and file are watched; whatever cannot be brought about is logged and leaves what runs as it is. */
async function follow({ fleet, config, serversDir, scope, log, events }: Followed): Promise<void> {
  const reconcile = () =>
    fleet
      .reconcile()
      .catch((cause: unknown) =>
        log.error({ problem: toCounterpartError(cause).message }, 'servers could not be brought in line'),
      );
  const watch = watchServers(serversDir, () => void reconcile());
  scope.add(() => watch.close());
  scope.add(
    config.watch(async () => {
      await reconcile();
      events.publish({ kind: 'config-loaded' });
    }),
  );
  await watch.ready;
}

function directoryOf(fleet: Fleet, id: string): string | undefined {
  const origin = fleet.members.get(id)?.desired.origin;
  return origin?.kind === 'built' ? origin.found.directory : undefined;
}

/** Secrets that `hub import` moved out of the configuration; the file is readable by its owner only. */
function secretsFile(file: string): Readonly<Record<string, string | undefined>> {
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}
