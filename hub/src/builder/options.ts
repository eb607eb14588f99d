import type { SourceText } from '@counterpart/scaffolds/readers/source';
import type { BuildStage, NameLock } from '@counterpart/schemas';
import type { VersionsAt } from '../versions/places.ts';

/** Where a build stands; `done` of `total` operations while it reads. */
export interface BuildProgress {
  readonly stage: BuildStage;
  readonly done?: number;
  readonly total?: number;
  readonly note?: string;
}

/** What a build is asked for. */
export interface BuildOptions {
  /** A file, a folder or ZIP archive of several files, an http(s) URL, or `-` for standard input. */
  readonly from: string;
  /** What `from` leads to, when whoever asks has it already. */
  readonly source?: SourceText | undefined;
  /** Id of the server; default: a slug of the description's title. */
  readonly name?: string | undefined;
  /** Names that operations keep; default: those of the installed server. */
  readonly names?: NameLock | undefined;
  /** Tags, path prefixes, operationIds or tool names to build; default: everything. */
  readonly include?: readonly string[] | undefined;
  readonly baseUrl?: string | undefined;
  /** The same, to leave out. */
  readonly exclude?: readonly string[] | undefined;
  /** What to build, in words: `only issues and pull requests`. */
  readonly select?: string | undefined;
  /** The most telling operations, at most so many. */
  readonly maxTools?: number | undefined;
  /** Everything, also where an earlier build of this server chose a part. */
  readonly all?: boolean | undefined;
  /** Of recorded traffic: the hosts to build; default: the one that was used most. */
  readonly hosts?: readonly string[] | undefined;
  /** Of recorded traffic: leave addresses and numbers of people in examples. */
  readonly keepPersonal?: boolean | undefined;
  /** Of a database: tools that write too. */
  readonly writable?: boolean | undefined;
  /** Follow references of the description to other hosts. */
  readonly allowRemote?: boolean | undefined;
  /** Follow its references to files outside of its folder. */
  readonly allowOutside?: boolean | undefined;
  /** Refuse a description of which an operation would be left out. */
  readonly strict?: boolean | undefined;
  /** Says what a build would make; nothing is left written. */
  readonly dryRun?: boolean | undefined;
  readonly category?: string | undefined;
  /** Where compiled descriptions are kept, so that an unchanged one is not compiled again; absent: nowhere. */
  readonly cacheDir?: string | undefined;
  readonly serversDir: string;
  /** Keeps, signs and records what is installed; absent: it is only put in place. */
  readonly versions?: VersionsAt | undefined;
  /** Principal in words, who lets the server be started. */
  readonly approvedBy?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}
