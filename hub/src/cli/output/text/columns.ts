import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../../io.ts';

// Unicode Standard Annex #11 (East Asian Width): W and F take two columns; emoji are shown so as well.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
const INVISIBLE = /^[\p{M}\p{Cf}\p{Cc}]+$/u;
const ASCII = /^[ -~]*$/;

/** Columns of the terminal as it is now, for it may have been made wider since the program began. */
export const widthOf = ({ stdout, width }: Pick<Io, 'stdout' | 'width'>): number =>
  'columns' in stdout && typeof stdout.columns === 'number' && Number.isFinite(width)
    ? stdout.columns
    : width;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The characters of a text as a person counts them, each with the columns that it takes. */
export function* characters(text: string): Generator<{ readonly text: string; readonly columns: number }> {
  for (const { segment } of segmenter.segment(text)) yield { text: segment, columns: columnsOfOne(segment) };
}

function columnsOfOne(character: string): number {
  if (WIDE.test(character)) return 2;
  return INVISIBLE.test(character) ? 0 : 1;
}

/** Columns that a text takes on a terminal, whatever colours it has. */
export const shownColumns = (text: string): number => columnsOf(stripVTControlCharacters(text));

/** Columns that a text without colours takes on a terminal. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let sum = 0;
  for (const { columns } of characters(text)) sum += columns;
  return sum;
}

/** A text cut to so many columns, an ellipsis at its end where something is missing. */
export function fitted(text: string, most: number): string {
  if (columnsOf(text) <= most) return text;
  let [kept, sum] = ['', 0];
  for (const one of characters(text)) {
    if (sum + one.columns > most - 1) break;
    kept += one.text;
    sum += one.columns;
  }
  return `${kept}…`;
}
