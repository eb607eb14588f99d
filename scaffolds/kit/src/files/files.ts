import type { DataFormat } from '@counterpart/schemas';
import type { Members } from '../json-value.ts';

/** A file that a setting names, or one of the folder that it names. */
export interface FileFacts {
  readonly name: string;
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970. With `bytes` it tells whether what was made of it is still true. */
  readonly changedAt: number;
}

/** How files are read. What is not said is told from each file. */
export interface FileForm {
  readonly format: DataFormat;
  /** Of XML: the path of the records' element below the root; of others as for data files. */
  readonly part?: string;
  /** Of a JSON object: the member that holds the list. */
  readonly member?: string;
  /** Of delimited text: whether the first line names the columns (default); without, they are `column_1` and so on. */
  readonly header?: boolean;
  /** Of delimited text: one character. */
  readonly delimiter?: string;
  readonly encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** Only this file of the folder. */
  readonly only?: string;
  /** Told at the end of each file what was not as it should be, one sentence a kind. */
  readonly note?: (sentence: string) => void;
}

/** One record and where it stands. Cells of delimited text are text as written. */
export interface FileRecord {
  readonly value: Members;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * The files a person gave a server: those that settings ending in `_SOURCE` name, each a file or a folder of files. They are
 * read and never written. Methods reject with ToolFailure where a setting is empty or a file cannot be read.
 */
export interface Files {
  /** In the order of their names; hidden files are left out. */
  list(setting: string): Promise<readonly FileFacts[]>;
  /** Record after record, file after file; memory is bounded by the largest record, whatever the size of the file. */
  records(setting: string, form: FileForm): AsyncGenerator<FileRecord>;
}

/** Where bytes come from: a disk, or texts of a test. */
export interface FilePlace {
  list(): Promise<readonly FileFacts[]>;
  open(name: string): AsyncIterable<Uint8Array>;
}

/** Opens the files of settings; reading itself is loaded with the first record. */
export function createFiles(placeOf: (setting: string) => FilePlace, signal: AbortSignal): Files {
  return {
    list: async (setting) => await placeOf(setting).list(),
    async *records(setting, form) {
      const { readRecords } = await import('./read-records.ts');
      const place = placeOf(setting);
      for (const { name } of await place.list()) {
        if (form.only !== undefined && form.only !== name) continue;
        for await (const batch of readRecords(place.open(name), form)) {
          signal.throwIfAborted();
          for (const { value, line } of batch) yield { value, file: name, line };
        }
      }
    },
  };
}
