import { hubError, needsOf, type ServiceUse, type ToolDefinition } from '@counterpart/schemas';
import type { Approvals } from '../approvals/approvals.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { subjectsOf } from '../kernel/tools/approval-subjects.ts';
import type { ProcessSpec, Supervisor, Upstream, UpstreamInfo, UpstreamLists } from '../kernel/ports.ts';
import type { FoundServer } from '../registry/discover.ts';
import type { Registry, Snapshot } from '../registry/registry.ts';
import { readSearchHints } from '../registry/search-hints.ts';
import type { EraVerdict, UpstreamOptions } from '../upstream/options.ts';
import { createUpstream } from '../upstream/upstream.ts';
import { approvalRules } from './approval-rules.ts';
import type { DesiredServer, Origin } from './desired.ts';
import { memberSecrets } from './member-secrets.ts';
import { builtProgram } from './programs/built.ts';
import { commandProgram } from './programs/command.ts';
import { resolveMembers, resolveText, type Lookup, type ProgramOptions } from './programs/lookup.ts';

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

export interface MemberOptions extends ProgramOptions {
  readonly supervisor: Supervisor;
  readonly registry: Registry;
  readonly approvals: Approvals;
  readonly clock: Clock;
  readonly log: Logger;
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

interface Target {
  readonly signed?: boolean | undefined;
  readonly link: Pick<UpstreamOptions, 'process' | 'remote'>;
  readonly missingSecrets: readonly string[];
  readonly command: readonly string[] | undefined;
  readonly serviceProblem: () => string | undefined;
  readonly uses: Member['uses'];
  readonly release: () => Promise<void>;
}

async function processTarget(
  desired: DesiredServer,
  options: Lookup & Pick<MemberOptions, 'supervisor'>,
): Promise<Target> {
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
