import type {
  Blueprint,
  DriftReport,
  DriftSign,
  LoopOrder,
  LoopSummary,
  ServiceChange,
} from '@counterpart/schemas';
import { hubError, toCounterpartError } from '@counterpart/schemas';
import { compareBlueprints } from '@counterpart/scaffolds/compare/compare-blueprints';
import type { EventLog } from '../kernel/events.ts';
import type { Logger } from '../kernel/log.ts';
import type { CallEnd, Evidence } from './evidence.ts';
import { signsOfCalls, signsOfChanges } from './judge.ts';

/** A server as far as drift is concerned. */
export interface DriftingServer {
  readonly blueprint: Blueprint | undefined;
  /** What was wanted when it was built from words. */
  readonly wish: string | undefined;
}

export interface DriftOptions {
  readonly evidence: Evidence;
  readonly events: EventLog;
  readonly log: Logger;
  /** Rejects with SERVER_UNKNOWN, and for servers that were not built here. */
  server(id: string): Promise<DriftingServer>;
  /** Reads a description again, as a build of the server would. */
  recompile(id: string, location: string): Promise<Blueprint>;
  /** Whether its calls are answered by its mirror, which says nothing of the service. */
  isMirrored(id: string): boolean;
  /** Calls tools that only read and need nothing, as the build's probe does; in words, how that went. */
  probe(id: string): Promise<string[]>;
  readonly builds: {
    start(order: LoopOrder): Promise<LoopSummary>;
    list(): Promise<LoopSummary[]>;
  };
  /** Which servers are built anew of their own accord: as a proposal, never more. */
  readonly propose: () => 'never' | 'described' | 'always';
}

/** Finds out which services are no longer as their servers know them, and proposes new versions. Nothing is changed without a decision. */
export interface Drift {
  /** Notes how a call ended; looks closer when it was one too many. */
  note(end: CallEnd): void;
  /** How a server stands, by what is known already. */
  report(id: string): Promise<DriftReport>;
  /** Asks the service and reads its description again. */
  check(id: string): Promise<DriftReport>;
  /** Builds a new version that waits for a decision; the one that waits already, where there is one. */
  propose(id: string): Promise<DriftReport>;
  servers(): string[];
  forget(id: string): void;
  close(): void;
}

const ENDED = new Set(['installed', 'failed', 'rejected', 'cancelled']);

/** Opens the watch over the services of a hub's servers. */
export function openDrift(options: DriftOptions): Drift {
  return new HubDrift(options);
}

class HubDrift implements Drift {
  readonly #options: DriftOptions;
  /** Servers whose signs were told: once until they are installed anew. */
  readonly #told = new Set<string>();

  constructor(options: DriftOptions) {
    this.#options = options;
  }

  note(end: CallEnd): void {
    const { evidence, log } = this.#options;
    if (this.#options.isMirrored(end.server)) return;
    evidence.note(end);
    if (end.code === undefined && (end.places ?? []).length === 0) return;
    const { server } = end;
    if (this.#told.has(server)) return;
    const signs = signsOfCalls(evidence.of(server));
    if (signs.length === 0) return;
    this.#told.add(server);
    this.#look(server, signs).catch((cause: unknown) =>
      log.warn({ server, problem: toCounterpartError(cause).message }, 'drift was not looked into'),
    );
  }

  async report(id: string): Promise<DriftReport> {
    await this.#options.server(id);
    return await this.#reportOf(id, { probes: [] });
  }

  async check(id: string): Promise<DriftReport> {
    const server = await this.#options.server(id);
    const probes = this.#options.isMirrored(id)
      ? [`nothing, since it speaks to its mirror; \`hub target ${id} live\` points it at the service`]
      : await this.#options.probe(id);
    return await this.#reportOf(id, { probes, ...(await this.#reread(id, server)) });
  }

  async propose(id: string): Promise<DriftReport> {
    const report = await this.check(id);
    if (report.proposal !== undefined) return report;
    return { ...report, proposal: await this.#begin(id, report.signs) };
  }

  servers(): string[] {
    return this.#options.evidence.servers();
  }

  forget(id: string): void {
    this.#told.delete(id);
    this.#options.evidence.forget(id);
  }

  close(): void {
    this.#options.evidence.flush();
  }

  /** Calls gave signs: followers are told, and where it is wanted, a proposal is built. */
  async #look(id: string, signs: readonly DriftSign[]): Promise<void> {
    const { events, propose } = this.#options;
    const server = await this.#options.server(id);
    const detail = signs.map(({ tool, detail: words }) => `${tool} ${words}`).join('; ');
    const wanted = propose();
    const isDescribed = addressOf(server) !== undefined;
    const isWanted = wanted === 'always' || (wanted === 'described' && isDescribed);
    const open = await this.#openProposal(id);
    // A description that says nothing new has nothing to propose.
    const { changes } = isWanted && isDescribed ? await this.#reread(id, server) : { changes: undefined };
    const isFruitless = isDescribed && (changes === undefined || changes.length === 0);
    const build =
      isWanted && open === undefined && !isFruitless
        ? await this.#begin(id, [...signs, ...signsOfChanges(changes ?? [])])
        : open;
    events.publish({
      kind: 'drift-found',
      server: id,
      detail: detail.slice(0, 500),
      ...(build === undefined ? {} : { build }),
    });
  }

  async #begin(id: string, signs: readonly DriftSign[]): Promise<string> {
    const server = await this.#options.server(id);
    const from = addressOf(server);
    const seen = signs.map(({ tool, detail }) => `${tool}: ${detail}`.slice(0, 500)).slice(0, 40);
    if (from === undefined && server.wish === undefined) throw hubError('DRIFT_BY_HAND', { server: id });
    const { id: build } = await this.#options.builds.start({
      text: server.wish ?? `A new version of ${id}, whose service has changed`,
      author: 'model',
      name: id as never, // Of a server that is installed.
      seen: [...seen, ...operationsOf(server)],
      ...(from === undefined ? {} : { from }),
    });
    return build;
  }

  async #openProposal(id: string): Promise<string | undefined> {
    const all = await this.#options.builds.list();
    return all.find(({ server, state }) => server === id && !ENDED.has(state))?.id;
  }

  async #reread(
    id: string,
    server: DriftingServer,
  ): Promise<{ readonly changes?: ServiceChange[]; readonly problem?: string }> {
    const from = addressOf(server);
    if (from === undefined || server.blueprint === undefined) return {};
    try {
      return { changes: compareBlueprints(server.blueprint, await this.#options.recompile(id, from)) };
    } catch (cause) {
      return { problem: toCounterpartError(cause).message };
    }
  }

  async #reportOf(
    id: string,
    seen: { readonly probes: string[]; readonly changes?: ServiceChange[]; readonly problem?: string },
  ): Promise<DriftReport> {
    const evidence = this.#options.evidence.of(id);
    const signs = [...signsOfCalls(evidence), ...signsOfChanges(seen.changes ?? [])];
    const proposal = await this.#openProposal(id);
    const isKnown = seen.changes !== undefined || evidence.some(({ answered }) => answered > 0);
    return {
      server: id,
      verdict: signs.length > 0 ? 'drifted' : isKnown ? 'fits' : 'unknown',
      signs,
      evidence,
      ...seen,
      ...(proposal === undefined ? {} : { proposal }),
    };
  }
}

/** Where a server's description can be read again. */
function addressOf({ blueprint }: DriftingServer): string | undefined {
  const location = blueprint?.source.location;
  return location !== undefined && /^https?:\/\//i.test(location) ? location : undefined;
}

/** What the server does now, for an author who mends it. */
const operationsOf = ({ blueprint }: DriftingServer): string[] =>
  (blueprint?.operations ?? [])
    .slice(0, 25)
    .map(({ name, http }) => `It has now: ${name}, ${http.method} ${http.path}`);
