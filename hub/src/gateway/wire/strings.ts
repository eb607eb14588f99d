import { stringEnd } from './frame.ts';

/** Hears of one text: the members that lead to it (empty for an item of an array) and its bytes between the quotes. */
export type StringVisitor = (path: readonly string[], start: number, end: number) => void;

/** Visits every text that is a value in a JSON frame, in order, without making objects of the rest. */
export function eachString(frame: Buffer, visit: StringVisitor): void {
  const path: string[] = [];
  const inObject: boolean[] = [];
  let keyNext = false;
  for (let i = 0; i < frame.length; i++) {
    const byte = frame[i];
    if (byte === 0x7b || byte === 0x5b) {
      keyNext = byte === 0x7b;
      inObject.push(keyNext);
      path.push('');
    } else if (byte === 0x7d || byte === 0x5d) {
      inObject.pop();
      path.pop();
    } else if (byte === 0x2c) keyNext = inObject.at(-1) === true;
    else if (byte === 0x22) {
      const end = stringEnd(frame, i);
      if (keyNext) path[path.length - 1] = frame.toString('utf8', i + 1, end - 1);
      else visit(path, i + 1, end - 1);
      keyNext = false;
      i = end - 1;
    }
  }
}

/** The text that stands between these quotes, its escapes resolved. */
export function decodeString(frame: Buffer, start: number, end: number): string {
  const raw = frame.toString('utf8', start, end);
  if (!raw.includes('\\')) return raw;
  const value: unknown = JSON.parse(`"${raw}"`);
  return String(value);
}

/** A text as it stands between quotes in a frame, one character for each byte. */
export const encodeString = (text: string): string =>
  Buffer.from(JSON.stringify(text).slice(1, -1)).toString('latin1');
