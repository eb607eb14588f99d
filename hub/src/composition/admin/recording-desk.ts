import { hubError } from '@counterpart/schemas';
import type { Fleet } from '../../fleet/fleet.ts';
import type { RecordingService } from '../../http/routes/recording-routes.ts';
import type { Recordings } from '../../kernel/ports.ts';

/** Recordings of the servers whose requests pass the broker. */
export function recordingDesk({
  fleet,
  recordings,
}: {
  readonly fleet: Fleet;
  readonly recordings: Recordings;
}): RecordingService {
  const known = (id: string): string => fleet.get(id).desired.id;
  return {
    start(id) {
      if (fleet.get(id).uses() === undefined)
        throw hubError('RECORDING_UNAVAILABLE', { server: id, reason: 'no walls are around it' });
      return recordings.start(id);
    },
    stop: (id) => recordings.stop(known(id)),
    har: (id) => recordings.har(known(id)),
  };
}
