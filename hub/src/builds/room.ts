import type { Manifest, ServerId } from '@counterpart/schemas';
import type { SafeCall } from '../builder/verify/safe-calls.ts';
import type { SpeakingProgram } from '../builder/verify/stdio-session.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventLog } from '../kernel/events.ts';
import type { Logger } from '../kernel/log.ts';
import type { Models, Sandbox } from '../kernel/ports.ts';
import type { BuildFolder } from './keep/build-folder.ts';
import type { TestLimits } from './stages/test-candidate.ts';
import type { VersionsAt } from '../versions/places.ts';
import type { ServerMemory } from './keep/memory.ts';
import type { BuildRecord, BuildRecords } from './keep/records.ts';

/** What the loop needs of the rest of the hub. */
export interface LoopRoom {
  readonly records: BuildRecords;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly models: Models;
  /** Who is asked where the description of a service is (`routing.categories.research`); undefined: nobody. */
  researchModel(): string | undefined;
  readonly memory: ServerMemory;
  readonly serversDir: string;
  readonly versions: VersionsAt;
  /** As the configuration has them now. */
  limits(): TestLimits;
  folderOf(id: string): BuildFolder;
  /** Rejects with SANDBOX_MISSING, unless a person said that there need be none. */
  openSandbox(isUnsafeLocal: boolean): Promise<Sandbox>;
  /** Serves the new version of a server; resolves when its tools are offered. */
  reload(server: ServerId): Promise<void>;
  /** Names of required settings and secrets that a server has no value for. */
  missingSettings(server: ServerId): Promise<string[]>;
  /** Servers and people: whose they are, and who sees them. */
  readonly claims: Claims;
  /** Calls a tool of a server as its owner; the texts of its answer. */
  callTool(
    call: { server: ServerId; tool: string; input: Record<string, unknown> },
    signal: AbortSignal,
  ): Promise<ProbeAnswer>;
  /** Arguments that tools of a server were called with last; in memory only. */
  recentCalls(server: ServerId): readonly SafeCall[];
  /**
   * Starts a candidate of an installed server beside it, inside walls and with nothing that the server itself is not given;
   * what keeps it from that, in words.
   */
  openBeside(candidate: Candidate): Promise<BesideProgram | string>;
  /** Tells followers how a build stands now. */
  announce(
    id: string,
    more?: { readonly round?: number | undefined; readonly detail?: string | undefined },
  ): Promise<void>;
  /** Takes secrets out of a text. */
  clean(text: string): string;
}

/** What a person may build, and be told of. */
export interface Claims {
  /** Throws SERVER_EXISTS for one that is there already and is not theirs. */
  assertFree(server: ServerId, person: string): void;
  /** A server that is about to come is theirs who asked for it. */
  bind(server: ServerId, person: string): Promise<void>;
  sees(person: string, server: string): boolean;
}

/** A new version that nobody has approved, of a server that is in use. */
export interface Candidate {
  readonly server: ServerId;
  readonly directory: string;
  readonly manifest: Manifest;
  /** Its requests may do nothing but read: for code that nobody compiled. */
  readonly onlyReads: boolean;
}

export interface BesideProgram extends SpeakingProgram {
  /** To be called when it has ended. */
  release(): Promise<void>;
}

export interface ProbeAnswer {
  readonly isError: boolean;
  readonly text: string;
}

/** A build at work: what it is, and what it may do. */
export interface LoopRun {
  readonly room: LoopRoom;
  readonly folder: BuildFolder;
  readonly id: string;
  readonly signal: AbortSignal;
  /** As it is kept now. */
  record(): Promise<BuildRecord>;
}
