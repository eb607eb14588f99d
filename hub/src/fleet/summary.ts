import type { HealthRecord, RecordingState, ServerDetail, ServerSummary } from '@counterpart/schemas';
import { addUses, type MemoryUse, memoryOfEach, pssOfEach } from '../supervisor/process/memory.ts';
import type { Member } from './member.ts';

/** How many tools of a server await approval. */
export type Awaiting = (server: string) => number;

/** Servers as `hub list` shows them. */
export async function toSummaries(members: readonly Member[], awaiting: Awaiting): Promise<ServerSummary[]> {
  const pids = members.flatMap(pidsOf);
  const memory = await pssOfEach(pids);
  return members.map((member) => summaryOf(member, memory, awaiting));
}

/** A server as `hub list` shows it. */
export async function toSummary(member: Member, awaiting: Awaiting): Promise<ServerSummary> {
  return summaryOf(member, await pssOfEach(pidsOf(member)), awaiting);
}

/** Memory of the processes of each server that has some, by its id. */
export async function memoryOfServers(members: Iterable<Member>): Promise<ReadonlyMap<string, MemoryUse>> {
  const all = [...members];
  const uses = await memoryOfEach(all.flatMap(pidsOf));
  const byServer = all.map((member): [string, MemoryUse[]] => [
    member.desired.id,
    pidsOf(member).flatMap((pid) => uses.get(pid) ?? []),
  ]);
  return new Map(
    byServer.filter(([, own]) => own.length > 0).map(([id, own]): [string, MemoryUse] => [id, addUses(own)]),
  );
}

/** Of all processes of a server. */
const pidsOf = ({ upstream }: Member): number[] =>
  [upstream.snapshot, ...(upstream.instances ?? [])].flatMap(({ pid }) => pid ?? []);

function memoryOf(member: Member, memory: ReadonlyMap<number, number>): { pssBytes?: number } {
  const sizes = pidsOf(member).flatMap((pid) => memory.get(pid) ?? []);
  return sizes.length === 0 ? {} : { pssBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function summaryOf(member: Member, memory: ReadonlyMap<number, number>, awaiting: Awaiting): ServerSummary {
  const { desired, upstream, enabled, known } = member;
  const { origin } = desired;
  const { state, pid, restarts } = upstream.snapshot;
  return {
    id: desired.id,
    kind: origin.kind,
    ...(origin.kind === 'built' ? builtFacts(origin) : {}),
    ...(origin.kind === 'built' ? { signed: member.signed === true } : {}),
    enabled,
    state,
    stale:
      state === 'backoff' || state === 'quarantined' || (origin.kind === 'remote' && state === 'degraded'),
    listed: upstream.lists !== undefined || known !== undefined,
    tools: upstream.lists?.tools.length ?? known?.tools.length ?? 0,
    awaitingApproval: awaiting(desired.id),
    prefix: desired.prefix,
    restarts,
    instances: upstream.instances?.length ?? 0,
    missingSecrets: [...member.missingSecrets],
    ...(pid === undefined ? {} : { pid }),
    ...memoryOf(member, memory),
    ...(upstream.info ? { era: upstream.info.era } : {}),
    ...problemOf(member),
  };
}

/** Of its process, or else of its lists or the services it asks. */
function problemOf({ upstream, serviceProblem }: Member): { problem?: string } {
  const problem = upstream.snapshot.problem ?? upstream.listProblem?.message ?? serviceProblem();
  return problem === undefined ? {} : { problem };
}

function builtFacts({ found, override }: Extract<Member['desired']['origin'], { kind: 'built' }>) {
  const { title, version, category } = found.manifest;
  return { title, version, category, target: override?.target ?? ('live' as const) };
}

export interface DetailFacts {
  readonly health: HealthRecord[];
  readonly stderr: string[];
  readonly toolNames: string[];
  readonly notices: ServerDetail['notices'];
  readonly recording?: RecordingState | undefined;
}

/** A server as `hub inspect` shows it. */
export async function toDetail(
  member: Member,
  { recording, ...facts }: DetailFacts,
  awaiting: Awaiting,
): Promise<ServerDetail> {
  const uses = member.uses();
  const { origin } = member.desired;
  const description = origin.kind === 'built' ? origin.found.manifest.description : origin.entry.description;
  return {
    ...(await toSummary(member, awaiting)),
    ...facts,
    ...(uses === undefined ? {} : { walls: 'sandbox' as const, uses: [...uses] }),
    ...(recording === undefined ? {} : { recording }),
    ...(origin.kind === 'built' ? { directory: origin.found.directory } : {}),
    ...(origin.kind === 'remote' ? { url: withoutSecrets(origin.entry.url) } : {}),
    ...(member.command === undefined ? {} : { command: [...member.command] }),
    ...(description === undefined ? {} : { description }),
  };
}

/** An address without its user, password and query, which may hold keys. */
function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}
