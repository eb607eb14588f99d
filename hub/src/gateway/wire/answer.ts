import type { Era, RawReply, RelayReply } from '../../kernel/ports.ts';
import { codes, faultOf, type Fault } from './fault.ts';
import { spliceReply, utf8Wire, type Cut, type Wire } from './frame.ts';
import { modernMembers } from './modern-members.ts';
import { strayCuts } from './non-object-value.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers, membersOf, parseJson } from '../../kernel/protocol/members.ts';
import { errorFrame, readError, type RpcError } from './message.ts';

/** Says who asked what, as far as an answer's form depends on it. */
export interface Question {
  readonly idText: string;
  readonly method: string;
  readonly era: Era;
  /** What of the server's own ids and URIs is replaced in a result; undefined for most. */
  readonly edit?: ReplyEdit | undefined;
  /** Told the server's own error, if it is one. */
  readonly refused?: ((error: RpcError) => void) | undefined;
}

/** Finds in a server's frame what only the hub's clients call otherwise. */
export type ReplyEdit = (frame: Buffer) => readonly Cut[];

export interface Answer {
  readonly wire: Wire;
  readonly status: number;
}

/** Members that a modern client must find in a result and a legacy server does not write. */
const COMPLETE = '"resultType":"complete",';
const COMPLETE_UNCACHED = '"resultType":"complete","ttlMs":0,"cacheScope":"private",';

/** A server's reply as the client's answer: verbatim but for the id and what the client's era demands. */
export function answerOf(reply: RelayReply, question: Question): Answer {
  if (reply.kind === 'failure') return faultAnswer(faultOf(reply.error), question.idText);
  if (reply.isError) return errorAnswer(reply, question);
  const upgrade = question.era === 'modern' && reply.era === 'legacy';
  const members = !upgrade ? '' : question.method === 'resources/read' ? COMPLETE_UNCACHED : COMPLETE;
  return { wire: spliceReply(reply, question.idText, members, cutsOf(reply, question)), status: 200 };
}

function cutsOf(reply: RawReply, { era, edit }: Question): readonly Cut[] | undefined {
  const named = edit?.(reply.frame);
  if (era === 'modern' || reply.era === 'legacy') return named;
  const added = modernMembers(reply);
  const stray = strayCuts(reply, named);
  // What is put behind a value stands before the comma after it, which may be cut.
  return named || stray.length > 0 ? [...(named ?? []), ...stray, ...added] : added;
}

/** What a server says is its error may be no JSON, or nested so deep that it cannot be written again. */
const UNREADABLE: Fault = {
  code: codes.internal,
  message: 'The server answered with an error that cannot be read',
  status: 200,
};

function errorAnswer(reply: RawReply, { idText, era, refused }: Question): Answer {
  try {
    const error = errorOf(reply);
    refused?.(error);
    return faultAnswer(translateError(error, era), idText);
  } catch {
    return faultAnswer(UNREADABLE, idText);
  }
}

/** Whether a server says that it could not do what it was asked; reads the whole frame. */
export function isFailed(reply: RelayReply): boolean {
  if (reply.kind === 'failure') return false; // why it got lost on the way says more
  if (reply.isError) return true;
  const result = membersOf(parseJson(reply.frame)?.value)['result'];
  return isMembers(result) && result['isError'] === true;
}

/** A fault as the answer to a request. */
export function faultAnswer(fault: Fault, idText: string): Answer {
  const { status, ...error } = fault;
  return { wire: utf8Wire(errorFrame(idText, error)), status };
}

function errorOf(reply: RawReply): RpcError {
  const message = parseExact(reply.frame.toString());
  const error = isMembers(message) ? message['error'] : undefined;
  return readError(isMembers(error) ? error : {});
}

/**
 * A server's error in the client's words. What the server objects to in the hub's own request (headers, version) is not the
 * client's fault; codes that one era does not know are replaced. Everything else passes as it came.
 */
export function translateError(error: RpcError, era: Era): Fault {
  const { code } = error;
  if (code === codes.headerMismatch || code === codes.unsupportedVersion)
    return { ...error, code: codes.internal, status: 200 };
  if (era === 'legacy')
    return { ...error, code: code === codes.missingCapability ? codes.invalidRequest : code, status: 200 };
  if (code === codes.missingCapability) return { ...error, status: 400 };
  if (code === codes.resourceNotFound) return { ...error, code: codes.invalidParams, status: 200 };
  if (code === codes.urlElicitationRequired) return { ...error, code: codes.internal, status: 200 };
  return { ...error, status: code === codes.methodNotFound ? 404 : 200 };
}
