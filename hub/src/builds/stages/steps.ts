import { CounterpartError, toCounterpartError, type Json, type LoopStage } from '@counterpart/schemas';
import { z } from 'zod';
import type { DurableSteps } from '../../kernel/ports.ts';
import type { LoopRun } from '../room.ts';

/** A stage that did not end well: the build stops there, and can be retried from it. */
export class StageFailed extends Error {
  readonly stage: LoopStage;
  override readonly cause: CounterpartError;

  constructor(stage: LoopStage, cause: CounterpartError) {
    super(cause.message, { cause });
    this.stage = stage;
    this.cause = cause;
  }
}

const Failure = z.strictObject({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});

export interface StageOptions<T> {
  readonly stage: LoopStage;
  readonly round?: number | undefined;
  readonly schema: z.ZodType<T>;
  /** One sentence on the result, for a person. */
  readonly tell?: ((value: T) => string) | undefined;
  /** Whether the stage is shown as done; it came to its end either way. */
  readonly isGood?: ((value: T) => boolean) | undefined;
  /** `waiting`: all it does is done elsewhere. */
  readonly kind?: 'work' | 'waiting' | undefined;
}

/**
 * Runs a stage once: its result is written before the next begins, and a build that goes on after a kill, or is retried from
 * a later stage, gets it back. Throws StageFailed with an error of the catalogue.
 */
export async function runStage<T>(
  run: LoopRun,
  steps: DurableSteps,
  { stage, round = 0, schema, tell, isGood, kind }: StageOptions<T>,
  work: () => Promise<T>,
): Promise<T> {
  const name = `${stage}-${round}`;
  const done = run.folder.result(name, schema);
  if (done !== undefined) return done;
  await begin(run, stage, round);
  try {
    await guarded(run, steps, { name, stage, kind }, async () => run.folder.keepResult(name, await work()));
  } catch (failure) {
    if (failure instanceof StageFailed)
      await end(run, { stage, round, state: 'failed', detail: failure.cause.message });
    throw failure;
  }
  const value = schema.parse(run.folder.result(name, schema));
  const state = isGood?.(value) === false ? 'failed' : 'done';
  await end(run, { stage, round, state, detail: tell?.(value) });
  return value;
}

/** A step whose failures are kept as its result: only the end of the hub has it done again. Throws StageFailed. */
export async function guarded(
  run: LoopRun,
  steps: DurableSteps,
  { name, stage, kind }: Pick<StageOptions<never>, 'stage' | 'kind'> & { readonly name: string },
  work: () => Promise<void>,
): Promise<void> {
  const kept = Failure.nullable().parse(
    await steps.step(
      name,
      async (): Promise<Json> => {
        try {
          await work();
          return null;
        } catch (cause) {
          run.signal.throwIfAborted();
          const { code, params } = toCounterpartError(cause);
          if (code === 'INTERNAL')
            run.room.log.error({ build: run.id, stage, cause }, 'a stage of a build failed');
          return { code, params: { ...params } };
        }
      },
      kind,
    ),
  );
  if (kept !== null) throw new StageFailed(stage, rebuilt(kept.code, kept.params));
}

const rebuilt = (code: string, params: Readonly<Record<string, string | number>>): CounterpartError =>
  new CounterpartError(code as CounterpartError['code'], params); // Written by ourselves a moment ago.

async function begin(run: LoopRun, stage: LoopStage, round: number): Promise<void> {
  await run.room.records.step(run.id, { stage, round, state: 'running' });
  await run.room.records.update(run.id, { state: 'running', stage, waitsFor: undefined });
  await run.room.announce(run.id, { round });
}

async function end(
  run: LoopRun,
  step: { stage: LoopStage; round: number; state: 'done' | 'failed' | 'skipped'; detail: string | undefined },
): Promise<void> {
  await run.room.records.step(run.id, step);
  await run.room.announce(run.id, { round: step.round, detail: step.detail });
}

/** Notes a stage that there was nothing to do for. */
export async function skipStage(run: LoopRun, stage: LoopStage, detail: string): Promise<void> {
  await run.room.records.step(run.id, { stage, round: 0, state: 'skipped', detail });
}
