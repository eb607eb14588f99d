import type { LoopDetail } from '@counterpart/schemas';
import type { EventLog } from '../../kernel/events.ts';
import type { Builds } from '../builds.ts';

const AT_WORK = new Set(['queued', 'running']);

export interface Watch {
  readonly builds: Pick<Builds, 'show'>;
  readonly events: Pick<EventLog, 'subscribe'>;
  readonly signal: AbortSignal;
  /** After so long the build is told as it is, at work. Default: no end. */
  readonly patienceMs?: number | undefined;
}

/** Waits until a build waits for somebody or is at its end; an abort rejects with the signal's reason. */
export async function untilRest(
  id: string,
  { builds, events, signal, patienceMs }: Watch,
): Promise<LoopDetail> {
  const rests = Promise.withResolvers<void>();
  const look = async (): Promise<void> => {
    if (!AT_WORK.has((await builds.show(id)).state)) rests.resolve();
  };
  const stop = events.subscribe((event) => {
    if (event.kind === 'build-changed' && event.build === id) look().catch(rests.reject);
  });
  const onAbort = (): void => rests.reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  const tired = patienceMs === undefined ? undefined : setTimeout(rests.resolve, patienceMs);
  try {
    signal.throwIfAborted();
    await look();
    await rests.promise;
    return await builds.show(id);
  } finally {
    stop();
    clearTimeout(tired);
    signal.removeEventListener('abort', onAbort);
  }
}
