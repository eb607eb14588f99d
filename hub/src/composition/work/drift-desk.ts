import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Blueprint, hubError, ServerId, ToolDefinition } from '@counterpart/schemas';
import { z } from 'zod';
import type { Builds } from '../../builds/builds.ts';
import type { ConfigStore } from '../../config/store.ts';
import { openDrift, type Drift, type DriftingServer } from '../../drift/drift.ts';
import { openEvidence } from '../../drift/evidence.ts';
import { RecentCalls } from '../../drift/recent-calls.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { Logger } from '../../kernel/log.ts';
import type { CallPolicy, ToolCalls } from '../../kernel/ports.ts';

interface Desk {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventLog;
  readonly dataDir: string;
  readonly serversDir: string;
  readonly config: ConfigStore;
  readonly fleet: Fleet;
  readonly builds: Builds;
  readonly calls: ToolCalls;
}

const MOST_PROBES = 3;

interface Watch {
  readonly policy: CallPolicy;
  /** Arguments that tools were called with last. */
  readonly recent: RecentCalls;
  listen(drift: Drift): void;
}

/** What reads and compiles servers; a hub where nothing drifts never loads it. */
const toolchain = async () => ({
  ...(await import('../../builder/installed.ts')),
  ...(await import('../../builder/verify/safe-calls.ts')),
  ...(await import('../../builds/stages/compile.ts')),
});

/** Hears of every call before there is anybody to tell: the gate is made before the rooms that drift needs. */
export function driftWatch(): Watch {
  let listener: Drift | undefined;
  const recent = new RecentCalls();
  return {
    recent,
    listen: (drift) => void (listener = drift),
    policy: {
      observe({ route, arguments: input }, { kind, code, status, places }) {
        if (kind === 'cancelled' || kind === 'asked') return;
        recent.note(route.server, route.name, input);
        const failure = kind === 'ok' ? undefined : String(status ?? code ?? 'error');
        listener?.note({ server: route.server, tool: route.name, code: failure, places });
      },
    },
  };
}

/** The watch over the services of a hub's servers, given what it needs of its other rooms. */
export function driftDesk(desk: Desk): Drift {
  const { clock, dataDir, events, config, builds } = desk;
  const drift = openDrift({
    ...desk,
    evidence: openEvidence(dataDir, clock),
    propose: () => config.current().drift.propose,
    server: (id) => find(id, desk),
    isMirrored: (id) => config.current().overrides[id]?.target === 'mirror',
    recompile: (id, location) => recompile(id, location, desk),
    probe: (id) => probe(id, desk),
    builds,
  });
  events.subscribe((event) => {
    if (event.kind === 'server-changed' || event.kind === 'server-removed') drift.forget(event.server);
  });
  return drift;
}

function directoryOf(id: string, { fleet }: Desk): string {
  const { origin } = fleet.get(id).desired;
  if (origin.kind !== 'built') throw hubError('DRIFT_FOREIGN', { server: id });
  return origin.found.directory;
}

async function find(id: string, desk: Desk): Promise<DriftingServer> {
  const { readBlueprint } = await toolchain();
  const blueprint = await readBlueprint(directoryOf(id, desk));
  const all = await desk.builds.list();
  const built = all.find(({ server, state }) => server === id && state === 'installed');
  return { blueprint, wish: built?.text };
}

/** In a folder of its own that is gone afterwards: nothing of it is installed. */
async function recompile(id: string, from: string, { serversDir, builds }: Desk): Promise<Blueprint> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-drift-'));
  try {
    const candidate = join(folder, id);
    const { compileCandidate, readJson } = await toolchain();
    const isForeign = (await builds.list()).some(
      ({ server, person }) => server === id && person !== undefined,
    );
    const order = { from, name: ServerId.parse(id), serversDir, candidate, isForeign };
    await compileCandidate(order, new AbortController().signal);
    const contracts = await import('@counterpart/schemas/blueprint/blueprint');
    return contracts.Blueprint.parse(await readJson(join(candidate, 'blueprint.json')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only what needs no argument: an example that a service does not know would look like drift. */
async function probe(id: string, desk: Desk): Promise<string[]> {
  const member = desk.fleet.get(id);
  const { origin } = member.desired;
  if (origin.kind !== 'built') throw hubError('DRIFT_FOREIGN', { server: id });
  if (member.missingSecrets.length > 0) return [];
  const { directory, manifest } = origin.found;
  const { safeCalls, readJson } = await toolchain();
  const tools = z.array(ToolDefinition).parse(await readJson(join(directory, 'tools.json')));
  const calls = safeCalls(tools, (name) => manifest.tools[name]?.effect)
    .filter(({ input }) => Object.keys(input).length === 0)
    .slice(0, MOST_PROBES);
  const outcomes: string[] = [];
  for (const { tool } of calls) {
    const view = { kind: 'server', id } as const;
    const how = await desk.calls.call({ view, tool, arguments: {}, via: 'cli' }).then(
      (answer) => (answer['isError'] === true ? 'failed' : 'answered'),
      () => 'failed',
    );
    outcomes.push(`${tool} ${how}`);
  }
  return outcomes;
}
