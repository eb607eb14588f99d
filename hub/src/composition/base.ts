import { join, resolve } from 'node:path';
import type { HubConfig } from '@counterpart/schemas';
import packageFile from '../../package.json' with { type: 'json' };
import { openAccess, type Access } from '../access/access.ts';
import { createApprovals } from '../approvals/approvals.ts';
import { createAuditLog } from '../audit/audit.ts';
import { createConfigStore } from '../config/load.ts';
import type { Variables } from '../fleet/environment.ts';
import { packagedTools } from '../fleet/packaged-tools.ts';
import { createInbox } from '../inbox/inbox.ts';
import { readSecrets, secretsFile } from '../interop/secrets-file.ts';
import { systemClock } from '../kernel/clock.ts';
import { takeDataFolder } from '../kernel/files/data-folder.ts';
import { createLog } from '../kernel/log.ts';
import { createRedactor } from '../kernel/redact.ts';
import type { AuditTrail, Vault } from '../kernel/ports.ts';
import type { Scope } from '../kernel/scope.ts';
import { sweepUnfinished } from '../kernel/files/write-whole.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createRegistry } from '../registry/registry.ts';
import { createEventLog } from '../store/event-log.ts';
import { forgetPerson } from '../store/forget-person.ts';
import { openStore } from '../store/store.ts';
import { actSpan } from '../tracing/spans.ts';
import { KEY_VARIABLE, OLD_KEY_VARIABLE, sweepKeyFile } from '../vault/key-ring.ts';
import { createVault } from '../vault/vault.ts';
import { versionsIn } from '../versions/places.ts';
import { auditedApprovals, auditedRegistry, auditedVault } from './audit/audited.ts';
import { settingsTrail } from './audit/settings-trail.ts';
import { providerDesk } from './models/provider-desk.ts';
import { sweepStaging } from '../versions/staging.ts';
import { spanDesk } from './work/span-desk.ts';

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
  const { config, settings } = openConfig(home, () => rooms.audit);
  const started = await config.load();
  const { dataDir: dataName, serversDir: serversName, log: logging } = started;
  const dataDir = resolve(home, dataName);
  const data = takeDataFolder(dataDir, home);
  scope.add(() => data.release());
  for (const file of [configFile, join(dataDir, 'token'), secretsFile(dataDir)])
    sweepUnfinished(file, clock.now());
  const { logFile, redactor, log } = openOwnLog(dataDir, logging.level, data.token);
  const db = await openStore(join(dataDir, 'hub.db'));
  scope.add(() => db.destroy());
  const events = await createEventLog({ db, clock, log });
  scope.add(() => events.flush());
  for (const name of [KEY_VARIABLE, OLD_KEY_VARIABLE]) redactor.add(env[name]?.trim());
  sweepKeyFile(dataDir, clock.now());
  const needs = { db, clock, events, log, dataDir, env, redactor, config, host: () => host() };
  const rooms = await openAudited(needs, scope);
  const host = () => {
    const secrets = readSecrets(dataDir);
    for (const value of Object.values(secrets)) redactor.add(value);
    // The master key is the hub's alone: no server can be configured to be given it.
    return { ...secrets, ...env, [KEY_VARIABLE]: undefined, [OLD_KEY_VARIABLE]: undefined };
  };
  const serversDir = resolve(home, serversName);
  // A build that was killed between its two renames left the version in service aside; it is put back.
  await sweepStaging(serversDir);
  const versions = versionsIn(started, {
    dataDir,
    serversDir,
    toolkit: packageFile.version,
    path: env['PATH'],
    note: (text) => log.warn(text),
    audit: rooms.audit,
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
    ...rooms,
    settings,
    metrics: createMetrics(),
    host,
  };
  return { ...grounds, inbox: createInbox(grounds), providers: providerDesk(grounds) };
}

/** The configuration, whose changes are entered in the audit log that it tells the place of. */
function openConfig(home: string, trail: () => AuditTrail) {
  const settings = settingsTrail({ trail, load: () => config.load() });
  const config = createConfigStore(
    join(home, 'hub.config.json'),
    (read) => packagedTools(resolve(home, read.serversDir), read),
    settings.recording,
  );
  return { config, settings };
}

/** The hub's own log, from which its token and all secrets are kept. */
function openOwnLog(dataDir: string, level: HubConfig['log']['level'], token: string) {
  const logFile = join(dataDir, 'hub.log');
  const redactor = createRedactor();
  redactor.add(token);
  return { logFile, redactor, log: createLog({ level, file: logFile, redact: redactor.redact }) };
}

type AuditedNeeds = Parameters<typeof createApprovals>[0] &
  Parameters<typeof createVault>[0] &
  Omit<Parameters<typeof spanDesk>[0], 'version' | 'vault'>;

/** The audit log, whose acts are traced, and rooms in which owners decide, all they do entered in it. */
async function openAudited(needs: AuditedNeeds, scope: Scope) {
  const vault: Vault = createVault(needs);
  const spans = spanDesk({ ...needs, version: packageFile.version, vault });
  scope.add(() => spans.close());
  const audit = createAuditLog({ ...needs, ended: (act) => spans.add(actSpan(act)) });
  return {
    audit,
    spans,
    registry: auditedRegistry(createRegistry(needs), audit),
    approvals: auditedApprovals(await createApprovals(needs), audit),
    vault: auditedVault(vault, audit),
    access: await openPeople(needs, audit),
  };
}

/** People, of whom nothing is left in the database when they leave. */
async function openPeople(needs: AuditedNeeds, audit: AuditTrail): Promise<Access> {
  const access = await openAccess({ ...needs, audit, conceal: (token) => needs.redactor.add(token) });
  access.subscribe({ leaving: (person) => forgetPerson(needs.db, person) });
  return access;
}
