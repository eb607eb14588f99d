import type { Readable, Writable } from 'node:stream';

// Between the sandbox and who runs code that nobody has approved yet.

/** `check`: tests of a build, ended after a time. `serve`: an installed server, for as long as it is used. */
export type SandboxProfile = 'check' | 'serve';

export interface SandboxLimits {
  readonly memoryBytes: number;
  /** Processors, parts of one included. */
  readonly cpus: number;
  /** Processes and threads at once. Node alone has about a dozen. */
  readonly processes: number;
  readonly openFiles: number;
  /** Of `/tmp`, which can be written, as can writable folders and nothing else. */
  readonly scratchBytes: number;
  /** Of the wall clock; 0: no end. */
  readonly timeMs: number;
}

/** A host path that is seen inside. A Unix socket in it can be connected to. */
export interface SandboxFolder {
  readonly from: string;
  readonly to: string;
  /** It can be written inside too; of a folder that only the hub's user reaches. */
  readonly writable?: boolean | undefined;
}

/** A run of Node inside the walls: no network, no host file but `folders`, no privilege, bounded in everything. */
export interface SandboxJob {
  readonly profile: SandboxProfile;
  readonly folders: readonly SandboxFolder[];
  /** The programs and libraries of this machine are seen too, for a job that starts more than Node. */
  readonly system?: boolean | undefined;
  /** What `node` gets. */
  readonly args: readonly string[];
  /** Complete: nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Inside; default `/tmp`. */
  readonly cwd?: string | undefined;
  /** Instead of the profile's own. */
  readonly limits?: Partial<SandboxLimits> | undefined;
}

/** How it ended; `stopped` when the hub wanted it. */
export interface SandboxEnd {
  readonly outcome: 'exited' | 'killed' | 'timed-out' | 'out-of-memory' | 'stopped';
  /** Of an exit. */
  readonly code?: number | undefined;
}

/** A process inside. Its streams are pipes; `stop` ends all of its processes and resolves when none is left. */
export interface BoxedProcess {
  /** Of the process outside that stands for all inside. */
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<SandboxEnd>;
  stop(): Promise<SandboxEnd>;
}

/** Walls that stand, with a Node that waits in them and knows of no program yet. It becomes one job, once. */
export interface PreparedBox {
  /** Of the process outside that stands for all inside. */
  readonly pid: number;
  /** Resolves when it is gone, unused or not. */
  readonly gone: Promise<void>;
  /** Begins a job of the same place (`sandbox/ready/place.ts`) there. */
  begin(job: SandboxJob): BoxedProcess;
  /** Takes the walls down again. */
  discard(): Promise<void>;
}

export interface Sandbox {
  /** `none`: there are no walls, and a person said that there need not be. */
  readonly kind: 'docker' | 'bubblewrap' | 'none';
  /** For people: which engine, which version. */
  readonly description: string;
  /** Rejects with SANDBOX_FAILED when the walls cannot be put up; nothing of the job has run then. */
  open(job: SandboxJob): Promise<BoxedProcess>;
  /** Puts a job's walls up beforehand, where that takes long; rejects with SANDBOX_FAILED. */
  prepare?(job: SandboxJob): Promise<PreparedBox>;
  /** Removes what a hub that was killed left behind; the number of things removed. */
  sweep(): Promise<number>;
}
