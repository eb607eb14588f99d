import type { RawReply } from '../../kernel/ports.ts';
import { says, saysAt } from '../../kernel/protocol/reply-text.ts';
import { resultOpening, skipBlanks, stringEnd, type Cut } from './frame.ts';

/** Members of results that 2026-07-28 added, and that a client of before does not expect. */
const ADDED: ReadonlySet<string> = new Set(['"resultType"', '"ttlMs"', '"cacheScope"']);

/** They are small, and of no harm behind a long result: nobody waits for a search through one. */
const LONGEST_SEARCH = 4 * 1024;

const NONE: readonly Cut[] = [];

/** What must be cut from a modern server's frame for a legacy client; found among the first few kilobytes only. */
export function modernMembers(reply: RawReply): readonly Cut[] {
  const { frame } = reply;
  const open = resultOpening(reply);
  if (open === undefined) return NONE;
  if (isUsual(reply, open)) return [[open + 1, open + 1 + COMPLETE.length, '']];
  const cuts: Cut[] = [];
  /** From the comma before members that are all cut, in case they are the last. */
  let tail = open + 1;
  for (const { name, start, end } of membersAt(frame, open)) {
    const isLast = frame[end] === 0x7d;
    if (!ADDED.has(name)) tail = end;
    else if (isLast) return [...cuts.filter(([at]) => at < tail), [tail, end, '']];
    else cuts.push([start, skipBlanks(frame, end + 1), '']);
  }
  return cuts;
}

/** Stands first in most results, and nothing else of what was added in any but those of lists and resources. */
const COMPLETE = '"resultType":"complete",';

const isUsual = (reply: RawReply, open: number): boolean =>
  reply.text !== undefined &&
  saysAt(reply, COMPLETE, open + 1) &&
  reply.frame[open + 1 + COMPLETE.length] === 0x22 &&
  !says(reply, '"ttlMs"') &&
  !says(reply, '"cacheScope"');

/** Members that only answers begin with: a question or a task has none of them (2026-07-28, InputRequiredResult; tasks extension). */
const ANSWERS: ReadonlySet<string> = new Set([
  '"content"',
  '"structuredContent"',
  '"contents"',
  '"messages"',
]);
const LONGEST_NAME = '"structuredContent"'.length;

/** Whether a modern server's result is an answer, and no question or task: it says so at its beginning, or brings one. */
export function isAnswer(reply: RawReply): boolean {
  const { frame } = reply;
  const open = resultOpening(reply);
  if (open === undefined) return false;
  const first = frame.subarray(skipBlanks(frame, open + 1)).subarray(0, LONGEST_NAME);
  if (ANSWERS.has(first.toString('latin1', 0, stringEnd(first, 0)))) return true;
  const said = membersAt(frame, open).find(({ name }) => name === '"resultType"');
  return (
    said !== undefined && frame.toString('latin1', said.start, said.end).trimEnd().endsWith('"complete"')
  );
}

interface Member {
  /** As it stands, with its quotes. */
  readonly name: string;
  readonly start: number;
  /** Of the comma or the brace behind it. */
  readonly end: number;
}

/** The members of an object, as far as they end within the search. */
function membersAt(whole: Buffer, open: number): Member[] {
  // The rest is out of sight, so that a text of a megabyte is not walked through to its end either.
  const frame = whole.subarray(0, open + LONGEST_SEARCH);
  const members: Member[] = [];
  let depth = 0;
  let name = '';
  let start = skipBlanks(frame, open + 1);
  for (let i = start; i < frame.length; i++) {
    const byte = frame[i];
    if (byte === 0x22) {
      const close = stringEnd(frame, i);
      if (i === start) name = frame.toString('latin1', i, close);
      i = close - 1;
    } else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (depth > 0 && (byte === 0x7d || byte === 0x5d)) depth -= 1;
    else if (depth === 0 && (byte === 0x2c || byte === 0x7d)) {
      if (name !== '') members.push({ name, start, end: i });
      if (byte === 0x7d) break;
      start = skipBlanks(frame, i + 1);
    }
  }
  return members;
}
