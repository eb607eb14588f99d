import type { Payload, RawReply } from '../../kernel/ports.ts';
import { saysAt, textOfSmall } from '../../kernel/protocol/reply-text.ts';

/** A frame ready to be written. */
export type Wire = Payload;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export const utf8Wire = (text: string): Wire => ({ kind: 'utf8', text });

/** What stands at `[at, end)` of a frame is replaced by a text of one character for each byte. */
export type Cut = readonly [at: number, end: number, text: string];

const NO_CUTS: readonly Cut[] = [];

/**
 * The server's frame with the client's id in place of the hub's, and `members` (JSON members with a comma after each) put
 * first in its result. Nothing else is touched but what `more` names. What is given as text is one line; where bytes must be,
 * they are made one when they are written (`bytesOnOneLine`), since a body of JSON need not be.
 */
export function spliceReply(
  reply: RawReply,
  idText: string,
  members: string,
  more: readonly Cut[] = NO_CUTS,
): Wire {
  const cuts: Cut[] = [[reply.idStart, reply.idEnd, idText]];
  const insert = members === '' ? undefined : resultInsertion(reply, members);
  if (insert) cuts.push([insert.at, insert.at, insert.text]);
  if (insert && insert.at < reply.idStart) cuts.reverse();
  if (more.length > 0) cuts.push(...more);
  if (more.length > 0) cuts.sort(([a], [b]) => a - b);
  const text = reply.text ?? textOfSmall(reply.frame);
  return text === undefined
    ? { kind: 'bytes', parts: joinBytes(reply.frame, cuts) }
    : { kind: 'latin1', text: joinText(textOnOneLine(text), cuts) };
}

/** A frame's text of one character for each byte with these cuts, which are in order. */
export function joinText(frame: string, cuts: readonly Cut[]): string {
  let text = '';
  let from = 0;
  for (const [at, end, replacement] of cuts) {
    text += frame.slice(from, at) + replacement;
    from = end;
  }
  return text + frame.slice(from);
}

function joinBytes(frame: Buffer, cuts: readonly Cut[]): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  for (const [at, end, replacement] of cuts) {
    parts.push(frame.subarray(from, at), Buffer.from(replacement, 'latin1'));
    from = end;
  }
  parts.push(frame.subarray(from));
  return parts;
}

/** A line feed inside JSON is only ever blank between tokens; event streams and stdio end a message at it. */
const textOnOneLine = (text: string): string =>
  text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, ' ') : text;

/** The same in bytes, which stay the same buffer where nothing is to be done. */
export function bytesOnOneLine(frame: Buffer): Buffer {
  if (frame.indexOf(LINE_FEED) < 0 && frame.indexOf(CARRIAGE_RETURN) < 0) return frame;
  const line = Buffer.from(frame);
  for (let i = 0; i < line.length; i++)
    if (line[i] === LINE_FEED || line[i] === CARRIAGE_RETURN) line[i] = 0x20;
  return line;
}

const RESULT_AFTER_ID = ',"result":{';
const RESULT_FIRST = '{"result":{';

function resultInsertion(reply: RawReply, members: string): { at: number; text: string } | undefined {
  const open = resultOpening(reply);
  if (open === undefined) return undefined;
  const empty = nextToken(reply.frame, open + 1) === 0x7d;
  return { at: open + 1, text: empty ? members.slice(0, -1) : members };
}

/** Index of the brace that opens the result; undefined when the result is no object. */
export function resultOpening(reply: RawReply): number | undefined {
  const { frame, idEnd } = reply;
  if (saysAt(reply, RESULT_AFTER_ID, idEnd)) return idEnd + RESULT_AFTER_ID.length - 1;
  if (saysAt(reply, RESULT_FIRST, 0)) return RESULT_FIRST.length - 1;
  const value = findMember(frame, 'result');
  return value !== undefined && frame[value] === 0x7b ? value : undefined;
}

/** Index where the value of a top-level member begins; members of the same name further inside are passed over. */
export function findMember(frame: Buffer, name: string): number | undefined {
  const key = `"${name}"`;
  let depth = 0;
  for (let i = 0; i < frame.length; i++) {
    const byte = frame[i];
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x22) {
      const end = stringEnd(frame, i);
      const colon = skipBlanks(frame, end);
      if (depth === 1 && frame[colon] === 0x3a && frame.toString('latin1', i, end) === key)
        return skipBlanks(frame, colon + 1);
      i = end - 1;
    }
  }
  return undefined;
}

/** Index after the closing quote of the string that begins at `start`. */
export function stringEnd(frame: Buffer, start: number): number {
  for (let i = start + 1; i < frame.length; i++) {
    if (frame[i] === 0x5c) i++;
    else if (frame[i] === 0x22) return i + 1;
  }
  return frame.length;
}

/** Index of the first byte from here that is not blank. */
export function skipBlanks(frame: Buffer, from: number): number {
  let i = from;
  while (
    i < frame.length &&
    (frame[i] === 0x20 || frame[i] === 0x09 || frame[i] === LINE_FEED || frame[i] === CARRIAGE_RETURN)
  )
    i++;
  return i;
}

const nextToken = (frame: Buffer, from: number): number | undefined => frame[skipBlanks(frame, from)];
