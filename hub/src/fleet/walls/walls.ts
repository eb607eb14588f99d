import { hubError, type ServerOverride, type ServiceUse } from '@counterpart/schemas';
import type {
  Broker,
  BrokerDoor,
  BrokerLimits,
  ProcessSpec,
  Sandbox,
  SandboxFolder,
  SandboxJob,
} from '../../kernel/ports.ts';
import { Berths, type Berth, type BerthOptions } from '../../sandbox/ready/berths.ts';
import { findSandboxes, type SandboxEngine } from '../../sandbox/sandbox.ts';

/** Where the broker's socket is seen inside. */
export const DOOR_INSIDE = '/run/broker';

/** What every server inside walls shares. */
export interface Walls {
  readonly broker: Broker;
  /** Where a server's processes begin, with the job it will have next; an `open` rejects with WALLS_MISSING, SANDBOX_FAILED. */
  berth(server: string, next: () => SandboxJob): Berth;
  /** Processes that wait inside walls for their server to begin. */
  readonly sparePids: readonly number[];
  close(): Promise<void>;
}

export interface WallsOptions extends Pick<BerthOptions, 'clock' | 'log' | 'count'> {
  readonly engine: SandboxEngine;
}

/** Looks for a sandbox when the first server needs one; bubblewrap before Docker, whose containers start slowly. */
export function createWalls(broker: Broker, { engine, ...options }: WallsOptions): Walls {
  let known: Promise<Sandbox | string> | undefined;
  const find = async () => {
    const looked = await findSandboxes(engine);
    const usable = looked.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
    const [best] = usable.toSorted((one) => (one.kind === 'bubblewrap' ? -1 : 1));
    if (best !== undefined) await best.sweep();
    return best ?? looked.map(({ found }) => (typeof found === 'string' ? found : '')).join('; ');
  };
  const sandbox = async (server: string): Promise<Sandbox> => {
    const found = await (known ??= find());
    if (typeof found !== 'string') return found;
    known = undefined; // It may be installed meanwhile.
    throw hubError('WALLS_MISSING', { server, detail: found });
  };
  const berths = new Berths(options);
  return {
    broker,
    berth: (server, next) => berths.add({ next, sandbox: () => sandbox(server) }),
    get sparePids() {
      return berths.pids;
    },
    close: () => berths.close(),
  };
}

/** A server inside walls, ready to be started. */
export interface Walled {
  readonly openBox: NonNullable<ProcessSpec['openBox']>;
  /** What keeps it from its services now, in words. */
  readonly problem: () => string | undefined;
  /** What it asked of each host. */
  readonly uses: () => readonly ServiceUse[];
  /** To be called when none of its processes is left. */
  release(): Promise<void>;
}

const USUAL_CIRCUIT = { failures: 5, pauseMs: 10_000, disableAfter: 10 };

/** What a server may ask of its services, as its owner says. */
export function limitsOf(network: ServerOverride['network']): BrokerLimits {
  const { failures, pauseMs, disableAfter } = network?.circuit ?? USUAL_CIRCUIT;
  return { ratePerMinute: network?.ratePerMinute, circuit: { failures, pauseMs, pauses: disableAfter } };
}

/** The broker's socket as a folder inside. */
export const doorFolder = ({ folder }: BrokerDoor): SandboxFolder => ({ from: folder, to: DOOR_INSIDE });
