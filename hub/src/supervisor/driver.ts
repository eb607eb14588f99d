import { hubError } from '@counterpart/schemas';
import type {
  ProcessProtocol,
  ProcessSnapshot,
  ProcessSpec,
  Supervised,
  Supervisor,
} from '../kernel/ports.ts';
import { findCircle } from '../versions/dependencies.ts';
import { stopOrder } from './dependencies.ts';
import { createGate } from './gate.ts';
import { createLedger, type Ledger } from './process/ledger.ts';
import type { SupervisorOptions } from './options.ts';
import { Spares } from './process/spares.ts';
import { createSpawner, type SpawnProcess } from './process/spawn.ts';
import { SupervisedProcess } from './supervised.ts';

/**
 * Runs and keeps processes. After `shutdown`, and also after this process was killed, none of them is left.
 * `supervise` throws DEPENDENCY_CIRCLE. Of two processes with one id, dependents use the one that came last.
 */
export const createSupervisor = (options: SupervisorOptions): Supervisor => new ProcessSupervisor(options);

type Listener = (id: string, snapshot: ProcessSnapshot) => void;

class ProcessSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #ledger: Ledger;
  readonly #spares: Spares;
  readonly #spawn: SpawnProcess;
  readonly #gate: <T>(task: () => Promise<T>) => Promise<T>;
  readonly #processes = new Set<SupervisedProcess>();
  readonly #listeners = new Set<Listener>();
  #closing: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    const { clock, stateDir, log, spawnConcurrency, spares = { count: 0, env: {} } } = options;
    this.#options = options;
    this.#ledger = createLedger(stateDir, log);
    this.#spares = new Spares({ ...spares, clock, log, stateDir, ledger: this.#ledger });
    this.#spawn = options.spawn ?? createSpawner({ ledger: this.#ledger, log, spares: this.#spares });
    this.#gate = createGate(spawnConcurrency);
  }

  get sparePids(): readonly number[] {
    return this.#spares.pids;
  }

  supervise(spec: ProcessSpec, protocol: ProcessProtocol): Supervised {
    const circle = findCircle(spec.id, this.#dependsOn().set(spec.id, spec.dependsOn));
    if (circle) throw hubError('DEPENDENCY_CIRCLE', { circle: circle.join(' → ') });
    const { clock, log, redact, random = Math.random } = this.#options;
    const one: SupervisedProcess = new SupervisedProcess(spec, protocol, {
      clock,
      log,
      redact,
      random,
      spawn: this.#spawn,
      gate: this.#gate,
      dependencies: async () => {
        await spec.verify?.();
        await this.#dependenciesReady(spec);
      },
      needed: () => this.#isNeeded(spec.id),
      published: (snapshot) => {
        if (spec.instanceOf === undefined) this.#publish(spec.id, snapshot);
      },
      removed: () => this.#processes.delete(one),
    });
    this.#processes.add(one);
    this.#spares.expect(spec);
    return one;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  shutdown(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const all = [...this.#processes];
    for (const one of all) one.refuseStarts();
    for (const layer of stopOrder(this.#dependsOn())) {
      await Promise.all(all.filter(({ spec }) => layer.includes(spec.id)).map((one) => one.stop()));
    }
    await this.#spares.close();
    await this.#ledger.close();
  }

  #dependsOn(): Map<string, readonly string[]> {
    return new Map([...this.#processes].map(({ spec }) => [spec.id, spec.dependsOn]));
  }

  async #dependenciesReady({ id: server, dependsOn }: ProcessSpec): Promise<void> {
    const ready = async (id: string) => {
      try {
        const needed = [...this.#processes].findLast(({ spec }) => spec.id === id);
        if (!needed) throw hubError('SERVER_UNKNOWN', { server: id, suggestion: '' });
        await needed.ready();
      } catch (cause) {
        const words = cause instanceof Error ? cause.message : String(cause);
        throw hubError('SERVER_START_FAILED', { server, detail: `it depends on ${id}: ${words}` }, { cause });
      }
    };
    await Promise.all(dependsOn.map(ready));
  }

  #isNeeded(id: string): boolean {
    return [...this.#processes].some(({ spec, running }) => running && spec.dependsOn.includes(id));
  }

  #publish(id: string, snapshot: ProcessSnapshot): void {
    const { log } = this.#options;
    log.debug({ server: id, state: snapshot.state }, 'process state');
    for (const listener of this.#listeners) {
      try {
        listener(id, snapshot);
      } catch (cause) {
        log.error({ server: id, cause }, 'a listener of process states failed');
      }
    }
  }
}
