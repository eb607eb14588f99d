import type { JsonMembers, RelayReply } from '../../kernel/ports.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers, membersOf, parseJson } from '../../kernel/protocol/members.ts';
import { says } from '../../kernel/protocol/reply-text.ts';
import { isAnswer } from '../wire/modern-members.ts';

/** How often one call may come back with questions before it is given up. */
export const MAX_INPUT_ROUNDS = 8;

/** What a modern server wants to know before it can answer (2026-07-28, basic/patterns/mrtr). */
export interface InputRequest {
  readonly questions: ReadonlyMap<string, { readonly method: string; readonly params: JsonMembers }>;
  readonly requestState: unknown;
}

const MARK = '"input_required"';

/** The questions in a modern server's reply; undefined for any other reply. */
export function inputRequestOf(reply: RelayReply): InputRequest | undefined {
  if (reply.kind !== 'frame' || reply.isError || reply.era !== 'modern') return undefined;
  // A large frame, which is not searched where its beginning tells.
  if (reply.text === undefined && isAnswer(reply)) return undefined;
  if (!says(reply, MARK)) return undefined;
  const result = membersOf(parseJson(reply.frame, parseExact)?.value)['result'];
  if (!isMembers(result) || result['resultType'] !== 'input_required') return undefined;
  const requests = isMembers(result['inputRequests']) ? result['inputRequests'] : {};
  const questions = new Map<string, { method: string; params: JsonMembers }>();
  for (const [key, request] of Object.entries(requests)) {
    if (!isMembers(request) || typeof request['method'] !== 'string') continue;
    questions.set(key, {
      method: request['method'],
      params: isMembers(request['params']) ? request['params'] : {},
    });
  }
  return { questions, requestState: result['requestState'] };
}

/** Puts every question to the client; the members with which the same request is sent again. Rejects with the first refusal. */
export async function answerInputs(
  inputs: InputRequest,
  ask: (method: string, params: JsonMembers) => Promise<JsonMembers>,
): Promise<JsonMembers> {
  const pairs = [...inputs.questions].map(
    async ([key, { method, params }]) => [key, await ask(method, params)] as const,
  );
  const inputResponses = Object.fromEntries(await Promise.all(pairs));
  return {
    inputResponses,
    ...(inputs.requestState === undefined ? {} : { requestState: inputs.requestState }),
  };
}
