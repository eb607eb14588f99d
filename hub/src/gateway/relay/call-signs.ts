import { isMembers, membersOf, parseJson } from '../../kernel/protocol/members.ts';
import type { CallOutcome, RelayReply } from '../../kernel/ports.ts';

const ERROR_MARK = Buffer.from('"isError"');
const DRIFT = 'counterpart/drift';
const DRIFT_MARK = Buffer.from(DRIFT);
const STATUS = /^The service answered (?<status>\d{3})\b/;

/** What an answer says of the service behind its server. Only a frame that names one of the members is read whole. */
export function signsOf(
  reply: RelayReply,
): Pick<CallOutcome, 'status' | 'places'> & { readonly isFailed: boolean } {
  if (reply.kind !== 'frame' || reply.isError) return { isFailed: false };
  if (!reply.frame.includes(ERROR_MARK) && !reply.frame.includes(DRIFT_MARK)) return { isFailed: false };
  const result = membersOf(membersOf(parseJson(reply.frame)?.value)['result']);
  const isFailed = result['isError'] === true;
  const places = membersOf(result['_meta'])[DRIFT];
  const status = isFailed ? statusOf(result['content']) : undefined;
  return {
    isFailed,
    ...(status === undefined ? {} : { status }),
    ...(Array.isArray(places) ? { places: places.filter((one) => typeof one === 'string') } : {}),
  };
}

/** As the kit tells the status of a service that refused. */
function statusOf(content: unknown): number | undefined {
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  const text = isMembers(first) ? first['text'] : undefined;
  const status = typeof text === 'string' ? STATUS.exec(text)?.groups?.['status'] : undefined;
  return status === undefined ? undefined : Number(status);
}
