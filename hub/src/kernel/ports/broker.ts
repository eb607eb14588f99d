import type { Blueprint, HarFile, RecordingState, ServiceUse } from '@counterpart/schemas';

// Between the broker and who runs servers that have no network of their own.

/** Hosts that a server may reach. */
export interface HostRule {
  /** `host:port`; `*` stands for one or more labels, or for any port. */
  readonly entry: string;
  /** `manifest`: declared by the server and approved; `owner`: said by this hub's owner, who may mean a private network. */
  readonly by: 'manifest' | 'owner';
  /** All that may be reached there begins with it. */
  readonly path?: string | undefined;
  /** Nothing may be reached there, whatever other rules say. */
  readonly denied?: boolean | undefined;
}

export interface BrokerLimits {
  readonly ratePerMinute?: number | undefined;
  readonly circuit: {
    /** Failures of a host in a row after which nothing passes. */
    readonly failures: number;
    /** Of the first pause; each further one lasts twice as long. */
    readonly pauseMs: number;
    /** Pauses in a row after which the server is given up; 0: never. */
    readonly pauses: number;
  };
}

/** A server as the broker must know it. */
export interface BrokeredServer {
  readonly id: string;
  readonly rules: readonly HostRule[];
  /** Undefined: its requests bring stand-ins instead of naming an operation. */
  readonly blueprint: () => Promise<Blueprint | undefined>;
  /** Its settings and secrets, which it is not given itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: BrokerLimits;
  /**
   * Where CONNECT leads: `all` that the rules open, for a program that knows its own credentials and speaks TLS itself; or
   * these hosts (`host:port`), whose protocol the broker does not speak. Default: nowhere.
   */
  readonly tunnels?: 'all' | readonly string[] | undefined;
  /** Requests may do nothing but read: GET and HEAD. */
  readonly onlyReads?: boolean | undefined;
  /** Secrets by the text that stands in for them in what the server sends. */
  readonly standIns: ReadonlyMap<string, string>;
}

/** One server's way out. */
export interface BrokerDoor {
  /** Folder that holds the socket and nothing else. */
  readonly folder: string;
  /** The socket's name in it. */
  readonly socketName: string;
  /** Keeps secrets for one process of the server, which gets them once, for the ticket that this returns. */
  readonly hand: (secrets: Readonly<Record<string, string>>) => string;
  /** What keeps the server from its services now, in words; undefined: nothing. */
  readonly problem: () => string | undefined;
  /** What was asked of each host since it was opened. */
  readonly uses: () => readonly ServiceUse[];
  /** Ends what is under way, and removes the folder. */
  close(): Promise<void>;
}

/** What servers ask, kept while somebody wants it. One recording a server, bounded, without secrets, in memory. */
export interface Recordings {
  /** Begins anew; what was recorded before is gone. */
  start(server: string): RecordingState;
  /** Throws TRAFFIC_UNRECORDED, as do the others. */
  stop(server: string): RecordingState;
  state(server: string): RecordingState | undefined;
  har(server: string): HarFile;
}

export interface Broker {
  readonly recordings: Recordings;
  /** Opens a way out that only this user, or the walls the folder is shown in, can use. Rejects with DATA_UNWRITABLE. */
  open(server: BrokeredServer): Promise<BrokerDoor>;
  close(): Promise<void>;
}
