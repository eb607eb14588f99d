import type { DataColumn, Json } from '@counterpart/schemas';

const NOTHING = new Set(['', 'null', 'NULL', 'NA', 'N/A', 'n/a', '\\N', 'None', 'NaN']);

/** True for a text that says that there is no value. */
export const isNothing = (text: string): boolean => text.length < 5 && NOTHING.has(text.trim());

const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/;

/** The value of a cell by the type its column was seen to have; a text that does not fit stays as it is. */
export function typedCell(text: string, type: DataColumn['type']): Json {
  if (type === 'string') return text === '' ? null : text;
  if (isNothing(text)) return null;
  const plain = text.trim();
  if (type === 'integer' || type === 'number') return NUMBER.test(plain) ? Number(plain) : text;
  if (type === 'boolean') {
    if (/^(?:true|yes)$/i.test(plain)) return true;
    return /^(?:false|no)$/i.test(plain) ? false : text;
  }
  return text;
}
