import type { Json } from '@counterpart/schemas';
import { isList } from '../../json-value.ts';

const LONGEST_LIST = 4_096;

function limited(value: Json, items: number, characters: number): Json {
  if (typeof value === 'string') return value.length > characters ? `${value.slice(0, characters)}…` : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.slice(0, items).map((item) => limited(item, items, characters));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, limited(member, items, characters)]),
  );
}

export interface Shrunk {
  readonly value: Json;
  readonly text: string;
  /** Lists in it end after this many items; undefined when nothing was cut. */
  readonly items?: number;
}

/** JSON that fits into `maxBytes`: lists and long texts end early, the shape stays. Undefined when even that is too large. */
export function shrink(value: Json, maxBytes: number): Shrunk | undefined {
  const whole = JSON.stringify(value);
  if (Buffer.byteLength(whole) <= maxBytes) return { value, text: whole };
  for (let items = LONGEST_LIST; items >= 1; items = Math.floor(items / 2)) {
    const cut = limited(value, items, Math.max(items * 16, 200));
    const text = JSON.stringify(cut);
    if (Buffer.byteLength(text) <= maxBytes) return { value: cut, text, items };
  }
  return undefined;
}
