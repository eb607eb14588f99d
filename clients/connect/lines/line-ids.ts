/** A number or text that is written as it is read: what has escapes or more than ASCII is parsed. */
const PLAIN_ID = String.raw`(\d{1,15}|"[ !#-\[\]-~]*")`;
const plain = (pattern: string): RegExp => new RegExp(pattern.replace('ID', PLAIN_ID));

const ANSWER_FIRST = plain(String.raw`^\{"jsonrpc":"2\.0","id":ID,"(?:result|error)":`);
const CALL_FIRST = plain(String.raw`^\{"jsonrpc":"2\.0","id":ID,"method":"tools/call","params":`);
/** The payload comes first: an unescaped quote after a comma opens a member's name, so what ends the line is the top level's. */
const ANSWER_LAST = /^\{(?:"jsonrpc":"2\.0",)?"(?:result|error)":/;
const CALL_LAST = /^\{(?:"jsonrpc":"2\.0",)?"method":"tools\/call","params":/;
const ID_LAST = plain(String.raw`,"id":ID(?:,"jsonrpc":"2\.0")?\}$`);
const WINDOW = 128;

export type Id = string | number;

/** Where a line stands among bytes, without its end. */
export interface Line {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Id of the request that a line answers; undefined when it is no answer. Long answers are not read whole. */
export function answeredId(line: Line): Id | undefined {
  const found = plainId(line, ANSWER_FIRST, ANSWER_LAST);
  if (found !== undefined) return found;
  try {
    return idAnswered(JSON.parse(textOf(line)));
  } catch {
    return undefined;
  }
}

/** Whether several messages stand in a line. */
export const isBatch = ({ bytes, from }: Line): boolean => bytes[from] === 0x5b;

/** Ids of the requests that a batch answers. */
export function answeredIds(line: Line): readonly Id[] {
  try {
    const messages: unknown = JSON.parse(textOf(line));
    return Array.isArray(messages) ? messages.flatMap((message: unknown) => idAnswered(message) ?? []) : [];
  } catch {
    return [];
  }
}

function idAnswered(message: unknown): Id | undefined {
  const isAnswer =
    typeof message === 'object' && message !== null && 'id' in message && !('method' in message);
  return isAnswer ? idOf(message.id) : undefined;
}

/** Id of the call of a tool that a line is, where its ends tell; its arguments are not read. */
export const calledId = (line: Line): Id | undefined => plainId(line, CALL_FIRST, CALL_LAST);

export const textOf = ({ bytes, from, to }: Line): string => bytes.toString('utf8', from, to);

function plainId({ bytes, from, to }: Line, idFirst: RegExp, payloadFirst: RegExp): Id | undefined {
  const head = bytes.toString('latin1', from, Math.min(from + WINDOW, to));
  const found = idFirst.exec(head)?.[1] ?? (payloadFirst.test(head) ? lastId(bytes, from, to) : undefined);
  if (found === undefined) return undefined;
  return found.startsWith('"') ? found.slice(1, -1) : Number(found);
}

const lastId = (bytes: Buffer, from: number, to: number): string | undefined =>
  ID_LAST.exec(bytes.toString('latin1', Math.max(from, to - WINDOW), to))?.[1];

const idOf = (value: unknown): Id | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;
