import { toCounterpartError, type ProviderCheck } from '@counterpart/schemas';
import type { GenerationEvent } from '../../../kernel/ports.ts';
import type { FoundModel } from '../models.ts';
import { configuredNames } from '../models.ts';
import type { Seat } from '../seat.ts';
import type { Clock } from '../../../kernel/clock.ts';

/** How a provider is tried. */
export interface Trying {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What it says of itself; undefined: it has no list. */
  readonly probe: () => Promise<ReadonlyMap<string, FoundModel> | undefined>;
  /** A question as short as can be, for providers without a list. */
  readonly ask: () => AsyncIterable<GenerationEvent>;
}

/** Whether a provider takes its key and has the models that are configured. Rejects only when the asker goes away. */
export async function checkProvider(seat: Seat, trying: Trying): Promise<ProviderCheck> {
  const { clock, signal } = trying;
  const startedAt = clock.now();
  const outcome = (missing: readonly string[], problem?: ProviderCheck['problem']): ProviderCheck => ({
    provider: seat.name,
    ok: problem === undefined && missing.length === 0,
    tookMs: clock.now() - startedAt,
    models: seat.models.map((model) => ({ ...model, memoryMb: model.memoryMb })),
    missing: [...missing],
    ...(problem === undefined ? {} : { problem }),
  });
  try {
    const found = await trying.probe();
    if (found === undefined) {
      await drained(trying.ask());
      return outcome([]);
    }
    seat.found = found;
    seat.answered();
    return outcome((configuredNames(seat.config) ?? []).filter((name) => !isListed(name, found)));
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const problem = toCounterpartError(cause);
    const { code, message, fix } = problem;
    return outcome([], { code, message, fix });
  }
}

async function drained(events: AsyncIterable<unknown>): Promise<void> {
  const reading = events[Symbol.asyncIterator]();
  while ((await reading.next()).done !== true);
}

/** Ollama lists `llama3.2:latest` for what is asked for as `llama3.2`; dated names stand for their aliases. */
const isListed = (name: string, found: ReadonlyMap<string, FoundModel>): boolean =>
  found.has(name) ||
  [...found.keys()].some((listed) => listed === `${name}:latest` || listed.startsWith(`${name}-20`)) ||
  name.endsWith('-latest');
