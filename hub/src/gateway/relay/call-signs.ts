import { isMembers, membersOf, parseJson } from '../../kernel/protocol/members.ts';
import { says } from '../../kernel/protocol/reply-text.ts';
import type { CallOutcome, RelayReply } from '../../kernel/ports.ts';

const ERROR_MARK = '"isError"';
const DRIFT = 'counterpart/drift';
const STATUS = /^The service answered (?<status>\d{3})\b/;

const ANSWERED = { kind: 'ok' } as const;
/** At least as long as either mark. */
const SEAM_BYTES = 20;

/** Looks for such members in an answer that comes in parts. */
export class SignWatch {
  seen = false;
  /** The last bytes of what came, where a mark may have begun. */
  #tail = Buffer.alloc(0);

  see(part: Buffer): void {
    if (this.seen) return;
    const seam = Buffer.concat([this.#tail, part.subarray(0, SEAM_BYTES)]);
    this.seen = [seam, part].some((bytes) => bytes.includes(ERROR_MARK) || bytes.includes(DRIFT));
    // A part may be shorter than a mark, which then goes on in the next one.
    this.#tail = Buffer.from((part.length < SEAM_BYTES ? seam : part).subarray(-SEAM_BYTES));
  }
}

/** What an answer says of the service behind its server. Only a frame that names one of the members is read whole. */
export function signsOf(reply: RelayReply): Pick<CallOutcome, 'kind' | 'status' | 'places'> {
  if (reply.kind !== 'frame' || reply.isError) return ANSWERED;
  if (!says(reply, ERROR_MARK) && !says(reply, DRIFT)) return ANSWERED;
  const result = membersOf(membersOf(parseJson(reply.frame)?.value)['result']);
  const isFailed = result['isError'] === true;
  const places = membersOf(result['_meta'])[DRIFT];
  const status = isFailed ? statusOf(result['content']) : undefined;
  return {
    kind: isFailed ? 'tool-error' : 'ok',
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
