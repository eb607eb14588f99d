import { hubError } from '@counterpart/schemas';
import type {
  ProcessProtocol,
  ProcessSnapshot,
  ProcessSpec,
  Supervised,
  Supervisor,
} from '../kernel/ports.ts';
import { findCircle, stopOrder } from './dependencies.ts';
import { createGate } from './gate.ts';
import { createLedger } from './ledger.ts';
import type { SupervisorOptions } from './options.ts';
import { createSpawner } from './spawn.ts';
import { SupervisedProcess } from './supervised.ts';

type Listener = (id: string, snapshot: ProcessSnapshot) => void;

/**
 * Runs and keeps processes. After `shutdown`, and also after this process was killed, none of them is left.
 * `supervise` throws DEPENDENCY_CIRCLE. Of two processes with one id, dependents use the one that came last.
 */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, log, stateDir, spawnConcurrency, random = Math.random } = options;
  const ledger = createLedger(stateDir, log);
  const spawn = options.spawn ?? createSpawner({ ledger, log });
  const gate = createGate(spawnConcurrency);
  const processes = new Set<SupervisedProcess>();
  const listeners = new Set<Listener>();
  let closing: Promise<void> | undefined;

  const named = (id: string) => [...processes].findLast(({ spec }) => spec.id === id);
  const dependsOn = () => new Map([...processes].map(({ spec }) => [spec.id, spec.dependsOn]));

  const needs = async (spec: ProcessSpec) => {
    await Promise.all(
      spec.dependsOn.map(async (id) => {
        try {
          const needed = named(id);
          if (!needed) throw hubError('SERVER_UNKNOWN', { server: id, suggestion: '' });
          await needed.ready();
        } catch (cause) {
          const words = cause instanceof Error ? cause.message : String(cause);
          throw hubError(
            'SERVER_START_FAILED',
            { server: spec.id, detail: `it depends on ${id}: ${words}` },
            { cause },
          );
        }
      }),
    );
  };
  const needed = (id: string) =>
    [...processes].some(({ spec, running }) => running && spec.dependsOn.includes(id));

  const publish = (id: string, snapshot: ProcessSnapshot) => {
    log.debug({ server: id, state: snapshot.state }, 'process state');
    for (const listener of listeners) {
      try {
        listener(id, snapshot);
      } catch (cause) {
        log.error({ server: id, cause }, 'a listener of process states failed');
      }
    }
  };

  const shutdown = async () => {
    for (const layer of stopOrder(dependsOn())) {
      const stopping = [...processes].filter(({ spec }) => layer.includes(spec.id));
      await Promise.all(stopping.map((one) => one.close()));
    }
    await ledger.close();
  };

  return {
    supervise(spec: ProcessSpec, protocol: ProcessProtocol): Supervised {
      const circle = findCircle(spec.id, dependsOn().set(spec.id, spec.dependsOn));
      if (circle) throw hubError('DEPENDENCY_CIRCLE', { circle: circle.join(' → ') });
      const one: SupervisedProcess = new SupervisedProcess(spec, protocol, {
        clock,
        log,
        spawn,
        random,
        gate,
        dependencies: () => needs(spec),
        needed: () => needed(spec.id),
        published: (snapshot) => publish(spec.id, snapshot),
        removed: () => processes.delete(one),
      });
      processes.add(one);
      return one;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    shutdown() {
      closing ??= shutdown();
      return closing;
    },
  };
}
