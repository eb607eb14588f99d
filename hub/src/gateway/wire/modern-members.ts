import type { RawReply } from '../../kernel/ports.ts';
import { says, saysAt } from '../../kernel/protocol/reply-text.ts';
import { resultOpening, skipBlanks, stringEnd, type Cut } from './frame.ts';

const RESULT_TYPE = '"resultType"';
/** Members of results that 2026-07-28 added, and that a client of before does not expect. */
const ADDED: ReadonlySet<string> = new Set([RESULT_TYPE, '"ttlMs"', '"cacheScope"']);
const META = '"_meta"';
/** The same in `_meta`. A program that finds one there may give its model another answer for it (adapters of LangChain). */
const SERVER_INFO = '"io.modelcontextprotocol/serverInfo"';

/** A longer result is not walked through: what stands in its middle is small, and of no harm there. */
const LONGEST_SEARCH = 4 * 1024;
/** As the SDK ends its results, and the frame with them. Within a text the quotes would be escaped. */
const LAST =
  /,"resultType":"complete"(?:,"_meta":\{"io\.modelcontextprotocol\/serverInfo":\{[^{}]*\}\})?(?=\}(?:,"(?:jsonrpc|id)":[^{}]*)?\}\s*$)/;
const LONGEST_LAST = 1024;

const NONE: readonly Cut[] = [];

/** What must be cut from a modern server's frame for a legacy client; found at both ends of a long one only. */
export function modernMembers(reply: RawReply): readonly Cut[] {
  const { frame } = reply;
  const open = resultOpening(reply);
  if (open === undefined) return NONE;
  if (isUsual(reply, open)) return [[open + 1, open + 1 + COMPLETE.length, '']];
  const last = usualEnd(reply);
  if (last) return [last];
  const members = membersAt(frame, open);
  const meta = members.find(({ name }) => name === META);
  const inMeta = meta ? metaCuts(frame, meta) : NONE;
  const cuts = cutMembers(
    frame,
    members,
    (member) => ADDED.has(member.name) || (member === meta && inMeta === 'all'),
  );
  const all = inMeta === 'all' || inMeta.length === 0 ? cuts : inOrder([...cuts, ...inMeta]);
  return frame.length - open > LONGEST_SEARCH ? withLast(frame, all) : all;
}

const inOrder = (cuts: readonly Cut[]): readonly Cut[] => cuts.toSorted(([a], [b]) => a - b);

function metaCuts(frame: Buffer, { name, start }: Member): readonly Cut[] | 'all' {
  const value = skipBlanks(frame, skipBlanks(frame, start + name.length) + 1);
  const members = frame[value] === 0x7b ? membersAt(frame, value) : [];
  const isTold = (member: Member): boolean => member.name === SERVER_INFO;
  return members.length > 0 && members.every(isTold) ? 'all' : cutMembers(frame, members, isTold);
}

/** What was found from the beginning is not cut again. */
function withLast(frame: Buffer, cuts: readonly Cut[]): readonly Cut[] {
  const from = Math.max(0, frame.length - LONGEST_LAST);
  const last = LAST.exec(frame.toString('latin1', from));
  if (!last) return cuts;
  const at = from + last.index;
  return cuts.every(([, end]) => end <= at) ? [...cuts, [at, at + last[0].length, '']] : cuts;
}

/** Cuts members out of an object, each with one comma. */
function cutMembers(
  frame: Buffer,
  members: readonly Member[],
  isCut: (member: Member) => boolean,
): readonly Cut[] {
  const [first] = members;
  if (!first) return NONE;
  const cuts: Cut[] = [];
  /** From the comma before members that are all cut, in case they are the last. */
  let tail = first.start;
  for (const member of members) {
    const { start, end } = member;
    const isLast = frame[end] === 0x7d;
    if (!isCut(member)) tail = end;
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
  !says(reply, '"cacheScope"') &&
  !says(reply, SERVER_INFO);

/** The cut at the end of a short result, as the SDK writes it; undefined where anything else has to be cut. */
function usualEnd({ text }: RawReply): Cut | undefined {
  const name = text?.indexOf(RESULT_TYPE) ?? -1;
  if (text === undefined || name < 1 || text.includes('"ttlMs"') || text.includes('"cacheScope"'))
    return undefined;
  const at = name - 1;
  const last = LAST.exec(text.slice(at));
  const told = text.indexOf(SERVER_INFO);
  return last?.index === 0 && (told < 0 || told > at) ? [at, at + last[0].length, ''] : undefined;
}

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
