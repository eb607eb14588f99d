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

const cutsAround = ({ start, end }: Span): readonly Cut[] => [
  [start, start, '{"result":'],
  [end, end, '}'],
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
