import type { RawReply } from '../ports.ts';

/** Up to this many bytes a text is cheaper to look at, and to write with changes, than the bytes themselves. */
const SMALL_BYTES = 16 * 1024;

/** A small frame as text of one character for each byte; undefined for a large one. */
export const textOfSmall = (frame: Buffer): string | undefined =>
  frame.length <= SMALL_BYTES ? frame.toString('latin1') : undefined;

/** Whether these ASCII characters stand anywhere in a reply. */
export const says = ({ text, frame }: RawReply, mark: string): boolean =>
  text === undefined ? frame.includes(mark) : text.includes(mark);

/** Whether these ASCII characters stand at a place of a reply. */
export const saysAt = ({ text, frame }: RawReply, mark: string, at: number): boolean =>
  text === undefined ? frame.toString('latin1', at, at + mark.length) === mark : text.startsWith(mark, at);
