import type { RawReply } from '../../kernel/ports.ts';
import { saysAt } from '../../kernel/protocol/reply-text.ts';
import { findMember, skipBlanks, stringEnd, type Cut } from './frame.ts';

const NAME = '"structuredContent"';
const NONE: readonly Cut[] = [];

/** Puts the structured content of a result under `result`. */
export function wrapCuts(frame: Buffer): readonly Cut[] {
  const span = valueIn(frame);
  return span ? cutsAround(span) : NONE;
}

/**
 * The same for a modern server's frame whose structured content is no object though no schema said so; `named` are the cuts
 * that are made anyway.
 */
export function strayCuts(reply: RawReply, named: readonly Cut[] = NONE): readonly Cut[] {
  const { text, frame } = reply;
  const at = text === undefined ? frame.indexOf(NAME) : text.indexOf(NAME);
  // Most have none, or an object; within strings its quotes are escaped.
  if (at < 0 || saysAt(reply, ':{', at + NAME.length)) return NONE;
  const span = valueIn(frame);
  if (!span || frame[span.start] === 0x7b || named.some(([start]) => start === span.start)) return NONE;
  return cutsAround(span);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const [BEFORE, BEHIND] = ['{"result":', '}'];

const cutsAround = ({ start, end }: Span): readonly Cut[] => [
  [start, start, BEFORE],
  [end, end, BEHIND],
];

function valueIn(frame: Buffer): Span | undefined {
  const result = findMember(frame, 'result');
  return result === undefined || frame[result] !== 0x7b ? undefined : memberSpan(frame, result);
}

/** One level in at what opens, one out at what closes. */
const step = (byte: number | undefined): number =>
  byte === 0x7b || byte === 0x5b ? 1 : byte === 0x7d || byte === 0x5d ? -1 : 0;

/** Where the structured content of the result that opens here begins and ends. */
function memberSpan(frame: Buffer, open: number): Span | undefined {
  let depth = 0;
  let start: number | undefined;
  for (let i = open + 1; i < frame.length; i++) {
    const byte = frame[i];
    if (byte === 0x22) {
      const close = stringEnd(frame, i);
      const colon = skipBlanks(frame, close);
      if (depth === 0 && frame[colon] === 0x3a && frame.toString('latin1', i, close) === NAME)
        start = skipBlanks(frame, colon + 1);
      i = close - 1;
    } else if (depth === 0 && (byte === 0x2c || byte === 0x7d)) {
      if (start !== undefined || byte === 0x7d) return start === undefined ? undefined : { start, end: i };
    } else depth += step(byte);
  }
  return undefined;
}

/** Passes a part of an answer on, changed where it must be. */
type PassPart = (part: Buffer) => Buffer;

const KEY = `${NAME}:`;
export const asItIs: PassPart = (part) => part;

/**
 * The same for a modern server's long answer, of which `head` came and the rest passes in parts. Undefined where the value has
 * begun and may have to be wrapped: then the answer must be whole.
 */
export function wrapPassing(head: Buffer): PassPart | undefined {
  const at = head.indexOf(KEY);
  if (at >= 0) return head[skipBlanks(head, at + KEY.length)] === 0x7b ? asItIs : undefined;
  const passing = new PassingValue(head);
  return (part) => passing.pass(part);
}

/** Within strings quotes are escaped: what has the key's quotes and colon is a member. */
class PassingValue {
  #seeks: 'key' | 'value' | 'end' | undefined = 'key';
  /** The last bytes that passed, in which a key may have begun. */
  #before: Buffer;
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  constructor(head: Buffer) {
    this.#before = Buffer.from(head.subarray(1 - KEY.length));
  }

  pass(part: Buffer): Buffer {
    let start = this.#seeks === 'key' ? this.#afterKey(part) : 0;
    let before = '';
    if (this.#seeks === 'value') {
      start = skipBlanks(part, start);
      if (start === part.length) return part;
      before = part[start] === 0x7b ? '' : BEFORE;
      this.#seeks = before === '' ? undefined : 'end';
    }
    if (this.#seeks !== 'end') return part;
    const end = this.#endFrom(part, start);
    const [ahead, value] = [part.subarray(0, start), part.subarray(start, end)];
    if (end === undefined) return Buffer.concat([ahead, Buffer.from(before), value]);
    this.#seeks = undefined;
    return Buffer.concat([ahead, Buffer.from(before), value, Buffer.from(BEHIND), part.subarray(end)]);
  }

  #afterKey(part: Buffer): number {
    const seen = Buffer.concat([this.#before, part]);
    const at = seen.indexOf(KEY);
    if (at >= 0) this.#seeks = 'value';
    const end = at + KEY.length - this.#before.length;
    this.#before = Buffer.from(seen.subarray(1 - KEY.length));
    return end;
  }

  #endFrom(part: Buffer, from: number): number | undefined {
    for (let i = from; i < part.length; i++) {
      const byte = part[i];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isText) {
        if (byte === 0x5c) this.#isEscaped = true;
        else if (byte === 0x22) this.#isText = false;
      } else if (byte === 0x22) this.#isText = true;
      else if (this.#depth === 0 && (byte === 0x2c || byte === 0x7d)) return i;
      else this.#depth += step(byte);
    }
    return undefined;
  }
}
