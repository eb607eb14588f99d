import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import type { Broker, BrokerDoor } from '../kernel/ports.ts';
import type { Redact } from '../kernel/redact.ts';
import { Recorder } from './recording/recorder.ts';
import type { GateOptions } from './limits/gate.ts';
import { type Resolve, systemResolve } from './hosts/guarded-lookup.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

export interface BrokerOptions extends GateOptions {
  /** Takes every secret that the hub knows out of a text. */
  readonly clean: Redact;
  /** Holds a folder for each door while it is open; what a hub that was killed left in it is removed. */
  readonly directory: string;
  /** Default: as this machine resolves names. */
  readonly resolve?: Resolve | undefined;
}

/** The way out for servers that have no network. Rejects with DATA_UNWRITABLE. */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  const { directory, resolve = systemResolve } = options;
  const recorder = new Recorder(options);
  const doors = new Set<BrokerDoor>();
  let count = 0;
  await writable(directory, async () => {
    // The data folder has one hub: what is there is of one that is gone.
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
  });
  return {
    recordings: recorder,
    async open(server) {
      count += 1;
      const folder = join(directory, `${server.id}-${count}`);
      // HTTP/1 and HTTP/2 with TLS, of which a hub before programs of others needs nothing.
      const { openDoor } = await import('./door.ts');
      const door = await writable(directory, () =>
        openDoor(server, { ...options, folder, resolve, recorder }),
      );
      doors.add(door);
      return {
        ...door,
        async close() {
          if (doors.delete(door)) await door.close();
        },
      };
    },
    async close() {
      await Promise.all([...doors].map((door) => door.close()));
      doors.clear();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function writable<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const detail = systemReason(cause);
    throw hubError('DATA_UNWRITABLE', { directory, detail }, { cause });
  }
}
