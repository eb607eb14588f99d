import { sign, verify, type KeyObject } from 'node:crypto';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { AuditEntry, type AuditAnchor, type AuditRecord, type AuditReport } from '@counterpart/schemas';

/** What stands before the first entry. */
export const GENESIS: AuditAnchor = { sequence: 0, hash: `sha256-${'0'.repeat(64)}` };

/** The key that entries are signed with. */
export interface ChainKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** The half of it that proves. */
export interface ProvingKey {
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** Makes a record the next entry of a chain. Pure. */
export function linkEntry(
  record: Omit<AuditRecord, 'sequence' | 'before'>,
  last: AuditAnchor,
  key: ChainKey,
): AuditEntry {
  const linked: AuditRecord = { ...record, sequence: last.sequence + 1, before: last.hash };
  const hash = hashJson(linked);
  const signature = sign(null, Buffer.from(hash), key.privateKey).toString('base64');
  return { ...linked, hash, keyId: key.id, signature };
}

/** What a chain is held against beside itself. */
export interface Expectations {
  readonly key: ProvingKey | undefined;
  /** An entry that was noted elsewhere, and must be there still. */
  readonly known?: AuditAnchor | undefined;
  /** The highest number that was ever given. */
  readonly highest?: number | undefined;
}

/** A walk along a chain, one entry after the other; the first problem is kept, and nothing after it is believed. */
export class ChainWalk {
  readonly #expected: Expectations;
  #begins: AuditAnchor | undefined;
  #head = GENESIS;
  #entries = 0;
  #broken: AuditReport['broken'];
  /** Entries that the log was shortened up to, as it says itself. */
  readonly #trims = new Map<unknown, unknown>();
  #first: AuditEntry | undefined;

  constructor(expected: Expectations) {
    this.#expected = expected;
  }

  /** Takes what is stored as the next entry; false: there is no need to go on. */
  take(stored: unknown): boolean {
    const parsed = AuditEntry.safeParse(stored);
    if (!parsed.success) return this.#break('it cannot be read as an entry');
    const entry = parsed.data;
    if (this.#first === undefined) {
      this.#first = entry;
      this.#begins = { sequence: entry.sequence - 1, hash: entry.before };
      this.#head = this.#begins;
    }
    const problem = this.#problemOf(entry);
    if (problem !== undefined) return this.#break(problem);
    this.#entries += 1;
    this.#head = { sequence: entry.sequence, hash: entry.hash };
    if (entry.action === 'audit.trim') this.#trims.set(entry.facts['upTo'], entry.facts['hash']);
    return true;
  }

  /** To be asked when all entries were taken. */
  report(): AuditReport {
    const begins = this.#begins ?? GENESIS;
    const broken = this.#broken ?? this.#missing(begins);
    const { key } = this.#expected;
    return {
      sound: broken === undefined,
      entries: this.#entries,
      begins,
      head: this.#head,
      ...(key === undefined ? {} : { keyId: key.id }),
      ...(broken === undefined ? {} : { broken }),
    };
  }

  #break(problem: string): false {
    this.#broken ??= { sequence: this.#head.sequence + 1, problem };
    return false;
  }

  #problemOf({ hash, signature, keyId, ...record }: AuditEntry): string | undefined {
    const { key, known } = this.#expected;
    const { sequence, before } = record;
    if (sequence !== this.#head.sequence + 1)
      return `it is not there; the next one that is there has the number ${sequence}`;
    if (before !== this.#head.hash) return 'it does not follow the entry before it';
    if (hashJson(record) !== hash) return 'it was changed after it was written';
    if (known?.sequence === sequence && known.hash !== hash)
      return 'it is not the one that was noted elsewhere';
    if (key === undefined) return 'the key that signed it is not at hand';
    if (keyId !== key.id) return `it is signed with the key ${keyId}, and not with ${key.id}`;
    const isSigned = verify(null, Buffer.from(hash), key.publicKey, Buffer.from(signature, 'base64'));
    return isSigned ? undefined : 'its signature is not of this key';
  }

  /** What the entries themselves cannot show: that some are gone from their beginning or their end. */
  #missing(begins: AuditAnchor): AuditReport['broken'] {
    if (
      this.#first !== undefined &&
      begins.sequence > 0 &&
      this.#trims.get(this.#first.sequence) !== this.#first.hash
    )
      return {
        sequence: begins.sequence,
        problem: 'it is gone, and no entry says that the log was shortened',
      };
    const { known, highest = 0 } = this.#expected;
    const last = Math.max(known?.sequence ?? 0, highest);
    if (last <= this.#head.sequence) return undefined;
    return { sequence: this.#head.sequence + 1, problem: `it is gone, with all up to number ${last}` };
  }
}
