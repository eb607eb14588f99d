import { hubError, type Json } from '@counterpart/schemas';
import { OpenWorkflow, type Worker } from 'openworkflow';
import { BackendSqlite } from 'openworkflow/sqlite';
import { z } from 'zod';
import { Slots } from '../kernel/async/slots.ts';
import type { Logger } from '../kernel/log.ts';
import type { DurableEngine, DurableSteps } from '../kernel/ports.ts';

export interface EngineOptions {
  /** Its own database: the engine of the library writes through `node:sqlite`. */
  readonly file: string;
  /** Name of the work; runs of another name in the file are left alone. */
  readonly name: string;
  /** Steps at work at once; a run that rests takes no place, and neither does a step that waits for somebody elsewhere. */
  readonly concurrency: number;
  /** Runs beyond these whose steps wait for somebody elsewhere; default: none. */
  readonly waiting?: number | undefined;
  readonly log: Logger;
  readonly work: (id: string, steps: DurableSteps) => Promise<void>;
}

/** Only the end of the hub makes a step throw: then it is done again by the next one, however often. */
const AGAIN = { maximumAttempts: 100_000, initialInterval: '1ms', maximumInterval: '1s' } as const;
const Input = z.object({ id: z.string() });
/** Of one run: the library's own limit. */
const MOST_STEPS = 1_000;
/** Before a run that could not be kept is looked at again; twice as long each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** The library frees a run's place a moment after its last word to the database. */
const FREED_MS = 20;

type Backend = ReturnType<typeof BackendSqlite.connect>;

/**
 * Opens the engine over openworkflow: its database, its leases and its replay, but no polling. A hub is alone with its data
 * folder, so runs that the one before was cut off from are taken over at once (decision 0064).
 */
export async function openEngine(options: EngineOptions): Promise<DurableEngine> {
  const backend = BackendSqlite.connect(options.file);
  const engine = new Engine(options, backend);
  await engine.takeOver();
  return engine;
}

class Engine implements DurableEngine {
  readonly #options: EngineOptions;
  readonly #backend: Backend;
  readonly #worker: Worker;
  readonly #places: Slots;
  readonly #start: (id: string) => Promise<string>;
  /** Run of the library by our id. */
  readonly #runs = new Map<string, string>();
  readonly #active = new Map<string, AbortController>();
  /** Woken while they were at work: they look again before they rest. */
  readonly #woken = new Set<string>();
  /** How long runs of the library wait that could not be kept, milliseconds. */
  readonly #pauses = new Map<string, number>();
  #closing = false;
  #idle: (() => void) | undefined;

  constructor(options: EngineOptions, backend: Backend) {
    this.#options = options;
    this.#backend = backend;
    const client = new OpenWorkflow({ backend: this.#watched(backend) });
    const workflow = client.defineWorkflow(
      { name: options.name, retryPolicy: { maximumAttempts: 1 } },
      async ({ input, step }: { input: z.infer<typeof Input>; step: LibrarySteps }) =>
        this.#run(input.id, step),
    );
    this.#start = async (id) => (await workflow.run({ id })).workflowRun.id;
    const { concurrency, waiting = 0 } = options;
    this.#places = new Slots(concurrency);
    this.#worker = client.newWorker({ concurrency: concurrency + waiting });
  }

  /** Learns of all runs there are; those that are not at their end are looked at again. */
  async takeOver(): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#backend.listWorkflowRuns({
        workflowName: this.#options.name,
        limit: 100,
        ...(after === undefined ? {} : { after }),
      });
      for (const run of page.data) {
        this.#runs.set(Input.parse(run.input).id, run.id);
        await this.#release(run.id);
      }
      after = page.pagination.next ?? undefined;
    } while (after !== undefined);
    this.#tick();
  }

  async start(id: string): Promise<void> {
    if (this.#runs.has(id)) return;
    this.#runs.set(id, await this.#start(id));
    this.#tick();
  }

  async wake(id: string): Promise<void> {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    if (this.#active.has(id)) this.#woken.add(id);
    else await this.#release(run);
    this.#tick();
  }

  async cancel(id: string): Promise<void> {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    // One that ended meanwhile has nothing left to cancel.
    await this.#backend.cancelWorkflowRun({ workflowRunId: run }).catch(() => undefined);
    this.#active.get(id)?.abort(new DOMException('the build was cancelled', 'AbortError'));
  }

  async close(): Promise<void> {
    this.#closing = true;
    const ended = this.#active.size === 0 ? undefined : new Promise<void>((done) => (this.#idle = done));
    for (const active of this.#active.values()) active.abort(new DOMException('the hub ends', 'AbortError'));
    await ended;
    await this.#backend.stop();
  }

  /** Lets the next look take a run: one that was cut off holds a lease, one that rests waits for a signal. */
  async #release(workflowRunId: string): Promise<void> {
    const run = await this.#backend.getWorkflowRun({ workflowRunId });
    if (run?.status !== 'running') return;
    const { workerId } = run;
    if (workerId !== null) return await this.#endLease(workflowRunId, workerId);
    for (const signal of await this.#awaited(workflowRunId))
      await this.#backend.sendSignal({ signal, data: null, idempotencyKey: null });
  }

  /**
   * Signals that a run waits for, those included that came. Each has to be taken: a run that rests while one lies there is
   * taken up again by the library at once, and so on without end.
   */
  async #awaited(workflowRunId: string | undefined): Promise<readonly string[]> {
    if (workflowRunId === undefined) return [];
    const { data } = await this.#backend.listStepAttempts({ workflowRunId, limit: MOST_STEPS });
    return data.flatMap(({ status, context }) =>
      status === 'running' && context?.kind === 'signal-wait' ? [context.signal] : [],
    );
  }

  /** On a full disk the library's statement answers with the row that it then fails to keep: only a second look tells. */
  async #endLease(workflowRunId: string, workerId: string): Promise<void> {
    await this.#backend.extendWorkflowRunLease({ workflowRunId, workerId, leaseDurationMs: 0 });
    const { availableAt } = (await this.#backend.getWorkflowRun({ workflowRunId })) ?? {};
    if (availableAt && availableAt > new Date())
      throw hubError('DATA_UNWRITABLE', { directory: this.#options.file, detail: 'nothing is kept' });
  }

  #tick(): void {
    if (this.#closing) return;
    this.#worker.tick().catch((cause: unknown) => {
      this.#options.log.error({ cause }, 'builds do not go on');
      setTimeout(() => this.#tick(), LONGEST_PAUSE_MS).unref();
    });
  }

  #lookAgain(run: string): void {
    this.#release(run).then(
      () => this.#tick(),
      (cause: unknown) => this.#lookLater(run, cause),
    );
  }

  /**
   * Stages keep their failures as results, so what fails beyond them is the keeping: a disk that takes no more, mostly. The
   * run stays as it is and is looked at again; to be let go it must be written, so no step is done anew in vain.
   */
  #lookLater(run: string, cause: unknown): void {
    if (this.#closing) return;
    const pause = this.#pauses.get(run) ?? FIRST_PAUSE_MS;
    this.#pauses.set(run, Math.min(pause * 2, LONGEST_PAUSE_MS));
    this.#options.log.error({ cause, pause }, 'a build cannot be kept; it is looked at again after a pause');
    setTimeout(() => this.#lookAgain(run), pause).unref();
  }

  async #run(id: string, library: LibrarySteps): Promise<void> {
    const controller = new AbortController();
    this.#active.set(id, controller);
    const places = this.#places;
    const steps: DurableSteps = {
      signal: controller.signal,
      async step<T extends Json>(name: string, work: () => Promise<T>, kind: 'work' | 'waiting' = 'work') {
        return await library.run<T>({ name, retryPolicy: AGAIN }, async () => {
          // Only what a step throws is done again.
          controller.signal.throwIfAborted();
          return await (kind === 'waiting' ? work() : inPlace(places, controller.signal, work));
        });
      },
      wait: async (name, isDone) => {
        const lead = `${id} ${name} `;
        for (let turn = 1; !(await isDone()); turn += 1) {
          const signal = `${lead}${turn}`;
          await library.waitForSignal({ name: signal, signal });
        }
        for (const signal of await this.#awaited(this.#runs.get(id))) {
          if (!signal.startsWith(lead)) continue;
          await this.#backend.sendSignal({ signal, data: null, idempotencyKey: null });
          await library.waitForSignal({ name: signal, signal });
        }
      },
    };
    await this.#options.work(id, steps);
  }

  /** The library's own backend, which tells when a run leaves its place; none ends as failed. */
  #watched(backend: Backend): Backend {
    const leaving = new Set<PropertyKey>([
      'sleepWorkflowRun',
      'completeWorkflowRun',
      'rescheduleWorkflowRunAfterFailedStepAttempt',
    ]);
    return new Proxy(backend, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (!isMethod(member)) return member;
        if (name === 'failWorkflowRun')
          return (failed: Left & { readonly error: unknown }) => {
            this.#lookLater(failed.workflowRunId, failed.error);
            return this.#leave(failed.workflowRunId, async () => target.getWorkflowRun(failed));
          };
        if (!leaving.has(name)) return member.bind(target);
        return (params: Left) =>
          this.#leave(params.workflowRunId, async () => {
            // What was cancelled is at its end: the library would complain that it cannot end it again.
            const run = await target.getWorkflowRun(params);
            const left = run?.status === 'canceled' ? run : await member.call(target, params);
            this.#pauses.delete(params.workflowRunId);
            return left;
          });
      },
    });
  }

  async #leave(run: string, write: () => Promise<unknown>): Promise<unknown> {
    try {
      return await write();
    } finally {
      const id = [...this.#runs].find(([, known]) => known === run)?.[0];
      if (id !== undefined) this.#active.delete(id);
      if (this.#active.size === 0) this.#idle?.();
      if (id !== undefined && this.#woken.delete(id)) this.#lookAgain(run);
      if (!this.#closing) setTimeout(() => this.#tick(), FREED_MS).unref();
    }
  }
}

interface Left {
  readonly workflowRunId: string;
}

/** Rejects with why it was aborted, when that happened before its turn came. */
async function inPlace<T>(places: Slots, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const leave = await places.take(signal);
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    leave?.();
  }
}

type Method = (this: Backend, ...args: readonly unknown[]) => unknown;
const isMethod = (member: unknown): member is Method => typeof member === 'function';

/** What of the library's steps is used. */
interface LibrarySteps {
  run<T>(config: { name: string; retryPolicy: typeof AGAIN }, work: () => Promise<T>): Promise<T>;
  waitForSignal(options: { name: string; signal: string }): Promise<unknown>;
}
