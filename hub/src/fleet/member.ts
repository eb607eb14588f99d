import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import {
  hubError,
  needsOf,
  type CommandServer,
  type HubConfig,
  type ServiceUse,
  type ToolDefinition,
} from '@counterpart/schemas';
import type { Approvals } from '../approvals/approvals.ts';
import { referencedSecrets, referencedVariables, resolveReferences } from '../config/references.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { subjectsOf } from '../kernel/tools/approval-subjects.ts';
import type {
  ProcessSpec,
  Supervisor,
  Upstream,
  UpstreamInfo,
  UpstreamLists,
  Vault,
} from '../kernel/ports.ts';
import type { Redactor } from '../kernel/redact.ts';
import type { FoundServer } from '../registry/discover.ts';
import type { Registry, Snapshot } from '../registry/registry.ts';
import { readSearchHints } from '../registry/search-hints.ts';
import type { EraVerdict, UpstreamOptions } from '../upstream/options.ts';
import { createUpstream } from '../upstream/upstream.ts';
import type { VersionsAt } from '../versions/places.ts';
import { verifyServer } from '../versions/verify.ts';
import { approvalRules } from './approval-rules.ts';
import { compileCacheOf } from './compile-cache.ts';
import type { DesiredServer, Origin } from './desired.ts';
import { memberSecrets, withGiven } from './member-secrets.ts';
import { wallIn } from './walls/built.ts';
import { assertWallsFor, wallInGuest } from './walls/guest.ts';
import type { Walled, Walls } from './walls/walls.ts';
import {
  builtEnvironment,
  commandEnvironment,
  definedVariables,
  guestEnvironment,
  namesSecret,
  type Lending,
  type ServerEnvironment,
  textMembers,
  type Variables,
} from './environment.ts';

/** A server of the running hub. */
export interface Member {
  readonly desired: DesiredServer;
  readonly upstream: Upstream;
  /** Lists known without a process. */
  readonly known: UpstreamLists | undefined;
  /** What it offered before it was changed: stands in until it has been asked anew. */
  readonly before?: UpstreamLists | undefined;
  readonly enabled: boolean;
  /** What it does not list must not be called. */
  readonly onlyListed: boolean;
  readonly missingSecrets: readonly string[];
  /** Of a built server: it was held against the signed record of its version, which there may not be. */
  readonly signed?: boolean | undefined;
  /** For display: without secrets. */
  readonly command: readonly string[] | undefined;
  /** What keeps it from its services now, in words. */
  readonly serviceProblem: () => string | undefined;
  /** What it asked of its services, where walls are around it; undefined: there are none. */
  readonly uses: () => readonly ServiceUse[] | undefined;
  /** To be called when its processes have ended. */
  readonly release: () => Promise<void>;
}

export interface MemberOptions {
  readonly config: HubConfig;
  /** Folder of hub.config.json: what relative paths in it start from. */
  readonly home: string;
  readonly host: Variables;
  readonly supervisor: Supervisor;
  readonly registry: Registry;
  readonly approvals: Approvals;
  readonly redactor: Redactor;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mirrorUrl: (id: string) => string;
  /** Where a server asks for tokens, and with which key. */
  readonly lend: (id: string) => { readonly url: string; readonly key: string };
  readonly walls: Walls;
  /** The hub's data folder. */
  readonly hubData: string;
  /** Folder of what was posted to a hook of a server. */
  readonly inbox: { folderOf(place: { readonly server: string; readonly hook: string }): string };
  /** Folder for the compiled code of built servers. */
  readonly compiledDir: string;
  readonly versions: VersionsAt;
  /** Makes the bundle of a built server if it is missing or old. */
  readonly ensureBundle: (directory: string) => Promise<void>;
}

/** From the end of stdin to SIGTERM, and again to SIGKILL. */
const SHUTDOWN_MS = 2_000;
/** Between probes of a third-party server; a built one says it in its manifest. */
const PROBE_MS = 30_000;

/** Makes a server ready to be used; nothing is started. Rejects with what keeps it from being started at all. */
export async function createMember(desired: DesiredServer, options: MemberOptions): Promise<Member> {
  const { registry, approvals, config, clock, log } = options;
  const { id, origin } = desired;
  const lookup = { ...options, given: await memberSecrets(options.vault, id, origin) };
  const target =
    origin.kind === 'remote' ? remoteTarget(id, origin, lookup) : await processTarget(desired, lookup);
  const installation = origin.kind === 'built' ? versionOf(origin.found) : {};
  const registered = await registry.install({ id, kind: origin.kind, ...installation });
  const snapshot = await registry.snapshot(id, desired.hash);
  const settings = origin.kind === 'built' ? origin.override : origin.entry;
  const known = knownLists(origin, snapshot);
  const rules = approvalRules(origin, config);
  const review = (
    lists: UpstreamLists,
    info: UpstreamInfo | undefined,
    remembered: boolean,
  ): Promise<void> => {
    // A package is known by its tools alone before it runs, and all of it is its owner's word.
    const tools = origin.kind === 'built' ? lists.tools : subjectsOf(lists, info?.instructions);
    return approvals.review({ server: id, tools, rules, remembered });
  };
  if (known) await review(known, snapshot?.info, true);
  const upstream = createUpstream({
    id,
    kind: origin.kind,
    ...target.link,
    ...(origin.kind === 'built' ? builtOptions(origin.found) : {}),
    limits: {
      callTimeoutMs: settings?.callTimeoutMs ?? config.defaults.callTimeoutMs,
      maxCallMs: settings?.maxCallMs ?? config.defaults.maxCallMs,
      maxCalls: config.defaults.maxCallsPerServer,
      maxInstances: config.defaults.maxInstancesPerServer,
    },
    review: (lists, info) => review(lists, info, false),
    isolation: settings?.isolation,
    prior: snapshot && priorOf(snapshot),
    clock,
    log,
    redact: options.redactor.redact,
  });
  return {
    desired,
    upstream,
    known,
    enabled: desired.enabled ?? registered.enabled,
    onlyListed: origin.kind === 'built' || rules.newTools === 'quarantine',
    missingSecrets: target.missingSecrets,
    signed: target.signed,
    command: target.command,
    serviceProblem: target.serviceProblem,
    uses: target.uses,
    release: target.release,
  };
}

/** With what the vault has for the one server. */
interface Lookup extends MemberOptions {
  readonly given: Awaited<ReturnType<typeof memberSecrets>>;
}

function lendingOf(id: string, { given, lend, redactor }: Lookup): Lending | undefined {
  if (given.schemes.length === 0) return undefined;
  const { url, key } = lend(id);
  redactor.add(key);
  return { url, key, schemes: given.schemes };
}

const ownSecrets = ({ own, values }: Lookup['given']): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => own.includes(name)));

interface Target {
  readonly signed?: boolean | undefined;
  readonly link: Pick<UpstreamOptions, 'process' | 'remote'>;
  readonly missingSecrets: readonly string[];
  readonly command: readonly string[] | undefined;
  readonly serviceProblem: () => string | undefined;
  readonly uses: Member['uses'];
  readonly release: () => Promise<void>;
}

async function processTarget(desired: DesiredServer, options: Lookup): Promise<Target> {
  const { origin } = desired;
  if (origin.kind === 'remote') throw hubError('INTERNAL', { detail: `${desired.id} has no process` });
  const program =
    origin.kind === 'built'
      ? await builtProgram(origin, options)
      : await commandProgram(desired.id, origin, options);
  for (const value of program.environment.secretValues) options.redactor.add(value);
  const settings = origin.kind === 'built' ? origin.override : origin.entry;
  const { defaults } = options.config;
  const spec: ProcessSpec = {
    id: desired.id,
    command: program.command,
    args: program.args,
    cwd: program.cwd,
    env: program.environment.env,
    openBox: program.walled?.openBox,
    restart: program.restart,
    warm: program.warm,
    verify: program.verify,
    startTimeoutMs: settings?.startTimeoutMs ?? defaults.startTimeoutMs,
    shutdownMs: SHUTDOWN_MS,
    idleMs: settings?.idleMs ?? defaults.idleMs,
    probeMs: origin.kind === 'built' ? origin.found.manifest.health.intervalMs : PROBE_MS,
    dependsOn: origin.kind === 'built' ? [...needsOf(origin.found.manifest).keys()] : [],
  };
  return {
    link: { process: { spec, supervisor: options.supervisor } },
    signed: program.signed,
    missingSecrets: program.environment.missingSecrets,
    command: [program.command, ...program.args].map(options.redactor.redact),
    serviceProblem: () => program.walled?.problem(),
    uses: () => program.walled?.uses(),
    release: async () => program.walled?.release(),
  };
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly verify?: (() => Promise<void>) | undefined;
  readonly signed?: boolean | undefined;
  readonly environment: ServerEnvironment;
  readonly restart: ProcessSpec['restart'];
  readonly warm: boolean;
  readonly walled?: Walled | undefined;
}

async function builtProgram(origin: Extract<Origin, { kind: 'built' }>, options: Lookup): Promise<Program> {
  const { manifest, directory, contentHash } = origin.found;
  // A package whose entry is its source, as hand-made ones are, has nothing to bundle.
  const bundled = manifest.entry !== manifest.source;
  const signed = await verifyServer(origin.found, options.versions);
  if (bundled && !signed) await options.ensureBundle(directory);
  const overrideEnv = resolveMembers(textMembers(origin.override?.env), manifest.id, options);
  const environment = builtEnvironment({
    manifest,
    override: origin.override,
    overrideEnv,
    host: withGiven(options.host, options.given),
    mirrorUrl: options.mirrorUrl(manifest.id),
    lending: lendingOf(manifest.id, options),
    hookFolder: (hook) => options.inbox.folderOf({ server: manifest.id, hook }),
  });
  const compiled = await compileCacheOf(options.compiledDir, { id: manifest.id, contentHash });
  const entry = signed?.program ?? resolve(directory, manifest.entry);
  const env = { NODE_COMPILE_CACHE: compiled, ...environment.env };
  const isWalled = (origin.override?.walls ?? options.config.defaults.walls) === 'sandbox';
  const inmate = {
    manifest,
    override: origin.override,
    directory,
    entry,
    env,
    mirrorUrl: options.mirrorUrl(manifest.id),
    // What was signed, not what lies in the servers folder.
    packageDir: signed?.version.packageDir ?? directory,
    folders: [compiled, dirname(entry)],
  };
  return {
    command: process.execPath,
    args: [entry],
    verify: signed?.verify,
    signed: signed !== undefined,
    cwd: directory,
    environment: { ...environment, env },
    restart: manifest.restart,
    warm: bundled,
    walled: isWalled ? await wallIn(options.walls, inmate) : undefined,
  };
}

async function commandProgram(
  id: string,
  origin: Extract<Origin, { kind: 'command' }>,
  options: Lookup,
): Promise<Program> {
  const { entry } = origin;
  const { home, host, given, hubData } = options;
  assertWallsFor(id, entry);
  const isWalled = entry.walls === 'sandbox';
  const named = {
    ...variablesOfFile(id, entry, home),
    ...ownSecrets(given),
    ...resolveMembers(textMembers(entry.env), id, options),
  };
  const environment = isWalled ? guestEnvironment(named, host) : commandEnvironment(named, host);
  const program = {
    command: resolveArgument(entry.command, id, options),
    args: (entry.args ?? []).map((arg) => resolveArgument(arg, id, options)),
    cwd: resolve(home, entry.cwd ?? '.'),
  };
  const guest = { id, entry, ...program, env: environment.env, home, hubData, userHome: homedir() };
  return {
    ...program,
    environment,
    restart: entry.restart ?? 'permanent',
    warm: false,
    walled: isWalled ? await wallInGuest(options.walls, guest) : undefined,
  };
}

function variablesOfFile(id: string, { envFile }: CommandServer, home: string): Record<string, string> {
  if (envFile === undefined) return {};
  const file = resolve(home, envFile);
  if (existsSync(file)) return definedVariables(parseEnv(readFileSync(file, 'utf8')));
  throw hubError('CONFIG_INVALID', {
    file,
    detail: `→ at mcpServers.${id}.envFile: there is no such file`,
  });
}

function remoteTarget(id: string, origin: Extract<Origin, { kind: 'remote' }>, options: Lookup): Target {
  const headers = resolveMembers(origin.entry.headers ?? {}, id, options);
  for (const value of Object.values(headers)) {
    options.redactor.add(value);
    // The credential without its scheme, such as Bearer.
    options.redactor.add(/ (\S+)$/.exec(value)?.[1]);
  }
  const url = resolveText(origin.entry.url, id, options);
  const transport = origin.entry.type === 'sse' ? ({ transport: 'sse' } as const) : {};
  const connectTimeoutMs = origin.entry.startTimeoutMs ?? options.config.defaults.startTimeoutMs;
  return {
    link: { remote: { url, headers, connectTimeoutMs, ...transport } },
    missingSecrets: [],
    command: undefined,
    serviceProblem: () => undefined,
    uses: () => undefined,
    release: async () => undefined,
  };
}

function resolveMembers(
  members: Readonly<Record<string, string>>,
  id: string,
  options: Lookup,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).map(([name, text]) => [name, resolveText(text, id, options)]),
  );
}

function resolveText(text: string, id: string, { host, redactor, given }: Lookup): string {
  for (const name of referencedVariables(text)) if (namesSecret(name)) redactor.add(host[name]);
  return resolveReferences(text, { env: host, secrets: given.values }, `The server ${id}`);
}

/** What every user of the machine can read is no place for a secret of the vault. */
function resolveArgument(text: string, id: string, options: Lookup): string {
  const [name] = referencedSecrets(text);
  if (name !== undefined) throw hubError('CONFIG_SECRET_EXPOSED', { server: id, name });
  return resolveText(text, id, options);
}

const versionOf = ({ manifest, contentHash }: FoundServer) => ({ version: manifest.version, contentHash });

const builtOptions = (found: FoundServer): Pick<UpstreamOptions, 'expectTools' | 'searchHints'> => ({
  expectTools: expectedTools(found),
  searchHints: () => readSearchHints(found.directory),
});

/** A hand-made package that lists no tools in its manifest is taken as it is. */
function expectedTools({ manifest }: FoundServer): ReadonlyMap<string, string> | undefined {
  const tools = Object.entries(manifest.tools).map(([name, { hash }]) => [name, hash] as const);
  return tools.length > 0 ? new Map(tools) : undefined;
}

function knownLists(origin: Origin, snapshot: Snapshot | undefined): UpstreamLists | undefined {
  const tools = origin.kind === 'built' ? origin.found.tools : undefined;
  return tools ? onlyTools(tools) : snapshot?.lists;
}

const onlyTools = (tools: readonly ToolDefinition[]): UpstreamLists => ({
  tools,
  prompts: [],
  resources: [],
  resourceTemplates: [],
});

const priorOf = ({ info, takenAt }: Snapshot): EraVerdict | undefined => info && { info, at: takenAt };
