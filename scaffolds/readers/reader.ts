import type { Blueprint, BlueprintSource, NameLock, ServerId } from '@counterpart/schemas';
import type { SourceText } from './source.ts';

/** What is asked of every reader; a reader ignores what its kind of source has no use for. */
export interface ReadOptions {
  readonly id: ServerId;
  /** What of the source to take: tags, path prefixes, operationIds, tool names or `METHOD /path`; empty or absent: everything. */
  readonly include?: readonly string[] | undefined;
  /** Every operation as a tool, however many there are: somebody wants to choose among them. */
  readonly whole?: boolean | undefined;
  /** Replaces the servers of the description. */
  readonly baseUrl?: string | undefined;
  /** Asked once, with the service's title: the names that a service of this title was given in an earlier build. */
  readonly namesOf?: ((title: string) => Promise<NameLock | undefined>) | undefined;
  /** Of a recording: the hosts whose interface is read; empty or absent: the one that was used most. */
  readonly hosts?: readonly string[] | undefined;
  /** Of a recording: addresses and numbers of people stay in examples. */
  readonly keepPersonal?: boolean | undefined;
  /** Of a database: tools that write too. */
  readonly writable?: boolean | undefined;
  readonly onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

export interface ReadResult {
  readonly blueprint: Blueprint;
  /** Operations in the source, selected or not. */
  readonly total: number;
}

/** Turns one kind of source into a blueprint. What it could not take stands in `omitted`; it never writes code. */
export interface Reader {
  readonly kind: BlueprintSource['kind'];
  /** True when the text is surely of this kind; a look at its beginning, not a parse. */
  fits(source: SourceText): boolean;
  read(source: SourceText, options: ReadOptions): Promise<ReadResult>;
}
