import { isMembers, membersOf, parseJson } from '../../kernel/protocol/members.ts';
import type { Caller, JsonMembers, RelayReply } from '../../kernel/ports.ts';
import { missingCapability } from '../../kernel/protocol/client-capabilities.ts';
import { says } from '../../kernel/protocol/reply-text.ts';
import { codes, invalidRequest, type Fault } from '../wire/fault.ts';
import type { RpcError } from '../wire/message.ts';

const MARK = String(codes.urlElicitationRequired);
const METHOD = 'elicitation/create';

/** URLs that a legacy server's error sends its client to (2025-11-25, elicitation: -32042), as it says them. */
export function urlElicitations({ code, data }: RpcError): readonly JsonMembers[] {
  const { elicitations } = membersOf(data);
  if (code !== codes.urlElicitationRequired || !Array.isArray(elicitations)) return [];
  return elicitations.filter(isMembers);
}

/**
 * The same for a modern client, which must not see that error: the URLs as questions, as JSON text of a result, after which it
 * sends its request anew; a fault when it did not declare that it can be sent to a URL. Undefined for any other reply.
 */
export function urlQuestions(
  reply: RelayReply,
  caller: Caller,
  metaText: string,
): string | Fault | undefined {
  if (reply.kind !== 'frame' || !reply.isError || caller.era !== 'modern' || !says(reply, MARK))
    return undefined;
  const { code, data } = membersOf(membersOf(parseJson(reply.frame)?.value)['error']);
  const asked = urlElicitations({ code: Number(code), message: '', data });
  if (asked.length === 0) return undefined;
  const required = missingCapability(METHOD, { mode: 'url' }, caller.capabilities);
  if (required)
    return {
      code: codes.missingCapability,
      message: 'Missing required client capability: the server sends its client to a URL first',
      data: { requiredCapabilities: required },
      status: 400,
    };
  const inputRequests = Object.fromEntries(
    asked.map(({ url, message }, at) => [`url-${at + 1}`, question(url, message)]),
  );
  return `{"resultType":"input_required","inputRequests":${JSON.stringify(inputRequests)},"_meta":${metaText}}`;
}

/** Its texts only: what a server nests into its error must not be written by the hub. */
const question = (url: unknown, message: unknown) => ({
  method: METHOD,
  params: { mode: 'url', url: String(url), message: String(message) },
});

/** Parameters of a question without the id by which only a legacy server tells that all is done. */
export function asModern({ elicitationId: _withdrawn, ...params }: JsonMembers): JsonMembers {
  return params;
}

/**
 * Takes the answers out of a request that is sent anew: a legacy server is called as before and looks for itself whether the
 * URL was visited. A fault when the client would not go there, because the server would only ask again.
 */
export function takeUrlAnswers(params: JsonMembers): Fault | undefined {
  const answers = Object.values(membersOf(params['inputResponses']));
  delete params['inputResponses'];
  return answers.every((answer) => membersOf(answer)['action'] === 'accept')
    ? undefined
    : invalidRequest('the client declined what the server asks for first', 200);
}
