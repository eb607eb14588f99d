/** What a recognised thing is, for whoever has to do something about it. */
export type Family =
  | 'rows'
  | 'description'
  | 'text'
  | 'document'
  | 'image'
  | 'sound'
  | 'film'
  | 'archive'
  | 'database'
  | 'science'
  | 'program'
  | 'capture'
  | 'secret'
  | 'protocol';

/** A format or protocol told by its first bytes. */
export interface Detected {
  /** Short and stable, such as `json` or `tls`. */
  readonly format: string;
  /** As a sentence calls it: `a PDF document`. */
  readonly title: string;
  readonly family: Family;
  /** What else the bytes say: a version, a delimiter, a host that is asked for. */
  readonly detail?: string | undefined;
}

/** The first bytes of something in the forms that tables of signatures look at. */
export interface Head {
  readonly bytes: Uint8Array;
  /** One character a byte. */
  readonly latin1: string;
  /** In its own encoding, without a byte order mark; what has zero bytes of no encoding is empty. */
  readonly text: string;
  /** Base name of the file, lower case; empty where there is none. */
  readonly name: string;
}

/** A row of a table: the first one whose test holds names the format; a text from the test is its detail. */
export interface Signature {
  readonly format: string;
  readonly title: string;
  readonly family: Family;
  readonly test: (head: Head) => boolean | string;
}

/** The first row that fits. */
export function firstOf(table: readonly Signature[], head: Head): Detected | undefined {
  for (const { format, title, family, test } of table) {
    const found = test(head);
    if (found === false) continue;
    return { format, title, family, ...(typeof found === 'string' && found !== '' ? { detail: found } : {}) };
  }
  return undefined;
}
