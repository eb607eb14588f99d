import type { WireItem } from './items.ts';

/** Writes one event of a stream; the journal's number becomes its `sequence_number`. */
export type Emit = (type: string, members: object) => void;

/** What the slots of `output` are: reserved when an item begins, filled as it grows. */
export interface Output {
  /** The number of a new item's slot. */
  add(item: WireItem): number;
  /** For the item that is added next. */
  nextId(prefix: string): string;
  set(index: number, item: WireItem): void;
}
