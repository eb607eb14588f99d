import type {
  JsonMembers,
  ProcessSnapshot,
  Supervised,
  UpstreamInfo,
  UpstreamLists,
} from '../kernel/ports.ts';
import type { RpcSession } from './rpc/rpc-session.ts';

/** How an upstream reaches its server: a supervised process, or a remote address. */
export interface Connection {
  /** The session that calls go to now; undefined while there is none. */
  readonly session: RpcSession | undefined;
  /** The session, after starting or connecting if need be; rejects with a CounterpartError. */
  ready(): Promise<RpcSession>;
  readonly snapshot: ProcessSnapshot;
  readonly process: Supervised | undefined;
  /** A call was made. */
  touch(): void;
  /** A call was answered (`true`), or was not in time. */
  observe(answered: boolean): void;
  /** Lists were read: what the wire must know of them is learned, and what cannot be called over it is left out. */
  accept(lists: UpstreamLists): UpstreamLists;
  close(): Promise<void>;
}

/** What an upstream must hear of its connection. */
export interface ConnectionEvents {
  /** The handshake succeeded; calls go to this session from now on. */
  opened(session: RpcSession, info: UpstreamInfo): void;
  /** That session is gone. */
  lost(): void;
  notification(method: string, params: JsonMembers): void;
  /** Calls that wait for the connection: they count as work, too. */
  waiting(): number;
}
