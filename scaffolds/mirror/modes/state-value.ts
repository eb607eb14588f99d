import { hubError, type Json, type JsonObject } from '@counterpart/schemas';
import type { MirrorState } from '../state/mirror-state.ts';
import { isObject, own } from '../schema/json-value.ts';

/** What a mirror holds, by collection and id, as templates read it: `state.pets.7.name`. */
export function stateValue(state: MirrorState): JsonObject {
  return Object.fromEntries(
    state
      .collections()
      .map((collection) => [
        collection,
        Object.fromEntries(state.list(collection).map(({ id, value }) => [id, value])),
      ]),
  );
}

/** Rows of a collection that are shown; the rest is counted. */
const SHOWN_ROWS = 50;

/** What a mirror holds, cut to what a reader can take in. */
export function stateSummary(state: MirrorState): JsonObject {
  return Object.fromEntries(
    state.collections().map((collection) => {
      const rows = state.list(collection);
      const shown = rows.slice(0, SHOWN_ROWS).map(({ value }) => value);
      return [collection, { count: rows.length, rows: shown }];
    }),
  );
}

/** Puts things into collections; a thing without an `id` gets the next number. How many there were. */
export function putRows(state: MirrorState, data: Readonly<Record<string, readonly JsonObject[]>>): number {
  let count = 0;
  for (const [collection, rows] of Object.entries(data)) {
    for (const value of rows) {
      if (!isObject(value))
        throw hubError('INPUT_INVALID', { subject: collection, detail: 'every row must be an object' });
      state.create(
        collection,
        rowOf(value, () => state.nextNumber(collection)),
      );
      count += 1;
    }
  }
  return count;
}

function rowOf(value: JsonObject, nextNumber: () => number): { id: string; value: JsonObject } {
  const id: Json | undefined = own(value, 'id');
  if (typeof id === 'string' || typeof id === 'number') return { id: String(id), value };
  const number = nextNumber();
  return { id: String(number), value: { ...value, id: number } };
}
