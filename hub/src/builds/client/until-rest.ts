import type { LoopDetail } from '@counterpart/schemas';
import type { EventLog } from '../../kernel/events.ts';
import type { Builds } from '../builds.ts';

const AT_WORK = new Set(['queued', 'running']);

/** Waits until a build waits for somebody or is at its end; an abort rejects with the signal's reason. */
export async function untilRest(
  id: string,
  {
    builds,
    events,
    signal,
  }: { readonly builds: Builds; readonly events: EventLog; readonly signal: AbortSignal },
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
  try {
    signal.throwIfAborted();
    await look();
    await rests.promise;
    return await builds.show(id);
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}
