import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { parseJson } from '../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import type { RawReply } from '../../kernel/ports.ts';
import { textOfSmall } from '../../kernel/protocol/reply-text.ts';
import { giveBack } from '../../kernel/protocol/spent-bytes.ts';

/** Where the top-level id of an answer stands. */
export interface ReplySpan {
  readonly id: number;
  /** The id's text is `frame[idStart, idEnd)`. */
  readonly idStart: number;
  readonly idEnd: number;
  readonly isError: boolean;
}

/** An answer as it was found; one that does not say its version would be read by no client. */
interface Found extends ReplySpan {
  readonly saysVersion: boolean;
}

const WINDOW = 96;

/**
 * `id` before the payload, as most servers write it. The payload is an object: what a server says beside a null, or instead of
 * an object, is for the full parser.
 */
const ID_FIRST =
  /^([ \t]*\{[ \t]*(?:"jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*,[ \t]*)?"id"[ \t]*:[ \t]*)(\d{1,15})[ \t]*,[ \t]*("jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*,[ \t]*)?"(result|error)"[ \t]*:[ \t]*\{/;

/** The payload is the first thing that can be long: the id must be after it. */
const PAYLOAD_FIRST =
  /^[ \t]*\{[ \t]*("jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*,[ \t]*)?"(result|error)"[ \t]*:[ \t]*\{/;

/**
 * The last members of the line. The final brace closes the top-level object, and an unescaped quote after a comma can only
 * open a member's name, so what matches here is the top-level id whatever the payload holds.
 */
const ID_LAST =
  /,[ \t]*"id"[ \t]*:[ \t]*(\d{1,15})([ \t]*(?:,[ \t]*"jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*)?\}[ \t]*)$/;

/** As most write it. */
const VERSION_FIRST = '{"jsonrpc"';
/** As the SDK writes it before an id that is last. */
const VERSION = ',"jsonrpc":"2.0"';
const VERSION_BEFORE = /,[ \t]*"jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*$/;
const VERSION_LAST = /,[ \t]*"jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*\}[ \t]*$/;

function idFirst(head: string): Found | undefined {
  const match = ID_FIRST.exec(head);
  const before = match?.[1];
  const digits = match?.[2];
  if (before === undefined || digits === undefined) return undefined;
  const idStart = before.length;
  const saysVersion =
    head.startsWith(VERSION_FIRST) || match?.[3] !== undefined || before.includes('jsonrpc');
  return {
    id: Number(digits),
    idStart,
    idEnd: idStart + digits.length,
    isError: match?.[4] === 'error',
    saysVersion,
  };
}

function idLast(head: string, tail: string, length: number): Found | undefined {
  const payload = PAYLOAD_FIRST.exec(head);
  if (!payload) return undefined;
  const match = ID_LAST.exec(tail);
  const digits = match?.[1];
  const after = match?.[2];
  if (!match || digits === undefined || after === undefined) return undefined;
  const idEnd = length - after.length;
  const isUsual = tail.startsWith(VERSION, match.index - VERSION.length);
  // What ends here with a letter is a null behind the payload.
  const version = isUsual ? match.index - VERSION.length : tail.slice(0, match.index).search(VERSION_BEFORE);
  if (tail[(version < 0 ? match.index : version) - 1] === 'l') return undefined;
  return {
    id: Number(digits),
    idStart: idEnd - digits.length,
    idEnd,
    isError: payload[2] === 'error',
    saysVersion: version >= 0 || payload[1] !== undefined || after.includes('jsonrpc'),
  };
}

/** A frame that answers. */
export type ReplyPlace = ReplySpan & Pick<RawReply, 'text' | 'spent'>;

/**
 * Finds an answer's id at either end of the line without reading its payload; undefined for anything else. A frame without text
 * is large.
 */
export function locateReply(frame: Buffer): ReplyPlace | undefined {
  const text = textOfSmall(frame);
  const head = text ?? frame.toString('latin1', 0, WINDOW);
  const first = idFirst(head);
  // A line that was cut off or has something behind it is not an answer; the full parser says what is wrong with it.
  if (first && (!endsObject([frame]) || endsWithNull(frame))) return undefined;
  const span = first ?? idLast(head, tailOf(frame), frame.length);
  if (!span || !(span.saysVersion || VERSION_LAST.test(tailOf(frame)))) return undefined;
  return { ...span, text, spent: text === undefined ? () => giveBack([frame]) : undefined };
}

/** Some servers write `"error":null` behind a result, and no client takes that. */
const endsWithNull = (frame: Buffer): boolean => frame[frame.length - 2] === 0x6c;

const tailOf = (frame: Buffer): string => frame.toString('latin1', Math.max(0, frame.length - WINDOW));

/** The same for a line of which only both ends were kept. */
export function locateIn(head: Buffer, tail: Buffer): number | undefined {
  const text = head.toString('latin1');
  return (idFirst(text) ?? idLast(text, tail.toString('latin1'), tail.length))?.id;
}

/** The same for a line of which only the beginning came: an answer whose id and version stand before its payload. */
export function locateBegun(head: Buffer): ReplySpan | undefined {
  const found = idFirst(head.toString('latin1', 0, WINDOW));
  return found?.saysVersion === true ? found : undefined;
}

/** The message of a frame, or those of a batch (2025-03-26); `[undefined]` for what is no JSON. Numbers keep their digits: they are passed on. */
export function messagesIn(frame: Buffer): readonly unknown[] {
  const value = parseJson(frame, parseExact)?.value;
  return Array.isArray(value) ? value : [value];
}

/** Whether a frame in parts ends with the brace of an object, and blanks. */
export function endsObject(parts: readonly Buffer[]): boolean {
  for (let last = parts.length - 1; last >= 0; last -= 1) {
    const part = parts[last] ?? NOTHING;
    let at = part.length - 1;
    while (at >= 0 && isBlank(part[at])) at -= 1;
    if (at >= 0) return part[at] === 0x7d;
  }
  return false;
}

const NOTHING = Buffer.alloc(0);
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/** What an answer says; some servers write both members, one of them null. An error that is a text is its message. */
export function payloadOf({
  result,
  error,
}: JsonMembers): readonly ['result' | 'error', unknown] | undefined {
  if (typeof error === 'string') return ['error', { code: -32603, message: error }];
  if (error !== undefined && (error !== null || result === undefined)) return ['error', error];
  return result === undefined ? undefined : ['result', result];
}
