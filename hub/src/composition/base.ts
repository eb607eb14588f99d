import { join, resolve } from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import { createApprovals } from '../approvals/approvals.ts';
import { createConfigStore } from '../config/load.ts';
import type { Variables } from '../fleet/environment.ts';
import { packagedTools } from '../fleet/packaged-tools.ts';
import { createInbox } from '../inbox/inbox.ts';
import { readSecrets, secretsFile } from '../interop/secrets-file.ts';
import { systemClock } from '../kernel/clock.ts';
import { takeDataFolder } from '../kernel/files/data-folder.ts';
import { createLog } from '../kernel/log.ts';
import { createRedactor } from '../kernel/redact.ts';
import type { Scope } from '../kernel/scope.ts';
import { sweepUnfinished } from '../kernel/files/write-whole.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createRegistry } from '../registry/registry.ts';
import { createEventLog } from '../store/event-log.ts';
import { openStore } from '../store/store.ts';
import { KEY_VARIABLE, OLD_KEY_VARIABLE, sweepKeyFile } from '../vault/key-ring.ts';
import { createVault } from '../vault/vault.ts';
import { versionsIn } from '../versions/places.ts';
import { providerDesk } from './models/provider-desk.ts';

interface BaseOptions {
  /** Folder of hub.config.json. */
  readonly home: string;
  /** Where variables and references are looked up. */
  readonly env: Variables;
  readonly scope: Scope;
}

export type Base = Awaited<ReturnType<typeof openBase>>;

/** Configuration, data folder, log and database, and the rooms that need nothing else: what the rest of a hub stands on. */
export async function openBase({ home, env, scope }: BaseOptions) {
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
  const grounds = {
    version: packageFile.version,
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
  return { ...grounds, inbox: createInbox(grounds), providers: providerDesk(grounds) };
}
